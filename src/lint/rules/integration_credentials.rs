use super::prelude::*;

declare_rule! {
    /// Finds `credentials` that are not the ARN of a role.
    ///
    /// ## What API Gateway does
    /// Refuses them: `credentials` is a role's ARN, or `arn:aws:iam::*:user/*` for the caller's own identity.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', credentials: my-role}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', credentials: 'arn:aws:iam::123456789012:role/my-role'}
    /// ```
    INTEGRATION_CREDENTIALS = "integration-credentials", Error, Refused, Both, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some((node, text)) = integration.node.get("credentials").and_then(|n| Some((n, n.as_str()?))) else { return };
    if text.contains("${") || text.contains("{{") || text.is_empty() {
        return;
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let role = matches!(parts.as_slice(), ["arn", partition, "iam", "", account, name]
        if partition.starts_with("aws")
            && ((is_account(account) && name.starts_with("role/"))
                || (*account == "*" && *name == "user/*")));
    if !role {
        let message = format!("API Gateway refuses the credentials `{text}`: they are not the ARN of a role");
        out.add(INTEGRATION_CREDENTIALS.at(node.span, message).with_help("write `arn:aws:iam::ACCOUNT:role/NAME`"));
    }
}
