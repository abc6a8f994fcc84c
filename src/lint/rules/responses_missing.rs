use super::prelude::*;

declare_rule! {
    /// Finds operations without responses.
    ///
    /// ## What API Gateway does
    /// Makes a method without responses: a non-proxy integration has nothing to answer with, and clients know
    /// nothing of the answer. Of an operation without the member it warns in a document in OpenAPI 3.0; of an empty
    /// one, and in Swagger 2.0, it does not.
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
    RESPONSES_MISSING = "responses-missing", Warning, Warned, Both, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    if operation.responses().next().is_some() {
        return;
    }
    // Proxies answer by themselves, and CloudFormation examples leave the member out.
    let proxy = operation.integration.is_some_and(|i| i.kind.is_some_and(|kind| kind.is_proxy()));
    let member = operation.node().entry("responses");
    let span = member.map_or(operation.span(), |e| e.key.span);
    let is_warned_of =
        member.is_none() && cx.document.version() == Version::V30 && operation.method() != Method::Any;
    let mut found = RESPONSES_MISSING.at(span, format!("`{}` has no responses", operation.label())).with_help("add `responses`");
    if proxy && !is_warned_of {
        found.severity = Severity::Info;
    }
    out.add(found);
}
