use super::prelude::*;

declare_rule! {
    /// Finds operations without `operationId`.
    ///
    /// ## What API Gateway does
    /// Leaves `operationName` empty; generated clients derive their method names from the path, and
    /// `gatewright scaffold` does so for handlers: they are renamed when the path is.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: listPets, responses: {'200': {description: ok}}}
    /// ```
    OPERATION_ID_MISSING = "operation-id-missing", Info, Dropped, Both, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    // A preflight is nobody's operation, and a catch-all is seldom called by a name.
    if operation.node().get("operationId").is_some() || matches!(operation.method(), Method::Options | Method::Any) {
        return;
    }
    let message = format!("`{}` has no `operationId`: clients and handlers are named after its path", operation.label());
    let help = format!("add `operationId: {}`", suggested(operation));
    out.add(OPERATION_ID_MISSING.at(operation.span(), message).with_help(help));
}

fn suggested(operation: &OperationCx<'_>) -> String {
    use heck::ToLowerCamelCase as _;
    let words: String = operation.operation.path.path.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    format!("{} {words}", operation.method().key()).to_lower_camel_case()
}
