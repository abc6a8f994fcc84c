use super::prelude::*;

declare_rule! {
    /// Finds Lambda authorizers that cache and are used by several operations.
    ///
    /// ## What API Gateway does
    /// Uses a cached policy for every method until it expires: a policy that allows one method only makes calls of
    /// another fail with 403.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{token: []}], responses: {'200': {description: ok}}}
    ///     post: {security: [{token: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: token, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{token: []}], responses: {'200': {description: ok}}}
    ///     post: {security: [{token: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: token, authorizerResultTtlInSeconds: 0, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    AUTHORIZER_CACHED_POLICY = "authorizer-cached-policy", Info, Runtime, Rest, Scheme(check)
}

fn check(cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(entry) = scheme.authorizer else { return };
    let lambda = scheme.authorizer_type().is_some_and(|kind| kind == "token" || kind == "request");
    let ttl = entry.value.get("authorizerResultTtlInSeconds").and_then(Node::scalar_text);
    if !lambda || ttl.is_some_and(|ttl| !ttl.parse::<i64>().is_ok_and(|ttl| (1..=3600).contains(&ttl))) {
        return;
    }
    let lists = |o: &&OperationCx<'_>| {
        cx.security(o).is_some_and(|(s, _)| s.items().any(|r| r.get(scheme.name).is_some()))
    };
    let users = cx.operations.iter().filter(lists).count();
    if users > 1 {
        let message = format!("API Gateway uses a cached policy of `{}` for all its operations", scheme.name);
        let help = "return a policy for the whole API, or set `authorizerResultTtlInSeconds: 0`";
        out.add(AUTHORIZER_CACHED_POLICY.at(entry.key.span, message).with_help(help));
    }
}
