use super::prelude::*;

declare_rule! {
    /// Finds operations with several authorizations to choose from, or to fulfil together.
    ///
    /// ## What API Gateway does
    /// Gives a method one authorization, and an API key besides; the others are lost. An HTTP API refuses several
    /// requirements on one operation.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{a: []}, {b: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes:
    ///     a: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}
    ///     b: {type: apiKey, in: header, name: B, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a']}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{a: [], key: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes:
    ///     a: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}
    ///     key: {type: apiKey, in: header, name: x-api-key}
    /// ```
    SECURITY_ALTERNATIVES = "security-alternatives", Warning, Dropped, Both, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let Some((security, _)) = cx.security(operation) else { return };
    let mut kept: Option<&Entry> = None;
    for entry in security.items().flat_map(Node::entries) {
        let Some(scheme) = cx.scheme(&entry.key.text) else { continue };
        if scheme.is_api_key() || !scheme.is_enforced() {
            continue;
        }
        match kept {
            Some(first) if first.key.text != entry.key.text => {
                let message = format!(
                    "API Gateway enforces one of `{}` and `{}` on `{}`",
                    first.key.text,
                    entry.key.text,
                    operation.label()
                );
                let mut found = SECURITY_ALTERNATIVES.at(entry.key.span, message).with_label(first.key.span, "the other");
                if cx.kind == ApiKind::Http {
                    found.severity = Severity::Error;
                }
                out.add(found.with_help("list one, and let its authorizer accept what the others would"));
                return;
            }
            _ => kept = Some(entry),
        }
    }
}
