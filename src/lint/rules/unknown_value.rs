use super::prelude::*;

declare_rule! {
    /// Finds values that OpenAPI does not know where it names all there are.
    ///
    /// ## What API Gateway does
    /// Refuses them, or takes them for absent.
    UNKNOWN_VALUE = "unknown-value", Warning, Quality, Both, Elsewhere
}
