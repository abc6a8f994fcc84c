use super::prelude::*;

declare_rule! {
    /// Finds operations that answer with CORS headers on paths without a preflight.
    ///
    /// ## What API Gateway does
    /// Answers the browser's preflight 403 `Missing Authentication Token`: calls with JSON bodies or own headers
    /// fail.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       responses: {'200': {description: ok, headers: {Access-Control-Allow-Origin: {schema: {type: string}}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       responses: {'200': {description: ok, headers: {Access-Control-Allow-Origin: {schema: {type: string}}}}}
    ///     options: {responses: {'200': {description: ok}}}
    /// ```
    CORS_PREFLIGHT_MISSING = "cors-preflight-missing", Warning, Runtime, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let by_path = cx.operations_by_path();
    let handled = |operations: &[&OperationCx<'_>]| {
        operations.iter().any(|o| matches!(o.method(), Method::Options | Method::Any))
    };
    let some_have = by_path.values().any(|o| o.iter().any(|o| o.method() == Method::Options));
    for operations in by_path.values().filter(|operations| !handled(operations)) {
        let sends = |o: &&&OperationCx<'_>| {
            o.responses().any(|r| {
                let headers = cx.document.resolved(&r.value).get("headers").map(Node::entries).unwrap_or_default();
                headers.into_iter().any(|h| h.key.text.eq_ignore_ascii_case("access-control-allow-origin"))
            })
        };
        // Without the header declared, the paths beside it tell that browsers are among the callers.
        let Some(first) = operations.iter().find(sends).or_else(|| operations.iter().find(|o| some_have && needs_preflight(o.method()))) else { continue };
        let path = first.operation.path;
        let message = format!("API Gateway refuses the preflights of `{}`: it has no `options`", path.path);
        let help = "add an `options` operation with a mock integration that sends the three `Access-Control-Allow-…` headers";
        out.add(CORS_PREFLIGHT_MISSING.at(path.span, message).with_help(help));
    }
}

/// Returns whether browsers ask before they send a request of this method, whatever it holds.
fn needs_preflight(method: Method) -> bool {
    matches!(method, Method::Put | Method::Post | Method::Patch | Method::Delete)
}
