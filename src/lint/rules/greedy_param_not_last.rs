use super::prelude::*;

declare_rule! {
    /// Finds greedy parameters (`{name+}`) with segments after them.
    ///
    /// ## What API Gateway does
    /// Refuses: `Cannot create a child of a resource with a greedy path variable: {name+}`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /files/{path+}/meta:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /files/meta/{path+}:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    GREEDY_PARAM_NOT_LAST = "greedy-param-not-last", Error, Refused, Both, Path(check)
}

fn check(_cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    let mut segments = path.path.trim_end_matches('/').split('/').peekable();
    while let Some(segment) = segments.next() {
        if segment.ends_with("+}") && segments.peek().is_some() {
            let message = format!("API Gateway refuses segments after the greedy parameter `{segment}`");
            let help = "put the greedy parameter last, or take the `+` out";
            out.add(GREEDY_PARAM_NOT_LAST.at(path.span, message).with_help(help));
        }
    }
}
