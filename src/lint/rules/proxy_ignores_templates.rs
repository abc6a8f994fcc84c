use super::prelude::*;

declare_rule! {
    /// Finds templates and integration responses of proxy integrations.
    ///
    /// ## What API Gateway does
    /// Passes requests and responses of a proxy integration on as they are: templates and mappings of responses
    /// have no effect.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', requestTemplates: {application/json: '{}'}}
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
    PROXY_IGNORES_TEMPLATES = "proxy-ignores-templates", Info, Dropped, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if !integration.kind.is_some_and(|kind| kind.is_proxy()) {
        return;
    }
    let responses = integration.node.get("responses").map(Node::entries).unwrap_or_default();
    let of_responses = responses.flat_map(|e| {
        ["responseTemplates", "responseParameters"].into_iter().filter_map(move |member| e.value.entry(member))
    });
    for entry in integration.node.entry("requestTemplates").into_iter().chain(of_responses) {
        if entry.value.entries().next().is_some() {
            let message = format!("API Gateway ignores `{}` of a proxy integration", entry.key.text);
            out.add(PROXY_IGNORES_TEMPLATES.at(entry.key.span, message).with_help("take it out, or use a type without `_proxy`"));
        }
    }
}
