use super::prelude::*;

declare_rule! {
    /// Finds members of request and response bodies that API Gateway does not keep: `example`, `examples`, `encoding`.
    ///
    /// ## What API Gateway does
    /// Keeps of a body its media types and a model for each.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok, content: {application/json: {example: {}}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok, content: {application/json: {}}}}
    /// ```
    DROPPED_BODY_MEMBER = "dropped-body-member", Info, Dropped, Rest, Elsewhere
}
