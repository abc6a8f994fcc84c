use super::prelude::*;

declare_rule! {
    /// Finds path parameters that the path does not have.
    ///
    /// ## What API Gateway does
    /// Keeps a parameter that no request can carry.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get:
    ///       parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
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
    PATH_PARAMETER_UNUSED = "path-parameter-unused", Warning, Quality, Both, Parameter(check)
}

fn check(_cx: &Context<'_>, parameter: &ParameterCx<'_, '_>, out: &mut Sink) {
    let name = parameter.name().trim_end_matches('+');
    let path = parameter.operation.operation.path.path;
    // A path with a malformed segment is told of as such.
    if parameter.location() != "path" || [format!("{{{name}}}"), format!("{{{name}+}}")].iter().any(|v| path.contains(v)) {
        return;
    }
    let message = format!("no request carries the path parameter `{name}`: `{path}` does not have it");
    let help = match nearest(name, parameter.operation.path_variables()) {
        Some(variable) => format!("did you mean `{variable}`?"),
        None => format!("put `{{{name}}}` into the path, or take the parameter out"),
    };
    out.add(PATH_PARAMETER_UNUSED.at(parameter.span_of("name"), message).with_help(help));
}
