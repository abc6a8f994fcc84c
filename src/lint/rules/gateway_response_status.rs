use super::prelude::*;

declare_rule! {
    /// Finds gateway responses with a status that is none.
    ///
    /// ## What API Gateway does
    /// Refuses them: a status has three digits.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {statusCode: 4XX}}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {statusCode: '400'}}
    /// paths: {}
    /// ```
    GATEWAY_RESPONSE_STATUS = "gateway-response-status", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let responses = cx.root().get("x-amazon-apigateway-gateway-responses").map(Node::entries).unwrap_or_default();
    for node in responses.filter_map(|e| e.value.get("statusCode")) {
        let Some(text) = node.scalar_text().filter(|text| !is_unfinished(text)) else { continue };
        let good = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()) && matches!(text.as_bytes()[0], b'1'..=b'5');
        if !good {
            let message = format!("API Gateway refuses the status `{text}` of a gateway response");
            out.add(GATEWAY_RESPONSE_STATUS.at(node.span, message).with_help("write a status from `100` to `599`"));
        }
    }
}
