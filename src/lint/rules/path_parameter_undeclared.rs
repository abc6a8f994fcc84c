use super::prelude::*;

declare_rule! {
    /// Finds path variables that the operation does not declare as a parameter.
    ///
    /// ## What API Gateway does
    /// Adds them as required path parameters; other tools do not. Of a document in OpenAPI 3.0 it also warns, and of a
    /// greedy variable unless there is a parameter that is called as it is, with its `+`. Of Swagger 2.0 it does not warn,
    /// and this is a remark.
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
    PATH_PARAMETER_UNDECLARED = "path-parameter-undeclared", Warning, Warned, Both, Operation(check)
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
        let greedy = format!("{name}+");
        let has = |name: &str| operation.parameter("path", name).is_some();
        let is_greedy = operation.operation.path.path.contains(&format!("{{{greedy}}}"));
        let (message, help) = match (has(name), has(&greedy)) {
            (true, false) if is_warned_of && is_greedy => (
                format!("API Gateway warns that `{}` does not declare its path parameter `{greedy}`", operation.label()),
                format!("call the parameter `{greedy}`"),
            ),
            (false, false) => (
                format!("`{}` does not declare its path parameter `{name}`: API Gateway adds it", operation.label()),
                format!("add `{{name: {name}, in: path, required: true, schema: {{type: string}}}}` to `parameters`"),
            ),
            _ => continue,
        };
        let mut found = PATH_PARAMETER_UNDECLARED.at(operation.span(), message).with_help(help);
        if !is_warned_of {
            found.severity = Severity::Info;
        }
        out.add(found);
    }
}
