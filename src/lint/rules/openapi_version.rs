use super::prelude::*;

declare_rule! {
    /// Finds documents of a version that API Gateway does not take: OpenAPI 3.1, and Swagger 2.0 for an HTTP API.
    ///
    /// ## What API Gateway does
    /// Refuses them. `gatewright import` and `gatewright bundle` send OpenAPI 3.0.
    ///
    /// ## Fails
    /// ```yaml
    /// openapi: 3.1.0
    /// info: {title: Pets, version: '1'}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// openapi: 3.0.1
    /// info: {title: Pets, version: '1'}
    /// paths: {}
    /// ```
    OPENAPI_VERSION = "openapi-version", Warning, Refused, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let refused = match cx.document.version() {
        Version::V31 => "3.1",
        Version::V2 if cx.kind == ApiKind::Http => "2.0",
        _ => return,
    };
    let roots = cx.document.sources().files().next().and_then(|(_, file)| file.root());
    let root = roots.unwrap_or(cx.root());
    let entry = root.entry("openapi").or_else(|| root.entry("swagger"));
    let span = entry.map_or(root.span, |e| e.value.span);
    let message = format!("API Gateway refuses version {refused} of OpenAPI");
    let help = "write OpenAPI 3.0, or let `gatewright import` or `gatewright bundle` lower it";
    out.add(OPENAPI_VERSION.at(span, message).with_help(help));
}
