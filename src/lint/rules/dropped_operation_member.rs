use super::prelude::*;

declare_rule! {
    /// Finds members of paths and operations that API Gateway does not keep, such as `externalDocs`.
    ///
    /// ## What API Gateway does
    /// Leaves them out without a word: an export of the deployed API does not have them.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {externalDocs: {url: 'https://example.com'}, responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {description: All pets., responses: {'200': {description: ok}}}
    /// ```
    DROPPED_OPERATION_MEMBER = "dropped-operation-member", Info, Dropped, Rest, Elsewhere
}
