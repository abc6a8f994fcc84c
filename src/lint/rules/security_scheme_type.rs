use super::prelude::*;

declare_rule! {
    /// Finds security schemes of a type that API Gateway does not enforce by itself: `oauth2`, `http`,
    /// `openIdConnect`.
    ///
    /// ## What API Gateway does
    /// Uses a scheme only when it has an authorizer (`x-amazon-apigateway-authorizer`), asks for an API key or for
    /// IAM credentials. What lists another one is open to everybody.
    ///
    /// ## Fails
    /// ```yaml
    /// paths: {}
    /// components:
    ///   securitySchemes: {token: {type: http, scheme: bearer}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths: {}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    SECURITY_SCHEME_TYPE = "security-scheme-type", Info, Dropped, Both, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let kind = scheme.node.str_of("type").unwrap_or_default();
    if matches!(kind, "oauth2" | "http" | "openIdConnect" | "basic" | "mutualTLS") && !scheme.is_enforced() {
        let message = format!("API Gateway enforces nothing for the scheme `{}` of type `{kind}`", scheme.name);
        out.add(SECURITY_SCHEME_TYPE.at(scheme.key, message).with_help("add `x-amazon-apigateway-authorizer` to the scheme"));
    }
}
