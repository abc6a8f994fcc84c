use super::prelude::*;

declare_rule! {
    /// Finds Lambda integrations whose `httpMethod` is not `POST`.
    ///
    /// ## What API Gateway does
    /// Calls the function's Invoke action with that method; Lambda refuses, and every request is answered 500
    /// `Internal server error`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: aws_proxy
    ///         httpMethod: GET
    ///         uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:pets/invocations
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: aws_proxy
    ///         httpMethod: POST
    ///         uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:pets/invocations
    /// ```
    LAMBDA_METHOD_NOT_POST = "lambda-method-not-post", Error, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let lambda = integration.is_lambda()
        && (integration.is(IntegrationType::Aws) || integration.is(IntegrationType::AwsProxy));
    let Some(node) = integration.node.get("httpMethod").filter(|_| lambda) else { return };
    // What is no method at all is told of as such.
    let is_method = |text: &str| text.eq_ignore_ascii_case("ANY") || Method::from_key(&text.to_ascii_lowercase()).is_some();
    if node.as_str().is_some_and(|method| is_method(method.trim()) && !method.eq_ignore_ascii_case("POST") && !method.trim().is_empty() && !is_unfinished(method)) {
        let message = "API Gateway answers 500: Lambda is invoked with `POST` only";
        let found = LAMBDA_METHOD_NOT_POST.at(node.span, message).with_help("write `httpMethod: POST`; it is not the client's method");
        out.add(found.with_fix("write `POST`", vec![Edit { span: node.span, text: "\"POST\"".into() }]));
    }
}
