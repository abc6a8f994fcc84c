use super::prelude::*;

declare_rule! {
    /// Finds an API key source in a document where no operation asks for an API key.
    ///
    /// ## What API Gateway does
    /// Never looks for the key.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-api-key-source: HEADER
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-api-key-source: HEADER
    /// paths:
    ///   /pets:
    ///     get: {security: [{key: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    API_KEY_NOT_REQUIRED = "api-key-not-required", Warning, Runtime, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(entry) = cx.root().entry("x-amazon-apigateway-api-key-source") else { return };
    let is_a_source = |text: &str| text.eq_ignore_ascii_case("HEADER") || text.eq_ignore_ascii_case("AUTHORIZER");
    if !entry.value.as_str().is_some_and(is_a_source) {
        return;
    }
    // A scheme that nobody can make out may be the one.
    let required = cx.operations.iter().any(|o| requires_api_key(cx, o)) || cx.schemes.iter().any(SchemeCx::is_faulty);
    if !required && !cx.operations.is_empty() {
        let message = "API Gateway never looks for the API key: no operation asks for one";
        out.add(API_KEY_NOT_REQUIRED.at(entry.key.span, message).with_help("list a scheme of type `apiKey` in header `x-api-key`"));
    }
}
