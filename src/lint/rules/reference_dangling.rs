use super::prelude::*;

declare_rule! {
    /// Finds references that lead nowhere.
    ///
    /// ## What API Gateway does
    /// Refuses the document, or warns `Reference to model 'X' not found. Ignoring.`
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'404': {$ref: '#/components/responses/NotFund'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'404': {$ref: '#/components/responses/NotFound'}}}
    /// components:
    ///   responses: {NotFound: {description: no such pet}}
    /// ```
    REFERENCE_DANGLING = "reference-dangling", Error, Refused, Both, Elsewhere
}
