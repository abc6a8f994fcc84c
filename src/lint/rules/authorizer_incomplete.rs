use super::prelude::*;

declare_rule! {
    /// Finds authorizers without what their type needs.
    ///
    /// ## What API Gateway does
    /// Refuses them. `token` and `request` need `authorizerUri`, `cognito_user_pools` needs `providerARNs`, `jwt`
    /// needs `jwtConfiguration`.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: token}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a']}}}
    /// ```
    AUTHORIZER_INCOMPLETE = "authorizer-incomplete", Error, Refused, Both, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(entry) = scheme.authorizer.filter(|e| !is_intrinsic(&e.value)) else { return };
    let mut refuse = |what: String, help: String| {
        let message = format!("API Gateway refuses the authorizer `{}`: {what}", scheme.name);
        out.add(AUTHORIZER_INCOMPLETE.at(entry.key.span, message).with_help(help));
    };
    if entry.value.as_map().is_none() {
        refuse(format!("it is {}", entry.value.kind().with_article()), "write an object with `type`".into());
        return;
    }
    let Some(kind) = scheme.authorizer_type() else {
        if entry.value.get("type").is_none() {
            refuse("it has no `type`".into(), "add `type: token`, `request` or `cognito_user_pools`".into());
        }
        return;
    };
    let needed = match kind.as_str() {
        "token" | "request" => "authorizerUri",
        "cognito_user_pools" => "providerARNs",
        "jwt" => "jwtConfiguration",
        _ => return,
    };
    let empty = entry.value.get(needed).is_none_or(|node| {
        node.is_null() || node.as_seq().is_some_and(<[Node]>::is_empty) || node.as_str() == Some("")
    });
    if empty {
        refuse(format!("a `{kind}` authorizer needs `{needed}`"), format!("add `{needed}`"));
    }
}
