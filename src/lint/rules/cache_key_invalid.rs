use super::prelude::*;

declare_rule! {
    /// Finds cache keys that are no parameter of the method.
    ///
    /// ## What API Gateway does
    /// Refuses: `Invalid cache key`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', cacheKeyParameters: [method.request.querystring.limit]}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: query, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', cacheKeyParameters: [method.request.querystring.limit]}
    /// ```
    CACHE_KEY_INVALID = "cache-key-invalid", Error, Refused, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let mappings = integration.node.get("requestParameters");
    for key in integration.node.get("cacheKeyParameters").map(Node::items).unwrap_or_default() {
        let Some(text) = key.as_str().filter(|text| !is_unfinished(text)) else { continue };
        let declared = match method_parameter(text) {
            Some((location, name)) => {
                operation.parameter(location, name).is_some()
                    || (location == "path" && operation.path_variables().any(|variable| variable == name))
            }
            None => mappings.is_some_and(|m| m.get(text).is_some()),
        };
        if !declared {
            let message = format!("API Gateway refuses the cache key `{text}`: the method does not declare it");
            out.add(CACHE_KEY_INVALID.at(key.span, message).with_help("declare the parameter, or take the key out"));
        }
    }
}
