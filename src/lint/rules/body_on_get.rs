use super::prelude::*;

declare_rule! {
    /// Finds request bodies of `GET` and `HEAD`.
    ///
    /// ## What API Gateway does
    /// Answers 403 to them when the API is edge-optimized: CloudFront, which is in front of it, refuses a body there. HTTP
    /// gives such a body no meaning, and clients and proxies leave it out.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       requestBody: {content: {application/json: {}}}
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/json: {}}}
    ///       responses: {'200': {description: ok}}
    /// ```
    BODY_ON_GET = "body-on-get", Warning, Runtime, Both, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    if !matches!(operation.method(), Method::Get | Method::Head) {
        return;
    }
    if let Some(entry) = operation.node().entry("requestBody") {
        let message = format!("API Gateway answers 403 to `{}` with a body at an edge-optimized endpoint", operation.label());
        out.add(BODY_ON_GET.at(entry.key.span, message).with_help("send it as query parameters, or make it a `post`"));
    }
}
