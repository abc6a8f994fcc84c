use super::prelude::*;

declare_rule! {
    /// Finds `*/*` among the binary media types.
    ///
    /// ## What API Gateway does
    /// Takes every body for binary: templates see Base64, and proxies get `isBase64Encoded: true`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-binary-media-types: ['*/*']
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-binary-media-types: [image/png]
    /// paths: {}
    /// ```
    BINARY_WILDCARD = "binary-wildcard", Info, Runtime, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let types = cx.root().get("x-amazon-apigateway-binary-media-types").map(Node::items).unwrap_or_default();
    for node in types.filter(|n| n.as_str() == Some("*/*")) {
        let message = "API Gateway takes every body for binary, JSON included";
        out.add(BINARY_WILDCARD.at(node.span, message).with_help("list the media types that are binary"));
    }
}
