use super::prelude::*;

declare_rule! {
    /// Finds HTTP integrations with a port that API Gateway does not call.
    ///
    /// ## What API Gateway does
    /// Calls the ports 80, 443 and 1024 to 65535 only.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://example.com:81/pets'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://example.com:8080/pets'}
    /// ```
    INTEGRATION_PORT = "integration-port", Warning, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some((node, uri)) = integration.node.get("uri").and_then(|node| Some((node, node.as_str()?))) else { return };
    let Some((scheme, rest)) = uri.split_once("://").filter(|(scheme, _)| scheme.starts_with("http")) else { return };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let Some((_, port)) = authority.rsplit_once(':') else { return };
    let Ok(port) = port.parse::<u32>() else { return };
    if !matches!(port, 80 | 443 | 1024..=65535) {
        let message = format!("API Gateway does not call port {port}");
        let help = format!("use the port of `{scheme}`, or one from 1024 to 65535");
        out.add(INTEGRATION_PORT.at(node.span, message).with_help(help));
    }
}
