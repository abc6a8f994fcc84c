use super::prelude::*;

declare_rule! {
    /// Finds validated bodies that a client avoids by sending another media type.
    ///
    /// ## What API Gateway does
    /// Validates a body only when its media type has a model; any other passes unless `passthroughBehavior` is
    /// `never`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-request-validators: {body: {validateRequestBody: true}}
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/json: {schema: {type: object}}}}
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-request-validator: body
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: POST, uri: 'https://example.com', responses: {default: {statusCode: '200'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-request-validators: {body: {validateRequestBody: true}}
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/json: {schema: {type: object}}}}
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-request-validator: body
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: POST, uri: 'https://example.com', passthroughBehavior: never, responses: {default: {statusCode: '200'}}}
    /// ```
    VALIDATION_MEDIA_TYPE = "validation-media-type", Info, Runtime, Rest, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    const VALIDATOR: &str = "x-amazon-apigateway-request-validator";
    let Some(integration) = &operation.integration else { return };
    let name = operation.node().str_of(VALIDATOR).or_else(|| cx.root().str_of(VALIDATOR));
    let validators = cx.root().get("x-amazon-apigateway-request-validators");
    let validator = name.and_then(|name| validators?.get(name));
    let validates = validator.and_then(|v| v.get("validateRequestBody")).and_then(Node::as_bool) == Some(true);
    let never = integration.node.str_of("passthroughBehavior").is_some_and(|p| p.eq_ignore_ascii_case("never"));
    let proxy = integration.kind.is_none_or(|kind| kind.is_proxy());
    if !validates || never || proxy || operation.node().get("requestBody").is_none() {
        return;
    }
    let message = format!("API Gateway validates the body of `{}` only when its media type has a model", operation.label());
    let help = "set `passthroughBehavior: never`, so that other media types are answered 415";
    out.add(VALIDATION_MEDIA_TYPE.at(integration.span_of("passthroughBehavior"), message).with_help(help));
}
