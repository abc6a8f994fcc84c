use super::prelude::*;

declare_rule! {
    /// Finds paths with an empty segment, like `/pets//toys`.
    ///
    /// ## What API Gateway does
    /// Refuses it: a resource has a name of one character at least.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets//toys:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets/toys:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    PATH_SEGMENT_EMPTY = "path-segment-empty", Error, Refused, Rest, Path(check)
}

fn check(_cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    if path.path.contains("//") {
        let message = format!("API Gateway refuses `{}`: a segment is empty", path.path);
        out.add(PATH_SEGMENT_EMPTY.at(path.span, message).with_help(format!("write `{}`", path.path.replace("//", "/"))));
    }
}
