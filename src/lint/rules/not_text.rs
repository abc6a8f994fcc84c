use super::prelude::*;

declare_rule! {
    /// Finds documents with characters that YAML and JSON do not allow.
    ///
    /// ## What API Gateway does
    /// Refuses them: `Invalid OpenAPI input.`
    NOT_TEXT = "not-text", Error, Refused, Both, Elsewhere
}
