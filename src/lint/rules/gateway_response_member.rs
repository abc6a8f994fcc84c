use super::prelude::*;

declare_rule! {
    /// Finds members of a gateway response that do not exist.
    ///
    /// ## What API Gateway does
    /// Ignores them. A gateway response has `statusCode`, `responseParameters` and `responseTemplates`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {responseTemplate: {application/json: '{}'}}}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {responseTemplates: {application/json: '{}'}}}
    /// paths: {}
    /// ```
    GATEWAY_RESPONSE_MEMBER = "gateway-response-member", Warning, Dropped, Rest, Document(check)
}

const MEMBERS: [&str; 3] = ["statusCode", "responseParameters", "responseTemplates"];

fn check(cx: &Context<'_>, out: &mut Sink) {
    let responses = cx.root().get("x-amazon-apigateway-gateway-responses").map(Node::entries).unwrap_or_default();
    for response in responses {
        for Entry { key, .. } in response.value.entries() {
            let name = key.text.as_str();
            if MEMBERS.contains(&name) || name.starts_with("x-") || is_intrinsic_name(name) {
                continue;
            }
            let message = format!("API Gateway ignores `{name}` of a gateway response");
            let help = match nearest(name, MEMBERS) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "take it out".into(),
            };
            out.add(GATEWAY_RESPONSE_MEMBER.at(key.span, message).with_help(help));
        }
    }
}
