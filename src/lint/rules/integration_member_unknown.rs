use super::prelude::*;

declare_rule! {
    /// Finds members of an integration that API Gateway does not know, like `timeoutInMilis`.
    ///
    /// ## What API Gateway does
    /// Ignores them: the default holds.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, timeoutInMilis: 1000}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, timeoutInMillis: 1000}
    /// ```
    INTEGRATION_MEMBER_UNKNOWN = "integration-member-unknown", Warning, Dropped, Both, Integration(check)
}

const RESPONSE: [&str; 4] = ["statusCode", "responseParameters", "responseTemplates", "contentHandling"];

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    report(integration.node, "an integration", &INTEGRATION_MEMBERS, out);
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        report(&response.value, "an integration response", &RESPONSE, out);
    }
}

fn report(owner: &Node, place: &str, known: &[&str], out: &mut Sink) {
    if is_intrinsic(owner) {
        return;
    }
    for entry in owner.entries() {
        let key = entry.key.text.as_str();
        if known.contains(&key) || key.starts_with("x-") || is_intrinsic_name(key) || key == "$ref" {
            continue;
        }
        let help = match nearest(key, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "take it out".into(),
        };
        let message = format!("API Gateway ignores `{key}`: {place} has no such member");
        out.add(INTEGRATION_MEMBER_UNKNOWN.at(entry.key.span, message).with_help(help));
    }
}
