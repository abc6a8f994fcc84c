use super::prelude::*;

declare_rule! {
    /// Finds what parameters and headers say besides their name and whether they are required: a type, a style, examples.
    ///
    /// ## What API Gateway does
    /// Keeps of a parameter its name, its place, its description and whether it is required, and of a response header its
    /// name. An export shows each as a text.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: query, schema: {type: integer}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: query, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    DROPPED_PARAMETER_ATTRIBUTE = "dropped-parameter-attribute", Info, Dropped, Rest, Elsewhere
}
