use super::prelude::*;

declare_rule! {
    /// Finds query parameters whose lists are written with `|`.
    ///
    /// ## What API Gateway does
    /// Refuses a raw `|` in a query, and takes `;` for the end of a value.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: tags, in: query, style: pipeDelimited, schema: {type: array, items: {type: string}}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: tags, in: query, explode: false, schema: {type: array, items: {type: string}}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    QUERY_PIPE_SEMICOLON = "query-pipe-semicolon", Warning, Runtime, Rest, Parameter(check)
}

fn check(_cx: &Context<'_>, parameter: &ParameterCx<'_, '_>, out: &mut Sink) {
    let style = parameter.node().get("style").filter(|style| style.as_str() == Some("pipeDelimited"));
    if let Some(style) = style.filter(|_| parameter.location() == "query") {
        let message = format!("API Gateway refuses a `|` in the query: `{}` cannot be sent so", parameter.name());
        out.add(QUERY_PIPE_SEMICOLON.at(style.span, message).with_help("separate the values by commas: `explode: false`"));
    }
}
