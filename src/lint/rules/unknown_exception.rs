use super::prelude::*;

declare_rule! {
    /// Finds codes in `x-gatewright-allow` that no rule has.
    ///
    /// ## What API Gateway does
    /// Ignores the member.
    ///
    /// ## Fails
    /// ```yaml
    /// x-gatewright-allow: [operation-id-mising]
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-gatewright-allow: [paths-empty]
    /// paths: {}
    /// ```
    UNKNOWN_EXCEPTION = "unknown-exception", Warning, Quality, Both, Elsewhere
}
