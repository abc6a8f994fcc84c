use super::prelude::*;

declare_rule! {
    /// Finds binary bodies and responses whose media type is not among `x-amazon-apigateway-binary-media-types`.
    ///
    /// ## What API Gateway does
    /// Takes the bytes for UTF-8 text and spoils them, or hands the client Base64.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /photo:
    ///     get: {responses: {'200': {description: ok, content: {image/png: {schema: {type: string, format: binary}}}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-binary-media-types: [image/png]
    /// paths:
    ///   /photo:
    ///     get: {responses: {'200': {description: ok, content: {image/png: {schema: {type: string, format: binary}}}}}}
    /// ```
    BINARY_RESPONSE_UNDECLARED = "binary-response-undeclared", Warning, Runtime, Rest, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let declared: Vec<&str> = cx
        .root()
        .get("x-amazon-apigateway-binary-media-types")
        .map(Node::items)
        .unwrap_or_default()
        .filter_map(Node::as_str)
        .collect();
    let body = operation.node().get("requestBody");
    for owner in operation.responses().map(|e| &e.value).chain(body) {
        let content = cx.document.resolved(owner).get("content").map(Node::entries).unwrap_or_default();
        for media in content {
            let name = media.key.text.as_str();
            let whole = name.split(';').next().unwrap_or_default().trim();
            let group = whole.split('/').next().unwrap_or_default();
            let covered = declared.iter().any(|d| *d == "*/*" || *d == whole || d.strip_suffix("/*") == Some(group));
            if is_binary(whole) && !covered {
                let message = format!("API Gateway takes `{name}` for text: it is not a binary media type of the API");
                let help = format!("add `{whole}` to `x-amazon-apigateway-binary-media-types`");
                out.add(BINARY_RESPONSE_UNDECLARED.at(media.key.span, message).with_help(help));
            }
        }
    }
}

fn is_binary(media_type: &str) -> bool {
    let text_image = media_type == "image/svg+xml";
    let group = ["image/", "audio/", "video/", "font/"].iter().any(|group| media_type.starts_with(group));
    let known = [
        "application/octet-stream", "application/pdf", "application/zip", "application/gzip", "application/x-protobuf",
        "application/msgpack",
    ];
    (group && !text_image) || known.contains(&media_type)
}
