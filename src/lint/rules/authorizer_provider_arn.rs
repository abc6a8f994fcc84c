use super::prelude::*;

declare_rule! {
    /// Finds Cognito authorizers with something else than the ARNs of user pools.
    ///
    /// ## What API Gateway does
    /// Refuses them: `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID`.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: [eu-west-1_abc]}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a']}}}
    /// ```
    AUTHORIZER_PROVIDER_ARN = "authorizer-provider-arn", Error, Refused, Rest, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(node) = scheme.authorizer.and_then(|e| e.value.get("providerARNs")) else { return };
    if node.as_seq().is_none() && !is_intrinsic(node) && !node.is_null() {
        let message = format!("API Gateway refuses the `providerARNs` of `{}`: they are a list", scheme.name);
        out.add(AUTHORIZER_PROVIDER_ARN.at(node.span, message).with_help("write a list of ARNs"));
    }
    for item in node.items() {
        let Some(text) = item.as_str().filter(|text| !text.contains("${") && !text.contains("{{")) else { continue };
        if !(text.starts_with("arn:") && text.contains(":cognito-idp:") && text.contains(":userpool/")) {
            let message = format!("API Gateway refuses the user pool `{text}`: it is not an ARN of one");
            out.add(AUTHORIZER_PROVIDER_ARN.at(item.span, message).with_help("write `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID`"));
        }
    }
}
