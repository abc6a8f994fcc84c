use super::prelude::*;

declare_rule! {
    /// Finds path variables that the operation does not declare as a parameter.
    ///
    /// ## What API Gateway does
    /// Adds them as required path parameters; other tools do not. Of a document in OpenAPI 3.0 it also warns, of a greedy
    /// variable unless there is a parameter that is called as it is, with its `+`.
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
    PATH_PARAMETER_UNDECLARED = "path-parameter-undeclared", Info, Warned, Both, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let is_warned_of = cx.document.version() == Version::V30 && operation.method() != Method::Any;
    if operation.method() == Method::Options && !is_warned_of {
        return;
    }
    // One that is declared by a name the path does not have is told of as such.
    let is_unused =
        |p: &Parameter<'_>| p.location == "path" && !operation.path_variables().any(|v| v == p.name.trim_end_matches('+'));
    if operation.parameters.iter().any(is_unused) {
        return;
    }
    for name in operation.path_variables() {
        if operation.parameter("path", name).is_some() || operation.parameter("path", &format!("{name}+")).is_some() {
            continue;
        }
        let message = format!("`{}` does not declare its path parameter `{name}`: API Gateway adds it", operation.label());
        let help = format!("add `{{name: {name}, in: path, required: true, schema: {{type: string}}}}` to `parameters`");
        let mut found = PATH_PARAMETER_UNDECLARED.at(operation.span(), message).with_help(help);
        if is_warned_of {
            found.message.push_str(" and warns");
            found.severity = Severity::Warning;
        }
        out.add(found);
    }
}
