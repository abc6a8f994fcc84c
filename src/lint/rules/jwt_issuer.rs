use super::prelude::*;

declare_rule! {
    /// Finds JWT authorizers without an issuer.
    ///
    /// ## What API Gateway does
    /// Refuses them: the issuer comes from `jwtConfiguration.issuer` or from the scheme's `openIdConnectUrl`.
    ///
    /// ## Fails
    /// ```yaml http
    /// components:
    ///   securitySchemes: {jwt: {type: oauth2, flows: {}, x-amazon-apigateway-authorizer: {type: jwt, identitySource: $request.header.Authorization, jwtConfiguration: {audience: [a]}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// components:
    ///   securitySchemes: {jwt: {type: oauth2, flows: {}, x-amazon-apigateway-authorizer: {type: jwt, identitySource: $request.header.Authorization, jwtConfiguration: {issuer: 'https://issuer.example.com', audience: [a]}}}}
    /// ```
    JWT_ISSUER = "jwt-issuer", Error, Refused, Http, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(entry) = scheme.authorizer.filter(|_| scheme.authorizer_type().as_deref() == Some("jwt")) else { return };
    let Some(configuration) = entry.value.entry("jwtConfiguration") else { return };
    if configuration.value.get("issuer").is_none() && scheme.node.get("openIdConnectUrl").is_none() {
        let message = format!("API Gateway refuses the JWT authorizer `{}`: it has no issuer", scheme.name);
        out.add(JWT_ISSUER.at(configuration.key.span, message).with_help("add `issuer` with the URL of the token's `iss`"));
    }
}
