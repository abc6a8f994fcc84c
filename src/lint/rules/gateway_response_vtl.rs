use super::prelude::*;

declare_rule! {
    /// Finds directives and functions in the templates of gateway responses.
    ///
    /// ## What API Gateway does
    /// Replaces `$context`, `$stageVariables` and `method.request` variables there and nothing else: directives
    /// reach the client as they are.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {responseTemplates: {application/json: '#if(true){}#end'}}}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {responseTemplates: {application/json: '{"message": $context.error.messageString}'}}}
    /// paths: {}
    /// ```
    GATEWAY_RESPONSE_VTL = "gateway-response-vtl", Warning, Runtime, Rest, Document(check)
}

const MARKS: [&str; 8] = ["#if", "#set", "#foreach", "#else", "#macro", "$util.", "$input.", "##"];

fn check(cx: &Context<'_>, out: &mut Sink) {
    let responses = cx.root().get("x-amazon-apigateway-gateway-responses").map(Node::entries).unwrap_or_default();
    for template in responses.filter_map(|e| e.value.get("responseTemplates")).flat_map(Node::entries) {
        let Some(text) = template.value.as_str() else { continue };
        if let Some(mark) = MARKS.into_iter().find(|mark| text.contains(mark)) {
            let message = format!("API Gateway does not evaluate `{mark}` in a gateway response");
            out.add(GATEWAY_RESPONSE_VTL.at(template.value.span, message).with_help("use variables only, such as `$context.error.messageString`"));
        }
    }
}
