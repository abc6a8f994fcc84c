use super::prelude::*;

declare_rule! {
    /// Finds parameters whose names differ in case only.
    ///
    /// ## What API Gateway does
    /// Takes `X-Id` and `x-id` for two parameters: mappings and validation match names case-sensitively, and
    /// clients over HTTP/2 send lower case.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters:
    ///         - {name: X-Id, in: header, schema: {type: string}}
    ///         - {name: x-id, in: header, schema: {type: string}}
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters:
    ///         - {name: X-Id, in: header, schema: {type: string}}
    ///       responses: {'200': {description: ok}}
    /// ```
    HEADER_PARAM_CASE = "header-param-case", Warning, Runtime, Rest, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    for (at, parameter) in operation.parameters.iter().enumerate() {
        let same = |p: &&Parameter<'_>| {
            p.location == parameter.location && p.name != parameter.name && p.name.eq_ignore_ascii_case(parameter.name)
        };
        if let Some(other) = operation.parameters.iter().take(at).find(same) {
            let message = format!("API Gateway takes `{}` and `{}` for two parameters", other.name, parameter.name);
            let found = HEADER_PARAM_CASE.at(name_span(parameter.node), message).with_label(name_span(other.node), "the other");
            out.add(found.with_help("declare one of them"));
        }
    }
}
