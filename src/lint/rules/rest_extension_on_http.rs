use super::prelude::*;

declare_rule! {
    /// Finds extensions of REST APIs in a document for an HTTP API.
    ///
    /// ## What API Gateway does
    /// Ignores the resource policy, request validators, gateway responses, binary media types, compression, the API
    /// key source and documentation.
    ///
    /// ## Fails
    /// ```yaml http
    /// x-amazon-apigateway-policy: {Version: '2012-10-17', Statement: []}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// paths: {}
    /// ```
    REST_EXTENSION_ON_HTTP = "rest-extension-on-http", Warning, Dropped, Http, Document(check)
}

const REST_ONLY: [&str; 8] = [
    "x-amazon-apigateway-api-key-source", "x-amazon-apigateway-binary-media-types", "x-amazon-apigateway-documentation",
    "x-amazon-apigateway-gateway-responses", "x-amazon-apigateway-minimum-compression-size", "x-amazon-apigateway-policy",
    "x-amazon-apigateway-request-validator", "x-amazon-apigateway-request-validators",
];

fn check(cx: &Context<'_>, out: &mut Sink) {
    let owners = cx.operations.iter().map(OperationCx::node).chain([cx.root()]);
    for entry in owners.flat_map(|o| REST_ONLY.iter().filter_map(move |key| o.entry(key))) {
        let message = format!("API Gateway ignores `{}` in an HTTP API", entry.key.text);
        out.add(REST_EXTENSION_ON_HTTP.at(entry.key.span, message).with_help("take it out, or import as a REST API"));
    }
}
