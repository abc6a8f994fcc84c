use super::prelude::*;

declare_rule! {
    /// Finds `aws_proxy` integrations with another service than Lambda and Firehose.
    ///
    /// ## What API Gateway does
    /// Refuses: `Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream
    /// invocations.`
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: 'arn:aws:apigateway:eu-west-1:sqs:action/SendMessage'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: aws, httpMethod: POST, credentials: 'arn:aws:iam::123456789012:role/send', uri: 'arn:aws:apigateway:eu-west-1:sqs:action/SendMessage', responses: {default: {statusCode: '200'}}}
    /// ```
    AWS_PROXY_TARGET = "aws-proxy-target", Error, Refused, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if !integration.is(IntegrationType::AwsProxy) {
        return;
    }
    let Some(node) = integration.node.get("uri") else { return };
    let Some(uri) = node.as_str().and_then(|text| ServiceUri::parse(text).ok()) else { return };
    if !matches!(uri.service, "lambda" | "firehose") && !is_unfinished(uri.service) {
        let message = format!("API Gateway refuses the service `{}` for `aws_proxy`", uri.service);
        out.add(AWS_PROXY_TARGET.at(node.span, message).with_help("write `type: aws`, with templates for request and response"));
    }
}
