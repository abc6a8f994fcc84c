use super::prelude::*;

declare_rule! {
    /// Finds parameters without `name` or `in`, or with an `in` that OpenAPI does not know.
    ///
    /// ## What API Gateway does
    /// Cannot tell what is meant, and refuses the document or leaves the parameter out.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: querystring, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: query, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    PARAMETER_INCOMPLETE = "parameter-incomplete", Error, Refused, Both, Operation(check)
}

const LOCATIONS: [&str; 6] = ["path", "query", "header", "cookie", "body", "formData"];

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let own = operation.node().get("parameters").map(Node::items).unwrap_or_default();
    let shared = operation.operation.path.node.get("parameters").map(Node::items).unwrap_or_default();
    for parameter in own.chain(shared) {
        let Resolved::Node(node) = cx.document.resolve(parameter) else { continue };
        if is_intrinsic(node) {
            continue;
        }
        let (span, message, help) = match (node.str_of("name"), node.get("in").map(|l| (l, l.as_str()))) {
            (None, _) => (node.span, "a parameter has no `name`".to_owned(), "add `name`".to_owned()),
            (Some(name), None) => {
                (name_span(node), format!("the parameter `{name}` has no `in`"), "add `in`: `path`, `query` or `header`".into())
            }
            (Some(name), Some((place, location))) => {
                if location.is_some_and(|l| LOCATIONS.contains(&l)) {
                    continue;
                }
                let location = location.unwrap_or_default();
                let help = nearest(location, LOCATIONS).unwrap_or_else(|| "query".into());
                (place.span, format!("the parameter `{name}` is in `{location}`, which OpenAPI does not know"), format!("write `in: {help}`"))
            }
        };
        out.add(PARAMETER_INCOMPLETE.at(span, format!("API Gateway cannot use it: {message}")).with_help(help));
    }
}
