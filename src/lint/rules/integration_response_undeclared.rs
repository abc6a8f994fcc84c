use super::prelude::*;

declare_rule! {
    /// Finds integration responses with a status that the method does not declare.
    ///
    /// ## What API Gateway does
    /// Answers 500 where the response is chosen. A response without a `statusCode` it refuses, and headers that none of the
    /// method's responses declares: `No method response exists for method.` where there are none at all.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, responses: {default: {statusCode: '201'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, responses: {default: {statusCode: '200'}}}
    /// ```
    INTEGRATION_RESPONSE_UNDECLARED = "integration-response-undeclared", Warning, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if integration.kind.is_none_or(|kind| kind.is_proxy()) {
        return;
    }
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        let Some(node) = response.value.get("statusCode") else {
            if response.value.as_map().is_some() && !is_intrinsic(&response.value) {
                let message = format!("API Gateway refuses the integration response `{}`: it has no `statusCode`", response.key.text);
                let mut found = INTEGRATION_RESPONSE_UNDECLARED.at(response.key.span, message).with_help("add `statusCode`");
                found.severity = Severity::Error;
                out.add(found);
            }
            continue;
        };
        let Some(status) = node.scalar_text().filter(|status| !is_unfinished(status)) else { continue };
        if operation.responses().any(|declared| declared.key.text == status || !is_response_key(&declared.key.text)) {
            continue;
        }
        let message = format!("API Gateway answers 500 where this response is chosen: `{}` declares no response `{status}`", operation.label());
        out.add(INTEGRATION_RESPONSE_UNDECLARED.at(node.span, message).with_help(format!("add `'{status}'` to the operation's `responses`")));
    }
}
