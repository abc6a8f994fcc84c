use super::prelude::*;

declare_rule! {
    /// Finds one name for two parameters of an operation, in different places.
    ///
    /// ## What API Gateway does
    /// Refuses: `Parameter names must be unique across querystring, header and path`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get:
    ///       parameters:
    ///         - {name: id, in: path, required: true, schema: {type: string}}
    ///         - {name: id, in: query, schema: {type: string}}
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get:
    ///       parameters:
    ///         - {name: id, in: path, required: true, schema: {type: string}}
    ///         - {name: ids, in: query, schema: {type: string}}
    ///       responses: {'200': {description: ok}}
    /// ```
    PARAM_NAME_NOT_UNIQUE = "param-name-not-unique", Error, Refused, Rest, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    for (at, parameter) in operation.parameters.iter().enumerate() {
        let earlier = operation.parameters.iter().take(at);
        let Some(other) = earlier.clone().find(|p| p.name == parameter.name && p.location != parameter.location) else {
            continue;
        };
        if parameter.location == "cookie" || other.location == "cookie" {
            continue;
        }
        let message = format!(
            "API Gateway refuses the name `{}` twice: in the {} and in the {}",
            parameter.name, other.location, parameter.location
        );
        let found = PARAM_NAME_NOT_UNIQUE.at(name_span(parameter.node), message).with_label(name_span(other.node), "first here");
        out.add(found.with_help("rename one of them"));
    }
}
