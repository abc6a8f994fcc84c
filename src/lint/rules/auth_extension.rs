use super::prelude::*;

declare_rule! {
    /// Finds `x-amazon-apigateway-auth` with another type than `NONE` and `AWS_IAM`.
    ///
    /// ## What API Gateway does
    /// Refuses it, or leaves the method open.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {x-amazon-apigateway-auth: {type: IAM}, responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {x-amazon-apigateway-auth: {type: AWS_IAM}, responses: {'200': {description: ok}}}
    /// ```
    AUTH_EXTENSION = "auth-extension", Error, Refused, Both, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let Some(entry) = operation.node().entry("x-amazon-apigateway-auth") else { return };
    let kind = entry.value.get("type");
    let text = kind.and_then(Node::as_str).unwrap_or_default();
    if is_intrinsic(&entry.value) || is_unfinished(text) || ["NONE", "AWS_IAM"].iter().any(|t| t.eq_ignore_ascii_case(text)) {
        return;
    }
    let message = format!("API Gateway does not know the authorization `{text}`");
    out.add(AUTH_EXTENSION.at(kind.map_or(entry.key.span, |k| k.span), message).with_help("write `{type: AWS_IAM}` or `{type: NONE}`"));
}
