use super::prelude::*;

declare_rule! {
    /// Finds names of bodies that are no media type, like `json`.
    ///
    /// ## What API Gateway does
    /// Compares the name with the `Content-Type` of a call. No call has such a one: its body is neither checked nor mapped.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {json: {schema: {type: object, properties: {id: {type: string}}}}}}
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}
    ///       responses: {'200': {description: ok}}
    /// ```
    MEDIA_TYPE_MALFORMED = "media-type-malformed", Warning, Runtime, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut seen = HashSet::new();
    for operation in &cx.operations {
        let body = operation.node().get("requestBody");
        let bodies = body.into_iter().chain(operation.responses().map(|r| &r.value)).map(|node| cx.document.resolved(node));
        for entry in bodies.filter_map(|b| b.get("content")).flat_map(Node::entries) {
            let name = entry.key.text.as_str();
            if is_media_type(name) || name.starts_with("x-") || is_intrinsic_name(name) || !seen.insert(entry.key.span) {
                continue;
            }
            let message = format!("API Gateway finds no body of `{name}`, which is no media type");
            out.add(MEDIA_TYPE_MALFORMED.at(entry.key.span, message).with_help("write a type and a subtype, such as `application/json`"));
        }
    }
}

fn is_media_type(name: &str) -> bool {
    if is_unfinished(name) || matches!(name, "*" | "$default") {
        return true;
    }
    let essence = name.split(';').next().unwrap_or_default().trim();
    essence.split_once('/').is_some_and(|(kind, rest)| {
        let good = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '/' || c == ',');
        good(kind) && good(rest)
    })
}
