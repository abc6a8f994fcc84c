use super::prelude::*;

declare_rule! {
    /// Finds codes in `x-gatewright-allow` that nothing was found for.
    ///
    /// ## What API Gateway does
    /// Ignores the member. The exception hides a mistake that someone makes there later.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     x-gatewright-allow: [operation-id-missing]
    ///     get: {operationId: listPets, responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     x-gatewright-allow: [operation-id-missing]
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    UNUSED_EXCEPTION = "unused-exception", Warning, Quality, Both, Elsewhere
}
