use super::prelude::*;

declare_rule! {
    /// Finds path variables that the operation does not declare as a parameter.
    ///
    /// ## What API Gateway does
    /// Adds them as required path parameters; other tools do not.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get: {responses: {'200': {description: ok}}}
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
    PATH_PARAMETER_UNDECLARED = "path-parameter-undeclared", Info, Quality, Both, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    if operation.method() == Method::Options {
        return;
    }
    // One that is declared by a name the path does not have is told of as such.
    let is_unused =
        |p: &Parameter<'_>| p.location == "path" && !operation.path_variables().any(|v| v == p.name.trim_end_matches('+'));
    if operation.parameters.iter().any(is_unused) {
        return;
    }
    for name in operation.path_variables() {
        if operation.parameter("path", name).is_none() && operation.parameter("path", &format!("{name}+")).is_none() {
            let message = format!("`{}` does not declare its path parameter `{name}`: API Gateway adds it", operation.label());
            let help = format!("add `{{name: {name}, in: path, required: true, schema: {{type: string}}}}` to `parameters`");
            out.add(PATH_PARAMETER_UNDECLARED.at(operation.span(), message).with_help(help));
        }
    }
}
