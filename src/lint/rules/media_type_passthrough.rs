use super::prelude::*;

declare_rule! {
    /// Finds request templates that other media types bypass.
    ///
    /// ## What API Gateway does
    /// Passes a body on unchanged when its media type has no template and `passthroughBehavior` is `when_no_match`,
    /// the default.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: POST, uri: 'https://example.com', requestTemplates: {application/json: '{}'}, responses: {default: {statusCode: '200'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: POST, uri: 'https://example.com', passthroughBehavior: never, requestTemplates: {application/json: '{}'}, responses: {default: {statusCode: '200'}}}
    /// ```
    MEDIA_TYPE_PASSTHROUGH = "media-type-passthrough", Info, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let mapped = integration.is(IntegrationType::Aws) || integration.is(IntegrationType::Http);
    let templates = integration.node.entry("requestTemplates").filter(|e| e.value.entries().next().is_some());
    let has_body = matches!(operation.method(), Method::Post | Method::Put | Method::Patch | Method::Any);
    let passes = integration
        .node
        .str_of("passthroughBehavior")
        .is_none_or(|behavior| behavior.eq_ignore_ascii_case("when_no_match"));
    let Some(templates) = templates.filter(|_| mapped && has_body && passes) else { return };
    if templates.value.get("$default").is_none() {
        let message = "API Gateway passes bodies of other media types on, past the templates";
        out.add(MEDIA_TYPE_PASSTHROUGH.at(templates.key.span, message).with_help("set `passthroughBehavior: never`"));
    }
}
