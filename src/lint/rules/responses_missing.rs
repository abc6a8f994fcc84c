use super::prelude::*;

declare_rule! {
    /// Finds operations without responses.
    ///
    /// ## What API Gateway does
    /// Makes a method without responses: a non-proxy integration has nothing to answer with, and clients know
    /// nothing of the answer.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: listPets}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: listPets, responses: {'200': {description: ok}}}
    /// ```
    RESPONSES_MISSING = "responses-missing", Warning, Quality, Both, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    if operation.responses().next().is_some() {
        return;
    }
    // Proxies answer by themselves, and CloudFormation examples leave the member out.
    let proxy = operation.integration.is_some_and(|i| i.kind.is_some_and(|kind| kind.is_proxy()));
    let span = operation.node().entry("responses").map_or(operation.span(), |e| e.key.span);
    let mut found = RESPONSES_MISSING.at(span, format!("`{}` has no responses", operation.label())).with_help("add `responses`");
    if proxy {
        found.severity = Severity::Info;
    }
    out.add(found);
}
