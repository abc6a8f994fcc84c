use super::prelude::*;

declare_rule! {
    /// Finds authorizers of a type that does not exist.
    ///
    /// ## What API Gateway does
    /// Refuses them. A REST API has `token`, `request`, `cognito_user_pools` and `jwt`; an HTTP API has `request`
    /// and `jwt`.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a']}}}
    /// ```
    AUTHORIZER_TYPE = "authorizer-type", Error, Refused, Both, Scheme(check)
}

fn check(cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(node) = scheme.authorizer.and_then(|e| e.value.get("type")) else { return };
    let Some(name) = node.scalar_text().filter(|name| !is_unfinished(name)) else { return };
    let known: &[&str] = match cx.kind {
        ApiKind::Rest => &["token", "request", "cognito_user_pools", "jwt"],
        ApiKind::Http => &["request", "jwt"],
    };
    if known.iter().any(|k| k.eq_ignore_ascii_case(&name)) {
        return;
    }
    let help = match nearest(&name, known.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("write one of `{}`", known.join("`, `")),
    };
    let message = format!("API Gateway refuses the authorizer `{}` of type `{name}`", scheme.name);
    out.add(AUTHORIZER_TYPE.at(node.span, message).with_help(help));
}
