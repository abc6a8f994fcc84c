use super::prelude::*;

declare_rule! {
    /// Finds variables of an HTTP integration's `uri` that no mapping fills.
    ///
    /// ## What API Gateway does
    /// Sends the variable to the backend as it is written, braces and all, or answers 500.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com/pets/{id}'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get:
    ///       parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com/pets/{id}', requestParameters: {integration.request.path.id: method.request.path.id}}
    /// ```
    PATH_VARIABLE_UNMAPPED = "path-variable-unmapped", Warning, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let http = integration.is(IntegrationType::Http) || integration.is(IntegrationType::HttpProxy);
    let Some((node, uri)) = integration.node.get("uri").filter(|_| http).and_then(|n| Some((n, n.as_str()?))) else {
        return;
    };
    let mappings = integration.node.get("requestParameters");
    for (at, _) in uri.match_indices('{') {
        let before = uri[..at].chars().next_back();
        let Some(name) = uri[at + 1..].split('}').next().filter(|_| !matches!(before, Some('$' | '{'))) else { continue };
        if name.is_empty() || name.contains(['{', '/', ':']) || !uri[at..].contains('}') {
            continue;
        }
        // A mapping to a place that does not exist is told of as such.
        let fills = |key: &str| {
            key.strip_prefix("integration.request.").and_then(|rest| rest.split_once('.')).is_some_and(|(place, of)| {
                of == name && !matches!(place, "header" | "querystring")
            })
        };
        if mappings.is_some_and(|m| m.entries().any(|e| fills(&e.key.text))) {
            continue;
        }
        let message = format!("API Gateway puts nothing in the place of `{{{name}}}`: no mapping fills it");
        let help = format!("add `integration.request.path.{name}: method.request.path.{name}` to `requestParameters`");
        out.add(PATH_VARIABLE_UNMAPPED.at(node.span, message).with_help(help));
    }
}
