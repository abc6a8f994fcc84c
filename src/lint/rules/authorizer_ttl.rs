use super::prelude::*;

declare_rule! {
    /// Finds authorizers that cache for longer than an hour, or for less than nothing.
    ///
    /// ## What API Gateway does
    /// Refuses them: `authorizerResultTtlInSeconds` is 0 to 3600.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a'], authorizerResultTtlInSeconds: 7200}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a'], authorizerResultTtlInSeconds: 3600}}}
    /// ```
    AUTHORIZER_TTL = "authorizer-ttl", Error, Refused, Both, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(node) = scheme.authorizer.and_then(|e| e.value.get("authorizerResultTtlInSeconds")) else { return };
    let Some(text) = node.scalar_text().filter(|text| !is_unfinished(text)) else { return };
    if !text.parse::<i64>().is_ok_and(|ttl| (0..=3600).contains(&ttl)) {
        let message = format!("API Gateway refuses the time to live `{text}`: it is 0 to 3600 seconds");
        out.add(AUTHORIZER_TTL.at(node.span, message).with_help("write 3600 at most; 0 switches caching off"));
    }
}
