use super::prelude::*;

declare_rule! {
    /// Finds members of OpenAPI objects that OpenAPI does not know, like `respones`.
    ///
    /// ## What API Gateway does
    /// Ignores them.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       sumary: All pets
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       summary: All pets
    ///       responses: {'200': {description: ok}}
    /// ```
    UNKNOWN_MEMBER = "unknown-member", Warning, Quality, Both, Elsewhere
}
