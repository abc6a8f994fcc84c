use super::prelude::*;

declare_rule! {
    /// Finds scopes of schemes that know none.
    ///
    /// ## What API Gateway does
    /// Keeps scopes for Cognito and JWT authorizers only; others let every token pass.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{token: ['pets:read']}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: token, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{pool: ['pets/read']}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a']}}}
    /// ```
    SCOPES_IGNORED = "scopes-ignored", Warning, Dropped, Rest, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let Some((security, _)) = cx.security(operation) else { return };
    for entry in security.items().flat_map(Node::entries).filter(|e| e.value.items().next().is_some()) {
        let Some(scheme) = cx.scheme(&entry.key.text).filter(|s| s.is_enforced()) else { continue };
        if !matches!(scheme.authorizer_type().as_deref(), Some("cognito_user_pools" | "jwt")) {
            let message = format!("API Gateway ignores the scopes of `{}`: only Cognito and JWT authorizers have them", scheme.name);
            out.add(SCOPES_IGNORED.at(entry.value.span, message).with_help("check the scopes in the authorizer's function"));
        }
    }
}
