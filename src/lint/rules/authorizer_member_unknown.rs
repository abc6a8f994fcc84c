use super::prelude::*;

declare_rule! {
    /// Finds members of an authorizer that API Gateway does not know.
    ///
    /// ## What API Gateway does
    /// Ignores them: the default holds.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a'], authorizerResultTtl: 60}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a'], authorizerResultTtlInSeconds: 60}}}
    /// ```
    AUTHORIZER_MEMBER_UNKNOWN = "authorizer-member-unknown", Warning, Dropped, Both, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(entry) = scheme.authorizer.filter(|e| !is_intrinsic(&e.value)) else { return };
    for member in entry.value.entries() {
        let key = member.key.text.as_str();
        if AUTHORIZER_MEMBERS.contains(&key) || is_intrinsic_name(key) || key.starts_with("x-") {
            continue;
        }
        let help = match nearest(key, AUTHORIZER_MEMBERS) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "take it out".into(),
        };
        out.add(AUTHORIZER_MEMBER_UNKNOWN.at(member.key.span, format!("API Gateway ignores `{key}` of an authorizer")).with_help(help));
    }
}
