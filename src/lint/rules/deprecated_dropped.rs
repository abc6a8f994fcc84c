use super::prelude::*;

declare_rule! {
    /// Finds deprecated operations.
    ///
    /// ## What API Gateway does
    /// Keeps the operation and loses the mark: exports and generated clients do not show it.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {deprecated: true, responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    DEPRECATED_DROPPED = "deprecated-dropped", Info, Dropped, Rest, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let Some(entry) = operation.node().entry("deprecated").filter(|e| e.value.as_bool() == Some(true)) else { return };
    let message = format!("API Gateway does not keep that `{}` is deprecated", operation.label());
    let help = "say it in the documentation, or answer with a `Deprecation` header";
    out.add(DEPRECATED_DROPPED.at(entry.key.span, message).with_help(help));
}
