use super::prelude::*;

declare_rule! {
    /// Finds limits on a parameter's value: `enum`, `pattern`, `format`, `minimum`, `default` and the like.
    ///
    /// ## What API Gateway does
    /// Keeps of a parameter its name, its place and whether it is required. Values are never checked: a call with
    /// any text passes.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: query, schema: {type: integer, maximum: 100}}]
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
    PARAM_ATTRIBUTES_IGNORED = "param-attributes-ignored", Info, Dropped, Rest, Parameter(check)
}

const LIMITS: [&str; 14] = [
    "enum", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "minItems", "maxItems", "uniqueItems", "default",
];

fn check(cx: &Context<'_>, parameter: &ParameterCx<'_, '_>, out: &mut Sink) {
    let Some(schema) = parameter.node().get("schema").map(|schema| cx.document.resolved(schema)) else { return };
    let lost: Vec<&Entry> = schema.entries().filter(|e| LIMITS.contains(&e.key.text.as_str())).collect();
    let Some(first) = lost.first() else { return };
    let names: Vec<&str> = lost.iter().map(|e| e.key.text.as_str()).collect();
    let message =
        format!("API Gateway does not keep or check `{}` of the parameter `{}`", names.join("`, `"), parameter.name());
    out.add(PARAM_ATTRIBUTES_IGNORED.at(first.key.span, message).with_help("check the value in the handler"));
}
