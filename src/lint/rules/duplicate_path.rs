use super::prelude::*;

declare_rule! {
    /// Finds paths that are one resource: `/pets` and `/pets/`.
    ///
    /// ## What API Gateway does
    /// Refuses the second: `Another resource with the same parent already has this name`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    ///   /pets/:
    ///     post: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    ///     post: {responses: {'200': {description: ok}}}
    /// ```
    DUPLICATE_PATH = "duplicate-path", Error, Refused, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut first: HashMap<&str, (&str, Span)> = HashMap::new();
    for path in cx.document.paths() {
        let name = path.path.trim_end_matches('/');
        match first.get(name) {
            Some((known, place)) => {
                let message = format!("API Gateway refuses `{}`: it is the same resource as `{known}`", path.path);
                let found = DUPLICATE_PATH.at(path.span, message).with_label(*place, "first here");
                out.add(found.with_help("put the operations under one path"));
            }
            None => {
                first.insert(name, (path.path, path.span));
            }
        }
    }
}
