use super::prelude::*;

declare_rule! {
    /// Finds security requirements that nothing enforces, beside others that are enforced.
    ///
    /// ## What API Gateway does
    /// Takes one authorizer, IAM or an API key from an operation's requirements. What else is listed has no effect.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       security: [{key: []}, {oauth: []}]
    ///       responses: {'200': {description: ok}}
    /// components:
    ///   securitySchemes:
    ///     key: {type: apiKey, in: header, name: x-api-key}
    ///     oauth: {type: oauth2, flows: {}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       security: [{key: []}]
    ///       responses: {'200': {description: ok}}
    /// components:
    ///   securitySchemes:
    ///     key: {type: apiKey, in: header, name: x-api-key}
    /// ```
    DROPPED_REQUIREMENT = "dropped-requirement", Info, Dropped, Rest, Elsewhere
}
