use super::prelude::*;

declare_rule! {
    /// Finds HTTP integrations whose `uri` is not an HTTP URL.
    ///
    /// ## What API Gateway does
    /// Refuses: `Invalid HTTP endpoint specified for URI`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: example.com/pets}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com/pets'}
    /// ```
    INTEGRATION_URI_HTTP = "integration-uri-http", Error, Refused, Both, Integration(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if !(integration.is(IntegrationType::Http) || integration.is(IntegrationType::HttpProxy)) {
        return;
    }
    if integration.node.get("uri").is_none() {
        let message = format!("API Gateway refuses the integration of `{}`: it has no `uri`", operation.label());
        out.add(INTEGRATION_URI_HTTP.at(integration.key, message).with_help("add `uri: https://…`"));
        return;
    }
    let Some(node) = integration.uri() else { return };
    let Some(uri) = node.as_str().filter(|uri| !uri.starts_with("${") && !uri.starts_with("{{")) else { return };
    let scheme = uri.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let host = uri.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?', ':']).next().unwrap_or_default());
    let url = matches!(scheme.as_deref(), Some("http" | "https")) && !host.is_empty() && !uri.contains(char::is_whitespace);
    let arn = cx.kind == ApiKind::Http && uri.starts_with("arn:");
    if !url && !arn {
        let message = format!("API Gateway refuses `{uri}`: it is not an HTTP URL");
        out.add(INTEGRATION_URI_HTTP.at(node.span, message).with_help("write a URL that begins with `https://` or `http://`"));
    }
}
