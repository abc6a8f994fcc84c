use super::prelude::*;

declare_rule! {
    /// Finds methods that API Gateway does not have: `trace`.
    ///
    /// ## What API Gateway does
    /// Leaves the operation out. Its methods are GET, PUT, POST, DELETE, PATCH, OPTIONS, HEAD and ANY.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     trace: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    UNSUPPORTED_METHOD = "unsupported-method", Warning, Dropped, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    for operation in cx.document.operations().filter(|operation| operation.method == Method::Trace) {
        let message = format!("API Gateway leaves `{}` out: it has no method `TRACE`", operation.label());
        out.add(UNSUPPORTED_METHOD.at(operation.span, message).with_help("take the operation out"));
    }
}
