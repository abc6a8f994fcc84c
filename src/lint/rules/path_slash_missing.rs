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

fn check(cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    // An HTTP API's default route is written with and without the slash.
    let is_default_route = cx.kind == ApiKind::Http && path.path == "$default";
    if !is_default_route && !path.path.starts_with('/') {
        let message = format!("API Gateway refuses the path `{}`: it does not begin with `/`", path.path);
        let quoted = cx.document.sources().text(path.span).starts_with(['"', '\'']);
        let start = path.span.start as usize + usize::from(quoted);
        let place = Span::new(path.span.file, start, start);
        let found = PATH_SLASH_MISSING.at(path.span, message).with_help(format!("write `/{}`", path.path));
        out.add(found.with_fix("begin it with `/`", vec![Edit { span: place, text: "/".into() }]));
    }
}
