use super::prelude::*;

declare_rule! {
    /// Finds parameter names that a mapping cannot hold, like `filter[name]`.
    ///
    /// ## What API Gateway does
    /// Refuses them: a name consists of letters, digits, `:`, `.`, `_`, `$` and `-`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: 'filter[name]', in: query, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: filter.name, in: query, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    PARAM_NAME_CHARSET = "param-name-charset", Error, Refused, Rest, Parameter(check)
}

fn check(_cx: &Context<'_>, parameter: &ParameterCx<'_, '_>, out: &mut Sink) {
    if parameter.location() == "cookie" || is_mapping_name(parameter.name()) {
        return;
    }
    let message = format!("API Gateway refuses the parameter name `{}`", parameter.name());
    let help = "use letters, digits, `:`, `.`, `_`, `$` and `-`; a proxy integration gets undeclared parameters as well";
    out.add(PARAM_NAME_CHARSET.at(parameter.span_of("name"), message).with_help(help));
}
