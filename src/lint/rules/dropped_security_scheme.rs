use super::prelude::*;

declare_rule! {
    /// Finds security schemes that become nothing, such as an API key in another header than `x-api-key`.
    ///
    /// ## What API Gateway does
    /// Makes an authorizer of a scheme with `x-amazon-apigateway-authorizer`, and reads API keys from `x-api-key` and IAM
    /// credentials. Any other scheme is left out, and what lists it is open.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: query, name: token}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    DROPPED_SECURITY_SCHEME = "dropped-security-scheme", Info, Dropped, Rest, Elsewhere
}
