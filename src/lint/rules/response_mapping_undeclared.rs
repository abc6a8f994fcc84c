use super::prelude::*;

declare_rule! {
    /// Finds mappings to response headers that the method response does not declare.
    ///
    /// ## What API Gateway does
    /// Refuses: `Invalid mapping expression parameter specified: method.response.header.…`. Where the method has no response
    /// of the status, a header that another one declares will do.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: mock
    ///         responses:
    ///           default: {statusCode: '200', responseParameters: {method.response.header.X-Id: "'1'"}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok, headers: {X-Id: {schema: {type: string}}}}}
    ///       x-amazon-apigateway-integration:
    ///         type: mock
    ///         responses:
    ///           default: {statusCode: '200', responseParameters: {method.response.header.X-Id: "'1'"}}
    /// ```
    RESPONSE_MAPPING_UNDECLARED = "response-mapping-undeclared", Error, Refused, Rest, Integration(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        let Some(status) = response.value.get("statusCode").and_then(Node::scalar_text) else { continue };
        let own = operation.responses().find(|e| e.key.text == status).map(|e| cx.document.resolved(&e.value));
        if own.is_none() && operation.responses().any(|e| !is_response_key(&e.key.text)) {
            continue;
        }
        for mapping in response.value.get("responseParameters").map(Node::entries).unwrap_or_default() {
            let Some(name) = mapping.key.text.strip_prefix("method.response.header.") else { continue };
            let has = |response: &Node| response.get("headers").is_some_and(|headers| headers.get(name).is_some());
            let is_declared = match own {
                Some(own) => has(own),
                // Of `default` and of ranges no response is made.
                None => operation
                    .responses()
                    .filter(|e| e.key.text.bytes().all(|byte| byte.is_ascii_digit()))
                    .any(|e| has(cx.document.resolved(&e.value))),
            };
            if is_declared {
                continue;
            }
            let headers = own.and_then(|own| own.get("headers"));
            let names = headers.map(Node::entries).unwrap_or_default().map(|e| e.key.text.as_str());
            let help = match nearest(name, names) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("declare it: `headers: {{{name}: {{schema: {{type: string}}}}}}` in the response"),
            };
            let message = format!("API Gateway refuses the mapping: the response `{status}` declares no header `{name}`");
            out.add(RESPONSE_MAPPING_UNDECLARED.at(mapping.key.span, message).with_help(help));
        }
    }
}
