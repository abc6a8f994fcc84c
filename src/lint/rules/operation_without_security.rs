use super::prelude::*;

declare_rule! {
    /// Finds operations without security in a document where others have it.
    ///
    /// ## What API Gateway does
    /// Deploys them open to everybody.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{key: []}], responses: {'200': {description: ok}}}
    ///     post: {responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{key: []}], responses: {'200': {description: ok}}}
    ///     post: {security: [], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    OPERATION_WITHOUT_SECURITY = "operation-without-security", Warning, Quality, Both, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let auth = operation.node().get("x-amazon-apigateway-auth").is_some();
    if auth || cx.security(operation).is_some() || operation.method() == Method::Options {
        return;
    }
    if let Some(other) = cx.first_secured() {
        let message = format!("API Gateway deploys `{}` open to everybody, and `{}` not", operation.label(), other.label());
        out.add(OPERATION_WITHOUT_SECURITY.at(operation.span(), message).with_help("add `security`; write `security: []` if it is meant to be open"));
    }
}
