use super::prelude::*;

declare_rule! {
    /// Finds mappings from parameters that the method does not declare.
    ///
    /// ## What API Gateway does
    /// Refuses: `Invalid mapping expression parameter specified: method.request.…`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: http_proxy
    ///         httpMethod: GET
    ///         uri: https://example.com
    ///         requestParameters: {integration.request.querystring.limit: method.request.querystring.limit}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: query, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: http_proxy
    ///         httpMethod: GET
    ///         uri: https://example.com
    ///         requestParameters: {integration.request.querystring.limit: method.request.querystring.limit}
    /// ```
    REQUEST_MAPPING_UNDECLARED = "request-mapping-undeclared", Error, Refused, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    for mapping in integration.node.get("requestParameters").map(Node::entries).unwrap_or_default() {
        let Some((location, name)) = mapping.value.as_str().and_then(method_parameter) else { continue };
        let Some(message) = undeclared(operation, location, name) else { continue };
        let names = operation.parameters.iter().filter(|p| p.location == location).map(|p| p.name);
        let help = match nearest(name, names) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("declare the {location} parameter `{name}` in `parameters`"),
        };
        out.add(REQUEST_MAPPING_UNDECLARED.at(mapping.value.span, message).with_help(help));
    }
}

fn undeclared(operation: &OperationCx<'_>, location: &str, name: &str) -> Option<String> {
    let in_path = location == "path" && operation.path_variables().any(|variable| variable == name);
    if in_path || operation.parameter(location, name).is_some() {
        return None;
    }
    Some(format!(
        "API Gateway refuses the mapping: `{}` declares no {location} parameter `{name}`",
        operation.label()
    ))
}
