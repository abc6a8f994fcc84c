use super::prelude::*;

declare_rule! {
    /// Finds CORS settings that allow credentials to every origin.
    ///
    /// ## What API Gateway does
    /// Refuses `allowCredentials: true` with the origin `*`.
    ///
    /// ## Fails
    /// ```yaml http
    /// x-amazon-apigateway-cors: {allowOrigins: ['*'], allowCredentials: true}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// x-amazon-apigateway-cors: {allowOrigins: ['https://example.com'], allowCredentials: true}
    /// paths: {}
    /// ```
    CORS_CREDENTIALS_WILDCARD = "cors-credentials-wildcard", Error, Refused, Http, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(cors) = cx.root().get("x-amazon-apigateway-cors") else { return };
    let all = cors.get("allowOrigins").map(Node::items).unwrap_or_default().any(|o| o.as_str() == Some("*"));
    if let Some(entry) = cors.entry("allowCredentials").filter(|e| all && e.value.as_bool() == Some(true)) {
        let message = "API Gateway refuses credentials with the origin `*`";
        out.add(CORS_CREDENTIALS_WILDCARD.at(entry.key.span, message).with_help("name the origins, or do not allow credentials"));
    }
}
