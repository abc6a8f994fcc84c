use super::prelude::*;

declare_rule! {
    /// Finds two `operationId`s that become one Rust name, like `getPet` and `get_pet`.
    ///
    /// ## What API Gateway does
    /// Accepts them. `gatewright scaffold` cannot write two handlers of one name.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: getPet, responses: {'200': {description: ok}}}
    ///     post: {operationId: get_pet, responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {operationId: getPet, responses: {'200': {description: ok}}}
    ///     post: {operationId: addPet, responses: {'200': {description: ok}}}
    /// ```
    OPERATION_ID_RUST_NAME = "operation-id-rust-name", Warning, Quality, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    use heck::ToSnakeCase as _;
    let mut first: HashMap<String, (&str, Span)> = HashMap::new();
    for operation in &cx.operations {
        let (Some(id), Some(entry)) = (operation.operation.id(), operation.node().get("operationId")) else { continue };
        let name = id.to_snake_case();
        match first.get(&name) {
            Some((known, place)) if *known != id => {
                let message = format!("`{id}` and `{known}` are one Rust name, `{name}`");
                let found = OPERATION_ID_RUST_NAME.at(entry.span, message).with_label(*place, format!("`{known}` is here"));
                out.add(found.with_help("rename one of them"));
            }
            Some(_) => {}
            None => {
                first.insert(name, (id, entry.span));
            }
        }
    }
}
