use super::prelude::*;

declare_rule! {
    /// Finds Lambda integrations with a function's ARN of the wrong form.
    ///
    /// ## What API Gateway does
    /// Refuses the `uri`, or accepts it and answers 500 because there is no such function.
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
    ///         uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:12345:function:pets/invocations
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
    LAMBDA_ARN = "lambda-arn", Error, Refused, Both, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some(node) = integration.uri() else { return };
    let Some(uri) = node.as_str().and_then(|text| ServiceUri::parse(text).ok()) else { return };
    if let Some(wrong) = uri.lambda_fault() {
        let message = format!("API Gateway finds no function at the `uri`: {wrong}");
        let help = "the form is `…:lambda:path/2015-03-31/functions/arn:aws:lambda:REGION:ACCOUNT:function:NAME/invocations`";
        out.add(LAMBDA_ARN.at(node.span, message).with_help(help));
    }
}
