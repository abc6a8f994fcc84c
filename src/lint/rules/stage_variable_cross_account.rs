use super::prelude::*;

declare_rule! {
    /// Finds functions named by a stage variable.
    ///
    /// ## What API Gateway does
    /// Cannot grant itself the permission to invoke them: it must be added for each function that the variable may
    /// name, and the function must be of the API's own account.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: aws_proxy
    ///         httpMethod: POST
    ///         uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:${stageVariables.f}/invocations
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
    STAGE_VARIABLE_CROSS_ACCOUNT = "stage-variable-cross-account", Info, Runtime, Both, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some((node, uri)) = integration.node.get("uri").and_then(|n| Some((n, n.as_str()?))) else { return };
    if uri.contains(":lambda:") && uri.contains("${stageVariables.") {
        let message = "API Gateway may not invoke the functions of a stage variable until each permits it";
        let help = "add the permission for every value of the variable; `gatewright import` does";
        out.add(STAGE_VARIABLE_CROSS_ACCOUNT.at(node.span, message).with_help(help));
    }
}
