use super::prelude::*;

declare_rule! {
    /// Finds paths that do not begin with `/`.
    ///
    /// ## What API Gateway does
    /// Refuses the document: a path is written from the API's root.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    PATH_SLASH_MISSING = "path-slash-missing", Error, Refused, Both, Path(check)
}

fn check(_cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    if !path.path.starts_with('/') {
        let message = format!("API Gateway refuses the path `{}`: it does not begin with `/`", path.path);
        out.add(PATH_SLASH_MISSING.at(path.span, message).with_help(format!("write `/{}`", path.path)));
    }
}
