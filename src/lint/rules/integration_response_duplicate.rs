use super::prelude::*;

declare_rule! {
    /// Finds integration responses with one status under two patterns.
    ///
    /// ## What API Gateway does
    /// Keeps one of them: integration responses are stored by status.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}, '500': {description: failed}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: 'https://example.com', responses: {default: {statusCode: '200'}, '5\d{2}': {statusCode: '500'}, '4\d{2}': {statusCode: '500'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}, '500': {description: failed}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: 'https://example.com', responses: {default: {statusCode: '200'}, '[45]\d{2}': {statusCode: '500'}}}
    /// ```
    INTEGRATION_RESPONSE_DUPLICATE = "integration-response-duplicate", Warning, Dropped, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if integration.kind.is_none_or(|kind| kind.is_proxy()) {
        return;
    }
    let mut first: HashMap<String, &Entry> = HashMap::new();
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        let Some(status) = response.value.get("statusCode").and_then(Node::scalar_text) else { continue };
        if let Some(other) = first.get(status.as_str()) {
            let message = format!(
                "API Gateway keeps one of the patterns `{}` and `{}`: both answer `{status}`",
                other.key.text, response.key.text
            );
            let found = INTEGRATION_RESPONSE_DUPLICATE.at(response.key.span, message).with_label(other.key.span, "the other");
            out.add(found.with_help("join the patterns by `|`, or answer different statuses"));
        } else {
            first.insert(status.to_string(), response);
        }
    }
}
