use super::prelude::*;

declare_rule! {
    /// Finds non-proxy integrations without a default response.
    ///
    /// ## What API Gateway does
    /// Answers 500 whenever the backend answers something that no pattern matches.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'404': {description: none}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: 'https://example.com', responses: {'404': {statusCode: '404'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: 'https://example.com', responses: {default: {statusCode: '200'}}}
    /// ```
    INTEGRATION_RESPONSE_DEFAULT_MISSING = "integration-response-default-missing", Warning, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if integration.kind.is_none_or(|kind| kind.is_proxy()) {
        return;
    }
    let responses = integration.node.entry("responses");
    let mut patterns = responses.map(|e| e.value.entries()).unwrap_or_default();
    let any = patterns.any(|e| matches!(e.key.text.as_str(), "default" | ".*" | "\\d{3}" | "(.|\\n)*" | "Fn::If" | "Fn::Transform"));
    if !any {
        let span = responses.map_or(integration.key, |e| e.key.span);
        let message = format!("API Gateway answers 500 to `{}` when no pattern matches the backend's answer", operation.label());
        out.add(INTEGRATION_RESPONSE_DEFAULT_MISSING.at(span, message).with_help("add a `default` to the integration's `responses`"));
    }
}
