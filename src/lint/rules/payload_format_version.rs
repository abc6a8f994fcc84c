use super::prelude::*;

declare_rule! {
    /// Finds integrations of HTTP APIs without `payloadFormatVersion`, or with one that they cannot have.
    ///
    /// ## What API Gateway does
    /// Refuses them: `1.0` or `2.0` for a Lambda function, `1.0` for everything else.
    ///
    /// ## Fails
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {default: {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', payloadFormatVersion: '2.0'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {default: {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', payloadFormatVersion: '1.0'}
    /// ```
    PAYLOAD_FORMAT_VERSION = "payload-format-version", Error, Refused, Http, Integration(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if !integration.kind.is_some_and(|kind| kind.is_proxy()) {
        return;
    }
    let Some(node) = integration.node.get("payloadFormatVersion") else {
        let message = format!("API Gateway refuses the integration of `{}`: it has no `payloadFormatVersion`", operation.label());
        let version = if integration.is_lambda() { "2.0" } else { "1.0" };
        out.add(PAYLOAD_FORMAT_VERSION.at(integration.key, message).with_help(format!("add `payloadFormatVersion: '{version}'`")));
        return;
    };
    let Some(version) = node.scalar_text().filter(|v| !is_unfinished(v)) else { return };
    let lambda = integration.is(IntegrationType::AwsProxy) && integration.node.get("integrationSubtype").is_none();
    let good = matches!(version.as_str(), "1.0" | "1") || (lambda && matches!(version.as_str(), "2.0" | "2"));
    if !good {
        let message = format!("API Gateway refuses the payload format `{version}` here");
        let help = if lambda { "write `'1.0'` or `'2.0'`" } else { "write `'1.0'`" };
        out.add(PAYLOAD_FORMAT_VERSION.at(node.span, message).with_help(help));
    }
}
