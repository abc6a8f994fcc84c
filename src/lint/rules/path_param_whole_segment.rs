use super::prelude::*;

declare_rule! {
    /// Finds path segments that are only partly a parameter, like `/pets/{id}.json`.
    ///
    /// ## What API Gateway does
    /// Refuses to import the document: a segment is a literal, `{name}` or `{name+}`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/{id}.json:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets/{id}/json:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    PATH_PARAM_WHOLE_SEGMENT = "path-param-whole-segment", Error, Refused, Both, Path(check)
}

fn check(_cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    for segment in path.path.split('/').filter(|segment| segment.contains(['{', '}'])) {
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        if name.is_some_and(|name| !name.is_empty() && name != "+" && !name.contains(['{', '}'])) {
            continue;
        }
        let message = format!("API Gateway refuses the path segment `{segment}`: a parameter must be a whole segment");
        let help = "make the parameter a segment of its own, `/{name}`, and parse the rest in the handler";
        out.add(PATH_PARAM_WHOLE_SEGMENT.at(path.span, message).with_help(help));
    }
}
