use super::prelude::*;

declare_rule! {
    /// Finds binary media types that are none.
    ///
    /// ## What API Gateway does
    /// Refuses a value that is no list, and never matches a type without `/`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-binary-media-types: image/png
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-binary-media-types: [image/png]
    /// paths: {}
    /// ```
    BINARY_MEDIA_TYPE = "binary-media-type", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(entry) = cx.root().entry("x-amazon-apigateway-binary-media-types") else { return };
    if is_intrinsic(&entry.value) {
        return;
    }
    if entry.value.as_seq().is_none() {
        let message = "API Gateway refuses the binary media types: they are a list";
        out.add(BINARY_MEDIA_TYPE.at(entry.value.span, message).with_help("write a list of media types"));
    }
    for node in entry.value.items() {
        let Some(text) = node.scalar_text().filter(|t| !is_unfinished(t)) else { continue };
        if !text.contains('/') && !text.contains('~') {
            let message = format!("API Gateway never matches the binary media type `{text}`");
            out.add(BINARY_MEDIA_TYPE.at(node.span, message).with_help("write `type/subtype`, such as `image/png`"));
        }
    }
}
