use super::prelude::*;

declare_rule! {
    /// Finds parameters that stand at a path rather than at its operations.
    ///
    /// ## What API Gateway does
    /// Is not documented to apply them to the operations; observed imports do.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     parameters: [{name: verbose, in: query, schema: {type: string}}]
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get:
    ///       parameters: [{name: verbose, in: query, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    PATH_ITEM_PARAMETERS = "path-item-parameters", Info, Dropped, Rest, Path(check)
}

fn check(_cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    let Some(entry) = path.node.entry("parameters").filter(|e| e.value.items().next().is_some()) else { return };
    let message = format!("API Gateway is not documented to apply the parameters of `{}` to its operations", path.path);
    out.add(PATH_ITEM_PARAMETERS.at(entry.key.span, message).with_help("declare the parameters at each operation"));
}
