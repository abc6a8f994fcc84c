use super::prelude::*;

declare_rule! {
    /// Finds path segments with characters that a resource's name cannot hold.
    ///
    /// ## What API Gateway does
    /// Refuses to import the document. A segment holds letters, digits, `_`, `-`, `.`, `,`, `:`, or is one `{parameter}`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/all$:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets/all:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    PATH_SEGMENT_CHARSET = "path-segment-charset", Error, Refused, Rest, Path(check)
}

fn check(_cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    for segment in path.path.split('/') {
        let bad = segment.chars().find(|c| !(c.is_ascii_alphanumeric() || "_-.,:{}+".contains(*c)));
        if let Some(bad) = bad {
            let message = format!("API Gateway refuses the path segment `{segment}`: it holds `{bad}`");
            let help = "use letters, digits, `_`, `-`, `.`, `,` and `:`, or one parameter in braces";
            out.add(PATH_SEGMENT_CHARSET.at(path.span, message).with_help(help));
        }
    }
}
