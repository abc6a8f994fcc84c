use super::prelude::*;

declare_rule! {
    /// Finds documents nested deeper than any reader follows.
    ///
    /// ## What API Gateway does
    /// Refuses them: `Invalid OpenAPI input.`
    NESTING_TOO_DEEP = "nesting-too-deep", Error, Refused, Both, Elsewhere
}
