use super::prelude::*;

declare_rule! {
    /// Finds a key that an object has twice.
    ///
    /// ## What API Gateway does
    /// Refuses the document, or keeps one of the two without saying which.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: a, operationId: b, responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: a, responses: {'200': {description: ok}}}
    /// ```
    DUPLICATE_KEY = "duplicate-key", Error, Refused, Both, Elsewhere
}
