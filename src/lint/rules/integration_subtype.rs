use super::prelude::*;

declare_rule! {
    /// Finds service integrations of HTTP APIs that are unknown or lack a parameter.
    ///
    /// ## What API Gateway does
    /// Refuses an unknown `integrationSubtype`, and one without the parameters that its action requires.
    ///
    /// ## Fails
    /// ```yaml http
    /// paths:
    ///   /jobs:
    ///     post:
    ///       responses: {default: {description: ok}}
    ///       x-amazon-apigateway-integration: {type: aws_proxy, integrationSubtype: SQS-SendMessage, credentials: 'arn:aws:iam::123456789012:role/send', payloadFormatVersion: '1.0', requestParameters: {QueueUrl: 'https://sqs.example.com/q'}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// paths:
    ///   /jobs:
    ///     post:
    ///       responses: {default: {description: ok}}
    ///       x-amazon-apigateway-integration: {type: aws_proxy, integrationSubtype: SQS-SendMessage, credentials: 'arn:aws:iam::123456789012:role/send', payloadFormatVersion: '1.0', requestParameters: {QueueUrl: 'https://sqs.example.com/q', MessageBody: $request.body}}
    /// ```
    INTEGRATION_SUBTYPE = "integration-subtype", Error, Refused, Http, Integration(check)
}

const SUBTYPES: [(&str, &[&str]); 10] = [
    ("EventBridge-PutEvents", &["Detail", "DetailType", "Source"]),
    ("SQS-SendMessage", &["QueueUrl", "MessageBody"]),
    ("SQS-ReceiveMessage", &["QueueUrl"]),
    ("SQS-DeleteMessage", &["QueueUrl", "ReceiptHandle"]),
    ("SQS-PurgeQueue", &["QueueUrl"]),
    ("AppConfig-GetConfiguration", &["Application", "Environment", "Configuration", "ClientId"]),
    ("Kinesis-PutRecord", &["StreamName", "Data", "PartitionKey"]),
    ("StepFunctions-StartExecution", &["StateMachineArn"]),
    ("StepFunctions-StartSyncExecution", &["StateMachineArn"]),
    ("StepFunctions-StopExecution", &["ExecutionArn"]),
];

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some(node) = integration.node.get("integrationSubtype") else { return };
    let Some(name) = node.as_str().filter(|name| !is_unfinished(name)) else { return };
    let Some((_, required)) = SUBTYPES.iter().find(|(known, _)| *known == name) else {
        let help = match nearest(name, SUBTYPES.iter().map(|(known, _)| *known)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("write one of `{}`", SUBTYPES.map(|(known, _)| known).join("`, `")),
        };
        out.add(INTEGRATION_SUBTYPE.at(node.span, format!("API Gateway refuses the integration subtype `{name}`")).with_help(help));
        return;
    };
    let parameters = integration.node.get("requestParameters");
    let missing: Vec<&str> = required.iter().copied().filter(|p| parameters.and_then(|m| m.get(p)).is_none()).collect();
    if !missing.is_empty() && !parameters.is_some_and(is_intrinsic) {
        let message = format!("API Gateway refuses `{name}` without `{}`", missing.join("`, `"));
        out.add(INTEGRATION_SUBTYPE.at(integration.span_of_key("requestParameters"), message).with_help("add the parameters to `requestParameters`"));
    }
}
