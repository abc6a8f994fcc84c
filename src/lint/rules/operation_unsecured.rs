use super::prelude::*;

declare_rule! {
    /// Finds operations that the document says are secured, and that are deployed open.
    ///
    /// ## What API Gateway does
    /// Leaves the method without authorization when none of the schemes it lists has an authorizer, asks for an API
    /// key, or for IAM credentials.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       security: [{token: []}]
    ///       responses: {'200': {description: ok}}
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: Authorization}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       security: [{token: []}]
    ///       responses: {'200': {description: ok}}
    /// components:
    ///   securitySchemes:
    ///     token:
    ///       type: apiKey
    ///       in: header
    ///       name: Authorization
    ///       x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a']}
    /// ```
    OPERATION_UNSECURED = "operation-unsecured", Warning, Dropped, Both, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let Some((security, _)) = cx.security(operation) else { return };
    let mut known: Vec<&SchemeCx<'_>> = Vec::new();
    for requirement in security.items() {
        if requirement.entries().next().is_none() {
            return;
        }
        for entry in requirement.entries() {
            // A scheme that is not defined is told of as such.
            let Some(scheme) = cx.scheme(&entry.key.text) else { return };
            if scheme.is_enforced() || scheme.is_faulty() {
                return;
            }
            known.push(scheme);
        }
    }
    let Some(scheme) = known.first() else { return };
    if operation.node().get("x-amazon-apigateway-auth").is_some() {
        return;
    }
    let span = security.items().next().and_then(|r| r.entries().next()).map_or(security.span, |e| e.key.span);
    let message = format!("API Gateway deploys `{}` open to everybody: `{}` has no authorizer", operation.label(), scheme.name);
    let found = OPERATION_UNSECURED.at(span, message).with_label(scheme.key, "the scheme");
    out.add(found.with_help("add `x-amazon-apigateway-authorizer` to the scheme"));
}
