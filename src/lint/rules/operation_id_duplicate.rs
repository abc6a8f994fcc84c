use super::prelude::*;

declare_rule! {
    /// Finds one `operationId` at two operations.
    ///
    /// ## What API Gateway does
    /// Accepts it, and exports it; clients generated from the API have one method for two operations.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: pets, responses: {'200': {description: ok}}}
    ///     post: {operationId: pets, responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: listPets, responses: {'200': {description: ok}}}
    ///     post: {operationId: addPet, responses: {'200': {description: ok}}}
    /// ```
    OPERATION_ID_DUPLICATE = "operation-id-duplicate", Warning, Quality, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut first: HashMap<&str, (Span, String)> = HashMap::new();
    for operation in &cx.operations {
        let (Some(id), Some(entry)) = (operation.operation.id(), operation.node().get("operationId")) else { continue };
        match first.get(id) {
            Some((place, label)) if *place != entry.span => {
                let message = format!("`{}` has the `operationId` of `{label}`, `{id}`", operation.label());
                let found = OPERATION_ID_DUPLICATE.at(entry.span, message).with_label(*place, "first here");
                out.add(found.with_help("give it one of its own"));
            }
            Some(_) => {}
            None => {
                first.insert(id, (entry.span, operation.label()));
            }
        }
    }
}
