use super::prelude::*;

declare_rule! {
    /// Finds an API key source that is neither `HEADER` nor `AUTHORIZER`.
    ///
    /// ## What API Gateway does
    /// Refuses it.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-api-key-source: QUERY
    /// paths: {}
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
    API_KEY_SOURCE = "api-key-source", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(node) = cx.root().get("x-amazon-apigateway-api-key-source").filter(|n| !is_intrinsic(n)) else { return };
    let text = node.scalar_text().unwrap_or_default();
    if !matches!(text.as_str(), "HEADER" | "AUTHORIZER") && !is_unfinished(&text) {
        let message = format!("API Gateway refuses the API key source `{text}`");
        out.add(API_KEY_SOURCE.at(node.span, message).with_help("write `HEADER` or `AUTHORIZER`"));
    }
}
