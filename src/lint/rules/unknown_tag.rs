use super::prelude::*;

declare_rule! {
    /// Finds YAML tags without a meaning in OpenAPI.
    ///
    /// ## What API Gateway does
    /// Does not know them.
    UNKNOWN_TAG = "unknown-tag", Warning, Quality, Both, Elsewhere
}
