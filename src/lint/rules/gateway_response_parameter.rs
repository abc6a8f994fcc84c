use super::prelude::*;

declare_rule! {
    /// Finds parameters of gateway responses that are not `gatewayresponse.header.NAME`.
    ///
    /// ## What API Gateway does
    /// Refuses them, and values that are null or no expression.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {responseParameters: {method.response.header.X-Id: "'1'"}}}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {responseParameters: {gatewayresponse.header.X-Id: "'1'"}}}
    /// paths: {}
    /// ```
    GATEWAY_RESPONSE_PARAMETER = "gateway-response-parameter", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let responses = cx.root().get("x-amazon-apigateway-gateway-responses").map(Node::entries).unwrap_or_default();
    for entry in responses.filter_map(|e| e.value.get("responseParameters")).flat_map(Node::entries) {
        let key = entry.key.text.as_str();
        if is_intrinsic_name(key) || is_intrinsic(&entry.value) {
            continue;
        }
        let position = ["gatewayresponse.header.", "gatewayresponse.querystring.", "gatewayresponse.path."];
        if !position.iter().any(|p| key.strip_prefix(p).is_some_and(is_mapping_name)) {
            let message = format!("API Gateway refuses the gateway response's parameter `{key}`");
            out.add(GATEWAY_RESPONSE_PARAMETER.at(entry.key.span, message).with_help("write `gatewayresponse.header.NAME`"));
            continue;
        }
        let value = entry.value.as_str();
        let good = value.is_some_and(|v| is_unfinished(v) || v.starts_with("method.input.") || is_mapping_expression(v, true));
        if !good {
            let message = format!("API Gateway refuses the value of `{key}`");
            let help = "write a text in single quotes, `context.NAME`, `stageVariables.NAME` or `method.request.header.NAME`";
            out.add(GATEWAY_RESPONSE_PARAMETER.at(entry.value.span, message).with_help(help));
        }
    }
}
