use super::prelude::*;

declare_rule! {
    /// Finds path parameters that are not `required: true`.
    ///
    /// ## What API Gateway does
    /// Takes a path parameter for required whatever the document says.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get:
    ///       parameters: [{name: id, in: path, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get:
    ///       parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    PATH_PARAMETER_OPTIONAL = "path-parameter-optional", Warning, Quality, Both, Parameter(check)
}

fn check(_cx: &Context<'_>, parameter: &ParameterCx<'_, '_>, out: &mut Sink) {
    let required = parameter.node().get("required");
    let says = required.and_then(Node::as_bool);
    // What is no boolean is told of as such.
    if parameter.location() != "path" || says == Some(true) || (required.is_some() && says.is_none()) {
        return;
    }
    let message = format!("the path parameter `{}` is required, and must say so", parameter.name());
    let mut found = PATH_PARAMETER_OPTIONAL.at(required.map_or(parameter.span_of("name"), |node| node.span), message);
    if let Some(node) = required {
        found = found.with_fix("write `true`", vec![Edit { span: node.span, text: "true".into() }]);
    }
    out.add(found.with_help("add `required: true`"));
}
