use super::prelude::*;

declare_rule! {
    /// Finds one parameter declared twice in a list.
    ///
    /// ## What API Gateway does
    /// Keeps one of them.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters:
    ///         - {name: limit, in: query, schema: {type: string}}
    ///         - {name: limit, in: query, required: true, schema: {type: string}}
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters:
    ///         - {name: limit, in: query, schema: {type: string}}
    ///       responses: {'200': {description: ok}}
    /// ```
    PARAMETER_DUPLICATE = "parameter-duplicate", Warning, Quality, Both, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    for owner in [operation.node(), operation.operation.path.node] {
        let mut seen: HashMap<(&str, &str), Span> = HashMap::new();
        for item in owner.get("parameters").map(Node::items).unwrap_or_default() {
            let node = cx.document.resolved(item);
            let (Some(name), Some(location)) = (node.str_of("name"), node.str_of("in")) else { continue };
            let span = if item.reference().is_some() { item.span } else { name_span(node) };
            if let Some(first) = seen.get(&(name, location)) {
                let message = format!("API Gateway keeps one of two {location} parameters `{name}`");
                out.add(PARAMETER_DUPLICATE.at(span, message).with_label(*first, "first here").with_help("take one of them out"));
            } else {
                seen.insert((name, location), span);
            }
        }
    }
}
