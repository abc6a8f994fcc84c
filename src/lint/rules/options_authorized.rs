use super::prelude::*;

declare_rule! {
    /// Finds preflight operations that ask for authorization.
    ///
    /// ## What API Gateway does
    /// Refuses the browser's preflight, which carries no credentials; every call across origins fails.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     options: {security: [{key: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     options: {responses: {'200': {description: ok}}}
    /// ```
    OPTIONS_AUTHORIZED = "options-authorized", Warning, Runtime, Both, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    if operation.method() != Method::Options {
        return;
    }
    let Some((security, own)) = cx.security(operation) else { return };
    let asks = !security.items().any(|r| r.entries().next().is_none())
        && security.items().flat_map(Node::entries).any(|e| cx.scheme(&e.key.text).is_some_and(|s| s.is_enforced()));
    if asks {
        let span = if own { security.items().next().map_or(security.span, |r| r.span) } else { operation.span() };
        let message = format!("API Gateway refuses the preflights of `{}`: they carry no credentials", operation.operation.path.path);
        out.add(OPTIONS_AUTHORIZED.at(span, message).with_help("write `security: []` at the `options` operation"));
    }
}
