use super::prelude::*;

declare_rule! {
    /// Finds `aws` and `aws_proxy` integrations whose `uri` is not the ARN that API Gateway wants.
    ///
    /// ## What API Gateway does
    /// Refuses: `Invalid ARN specified in the request`, or `AWS ARN for integration must contain path or action`.
    /// The form is `arn:aws:apigateway:REGION:SERVICE:path/…` or `:action/…`; an HTTP API takes a function's own
    /// ARN as well.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: 'arn:aws:lambda:eu-west-1:123456789012:function:pets'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: aws_proxy
    ///         httpMethod: POST
    ///         uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:pets/invocations
    /// ```
    INTEGRATION_URI_ARN = "integration-uri-arn", Error, Refused, Both, Integration(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if !(integration.is(IntegrationType::Aws) || integration.is(IntegrationType::AwsProxy)) {
        return;
    }
    if integration.node.get("integrationSubtype").is_some() {
        return;
    }
    if integration.node.get("uri").is_none() {
        let message = format!("API Gateway refuses the integration of `{}`: it has no `uri`", operation.label());
        out.add(INTEGRATION_URI_ARN.at(integration.key, message).with_help("add the `uri` of the function or of the service's action"));
        return;
    }
    let Some(node) = integration.uri() else { return };
    let Some(uri) = node.as_str().filter(|uri| !uri.starts_with("${") && !uri.contains("{{")) else { return };
    let wrong = match ServiceUri::parse(uri) {
        Ok(_) => return,
        Err(_) if cx.kind == ApiKind::Http && uri.starts_with("arn:") && uri.contains(":function:") => return,
        Err(wrong) => wrong,
    };
    let help = if uri.contains(":function:") {
        "write `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`"
    } else {
        "write `arn:aws:apigateway:REGION:SERVICE:action/NAME` or `…:path/PATH`"
    };
    out.add(INTEGRATION_URI_ARN.at(node.span, format!("API Gateway refuses the integration's `uri`: {wrong}")).with_help(help));
}
