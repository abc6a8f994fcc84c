use super::prelude::*;

declare_rule! {
    /// Finds documents without any content.
    ///
    /// ## What API Gateway does
    /// Refuses them: `Invalid OpenAPI input.`
    EMPTY = "empty", Error, Refused, Both, Elsewhere
}
