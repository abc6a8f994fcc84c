use super::prelude::*;

declare_rule! {
    /// Finds what an HTTP API has no use for: request bodies, schemas, request validators.
    ///
    /// ## What API Gateway does
    /// Reads the document and leaves them out: an HTTP API passes every request on as it is.
    ///
    /// ## Fails
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/json: {schema: {type: object}}}}
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: POST, uri: 'https://example.com', payloadFormatVersion: '1.0'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     post:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: POST, uri: 'https://example.com', payloadFormatVersion: '1.0'}
    /// ```
    UNUSED_BY_HTTP_API = "unused-by-http-api", Info, Dropped, Http, Elsewhere
}
