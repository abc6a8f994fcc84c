use super::prelude::*;

declare_rule! {
    /// Finds private integrations of HTTP APIs.
    ///
    /// ## What API Gateway does
    /// Sends the stage's name as the first segment of the path to the backend, unless the stage is `$default` or
    /// the path is overwritten.
    ///
    /// ## Fails
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {default: {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/b/c', connectionType: VPC_LINK, connectionId: abc123, payloadFormatVersion: '1.0'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {default: {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/b/c', connectionType: VPC_LINK, connectionId: abc123, payloadFormatVersion: '1.0', requestParameters: {'overwrite:path': $request.path}}
    /// ```
    PRIVATE_INTEGRATION_STAGE_PREFIX = "private-integration-stage-prefix", Info, Runtime, Http, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some(node) = integration.node.get("connectionType") else { return };
    let private = node.as_str().is_some_and(|text| text.eq_ignore_ascii_case("VPC_LINK"));
    let overwritten = integration.node.get("requestParameters").is_some_and(|p| p.get("overwrite:path").is_some());
    if private && !overwritten {
        let message = "API Gateway sends the stage's name to the backend as the first segment of the path";
        out.add(PRIVATE_INTEGRATION_STAGE_PREFIX.at(node.span, message).with_help("add `overwrite:path: $request.path` to `requestParameters`"));
    }
}
