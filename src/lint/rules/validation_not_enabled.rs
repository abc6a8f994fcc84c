use super::prelude::*;

declare_rule! {
    /// Finds required parameters and body models that nothing checks.
    ///
    /// ## What API Gateway does
    /// Checks them only where the operation or the document names a request validator; without one, everything
    /// passes to the backend.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: query, required: true, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-request-validators: {all: {validateRequestBody: true, validateRequestParameters: true}}
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: limit, in: query, required: true, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-request-validator: all
    ///       x-amazon-apigateway-integration: {type: mock}
    /// ```
    VALIDATION_NOT_ENABLED = "validation-not-enabled", Info, Runtime, Rest, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    const VALIDATOR: &str = "x-amazon-apigateway-request-validator";
    let named = operation.node().get(VALIDATOR).or_else(|| cx.root().get(VALIDATOR)).is_some();
    if named || operation.integration.is_none() {
        return;
    }
    let parameter = operation
        .parameters
        .iter()
        .any(|p| matches!(p.location, "query" | "header") && p.node.get("required").and_then(Node::as_bool) == Some(true));
    let body = operation.node().get("requestBody").is_some();
    let what = match (parameter, body) {
        (true, true) => "the required parameters and the body",
        (true, false) => "the required parameters",
        (false, true) => "the body",
        (false, false) => return,
    };
    let message = format!("API Gateway does not check {what} of `{}`: it names no request validator", operation.label());
    let help = "define one in `x-amazon-apigateway-request-validators` and name it in `x-amazon-apigateway-request-validator`";
    out.add(VALIDATION_NOT_ENABLED.at(operation.span(), message).with_help(help));
}
