use super::prelude::*;

declare_rule! {
    /// Finds several binary media types.
    ///
    /// ## What API Gateway does
    /// Looks at the first media type of `Accept` only when it decides whether the answer is binary.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-binary-media-types: [image/png, image/jpeg]
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-binary-media-types: [image/png]
    /// paths: {}
    /// ```
    ACCEPT_FIRST_ONLY = "accept-first-only", Info, Runtime, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(entry) = cx.root().entry("x-amazon-apigateway-binary-media-types") else { return };
    if entry.value.items().filter(|n| n.as_str() != Some("*/*")).count() > 1 {
        let message = "API Gateway looks at the first media type of `Accept` only";
        out.add(ACCEPT_FIRST_ONLY.at(entry.key.span, message).with_help("let clients name the binary type first"));
    }
}
