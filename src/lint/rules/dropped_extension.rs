use super::prelude::*;

declare_rule! {
    /// Finds members of API Gateway's extensions that API Gateway does not keep.
    ///
    /// ## What API Gateway does
    /// Leaves them out without a word.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {statusCode: '400', x-note: why}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {statusCode: '400'}}
    /// ```
    DROPPED_EXTENSION = "dropped-extension", Info, Dropped, Rest, Elsewhere
}
