use super::prelude::*;

declare_rule! {
    /// Finds documents that name no version of OpenAPI.
    ///
    /// ## What API Gateway does
    /// Refuses them: `Invalid OpenAPI input.` The first line is `openapi: 3.0.1` or `swagger: '2.0'`.
    NOT_OPENAPI = "not-openapi", Error, Refused, Both, Elsewhere
}
