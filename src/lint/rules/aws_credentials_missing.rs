use super::prelude::*;

declare_rule! {
    /// Finds integrations with an AWS service other than Lambda that name no role.
    ///
    /// ## What API Gateway does
    /// Refuses: `Role ARN must be specified for AWS integrations`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /jobs:
    ///     post:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: aws, httpMethod: POST, uri: 'arn:aws:apigateway:eu-west-1:sqs:action/SendMessage', responses: {default: {statusCode: '200'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /jobs:
    ///     post:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: aws, httpMethod: POST, credentials: 'arn:aws:iam::123456789012:role/send', uri: 'arn:aws:apigateway:eu-west-1:sqs:action/SendMessage', responses: {default: {statusCode: '200'}}}
    /// ```
    AWS_CREDENTIALS_MISSING = "aws-credentials-missing", Error, Refused, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if !integration.is(IntegrationType::Aws) || integration.node.get("credentials").is_some_and(|c| !c.is_null()) {
        return;
    }
    let Some(uri) = integration.uri().and_then(Node::as_str).and_then(|text| ServiceUri::parse(text).ok()) else { return };
    if uri.service != "lambda" && !is_unfinished(uri.service) {
        let message = format!("API Gateway refuses the integration of `{}`: it names no role", operation.label());
        let help = format!("add `credentials` with the ARN of a role that may call `{}`", uri.service);
        out.add(AWS_CREDENTIALS_MISSING.at(integration.key, message).with_help(help));
    }
}
