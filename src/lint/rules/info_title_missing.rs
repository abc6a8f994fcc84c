use super::prelude::*;

declare_rule! {
    /// Finds documents without `info.title`.
    ///
    /// ## What API Gateway does
    /// Refuses the document: the title becomes the API's name, which it must have.
    ///
    /// ## Fails
    /// ```yaml
    /// info: {version: '1'}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// info: {title: Pets, version: '1'}
    /// paths: {}
    /// ```
    INFO_TITLE_MISSING = "info-title-missing", Error, Refused, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let info = cx.root().entry("info");
    let title = info.and_then(|e| e.value.get("title"));
    if title.is_some_and(|t| t.scalar_text().is_none_or(|t| !t.trim().is_empty())) {
        return;
    }
    let span = title.map(|t| t.span).or(info.map(|e| e.key.span));
    let version = || cx.root().entry("openapi").or_else(|| cx.root().entry("swagger"));
    let first = || version().or_else(|| cx.root().entries().next()).map(|e| e.key.span);
    let span = span.or_else(first).unwrap_or(cx.root().span);
    let message = "API Gateway refuses the document: it has no `info.title`, which becomes the API's name";
    out.add(INFO_TITLE_MISSING.at(span, message).with_help("add `title` to `info`"));
}
