use super::prelude::*;

declare_rule! {
    /// Finds members of an integration with a value that is not one of those allowed.
    ///
    /// ## What API Gateway does
    /// Refuses the integration. `httpMethod` is a verb or `ANY`; `passthroughBehavior` is `when_no_match`,
    /// `when_no_templates` or `never`; `contentHandling` is `CONVERT_TO_TEXT` or `CONVERT_TO_BINARY`;
    /// `connectionType` is `INTERNET` or `VPC_LINK`; `responseTransferMode` is `BUFFERED` or `STREAM`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, passthroughBehavior: always}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, passthroughBehavior: never}
    /// ```
    INTEGRATION_ENUM = "integration-enum", Error, Refused, Both, Integration(check)
}

const MEMBERS: [(&str, &[&str]); 5] = [
    ("httpMethod", &["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"]),
    ("passthroughBehavior", &["when_no_match", "when_no_templates", "never"]),
    ("contentHandling", &["CONVERT_TO_TEXT", "CONVERT_TO_BINARY"]),
    ("connectionType", &["INTERNET", "VPC_LINK"]),
    ("responseTransferMode", &["BUFFERED", "STREAM"]),
];

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let responses = integration.node.get("responses").map(Node::entries).unwrap_or_default().map(|e| &e.value);
    for owner in responses.chain([integration.node]) {
        for (member, values) in MEMBERS {
            let Some((node, text)) = owner.get(member).and_then(|node| Some((node, node.as_str()?))) else { continue };
            let text = text.trim();
            if text.is_empty() || is_unfinished(text) || values.iter().any(|v| v.eq_ignore_ascii_case(text)) {
                continue;
            }
            let help = match nearest(text, values.iter().copied()) {
                Some(value) => format!("did you mean `{value}`?"),
                None => format!("write one of `{}`", values.join("`, `")),
            };
            let message = format!("API Gateway refuses `{text}` for `{member}`");
            out.add(INTEGRATION_ENUM.at(node.span, message).with_help(help));
        }
    }
}
