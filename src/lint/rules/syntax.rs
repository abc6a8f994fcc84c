use super::prelude::*;

declare_rule! {
    /// Finds text that is neither YAML nor JSON.
    ///
    /// ## What API Gateway does
    /// Refuses it: `Invalid OpenAPI input.`
    ///
    /// ## Fails
    /// ```yaml
    /// paths: {
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: listPets, responses: {'200': {description: ok}}}
    /// ```
    SYNTAX = "syntax", Error, Refused, Both, Elsewhere
}
