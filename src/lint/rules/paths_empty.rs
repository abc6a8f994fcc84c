use super::prelude::*;

declare_rule! {
    /// Finds documents whose `paths` is empty.
    ///
    /// ## What API Gateway does
    /// Makes an API that has the resource `/` and nothing to call.
    ///
    /// ## Fails
    /// ```yaml
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    PATHS_EMPTY = "paths-empty", Warning, Quality, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(entry) = cx.root().entry("paths").filter(|_| cx.document.paths().next().is_none()) else { return };
    let message = "API Gateway makes an API without methods: there are no paths";
    out.add(PATHS_EMPTY.at(entry.key.span, message).with_help("add a path with an operation"));
}
