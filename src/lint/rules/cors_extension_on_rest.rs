use super::prelude::*;

declare_rule! {
    /// Finds `x-amazon-apigateway-cors` in a document for a REST API.
    ///
    /// ## What API Gateway does
    /// Ignores it: CORS of a REST API is an `options` operation on each path.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-cors: {allowOrigins: ['*']}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths: {}
    /// ```
    CORS_EXTENSION_ON_REST = "cors-extension-on-rest", Warning, Dropped, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    if let Some(entry) = cx.root().entry("x-amazon-apigateway-cors") {
        let message = "API Gateway ignores `x-amazon-apigateway-cors` in a REST API";
        out.add(CORS_EXTENSION_ON_REST.at(entry.key.span, message).with_help("add an `options` operation to each path, or import as an HTTP API"));
    }
}
