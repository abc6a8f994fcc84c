use super::prelude::*;

declare_rule! {
    /// Finds integrations without `httpMethod`. Only `mock` has none.
    ///
    /// ## What API Gateway does
    /// Refuses: `Enumeration value for HttpMethod must be non-empty`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, uri: 'https://example.com'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com'}
    /// ```
    INTEGRATION_METHOD_MISSING = "integration-method-missing", Error, Refused, Both, Integration(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let method = integration.node.get("httpMethod");
    let empty = method.is_none_or(|m| m.is_null() || m.as_str().is_some_and(|text| text.trim().is_empty()));
    // An HTTP API invokes a function or a service's action without being told the method.
    let needed = |kind| match cx.kind {
        ApiKind::Rest => kind != IntegrationType::Mock,
        ApiKind::Http => kind == IntegrationType::HttpProxy && integration.node.get("integrationSubtype").is_none(),
    };
    if empty && integration.kind.is_some_and(needed) {
        let message = format!("API Gateway refuses the integration of `{}`: it has no `httpMethod`", operation.label());
        let verb = if integration.is_lambda() { "POST" } else { operation.method().verb() };
        out.add(INTEGRATION_METHOD_MISSING.at(integration.span_of("httpMethod"), message).with_help(format!("add `httpMethod: {verb}`")));
    }
}
