use super::prelude::*;

declare_rule! {
    /// Finds members of integrations that API Gateway does not keep for this type of integration.
    ///
    /// ## What API Gateway does
    /// Leaves them out without a word: an integration of this type has no use for them.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, payloadFormatVersion: '1.0', requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: '200'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: '200'}}}
    /// ```
    DROPPED_INTEGRATION_MEMBER = "dropped-integration-member", Info, Dropped, Rest, Elsewhere
}
