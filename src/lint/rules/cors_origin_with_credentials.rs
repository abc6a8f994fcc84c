use super::prelude::*;

declare_rule! {
    /// Finds integration responses that allow credentials to every origin.
    ///
    /// ## What API Gateway does
    /// Sends both headers as they are; browsers refuse `Access-Control-Allow-Origin: *` together with
    /// `Access-Control-Allow-Credentials: true`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     options:
    ///       responses: {'200': {description: ok, headers: {Access-Control-Allow-Origin: {schema: {type: string}}, Access-Control-Allow-Credentials: {schema: {type: string}}}}}
    ///       x-amazon-apigateway-integration:
    ///         type: mock
    ///         requestTemplates: {application/json: '{"statusCode": 200}'}
    ///         responses: {default: {statusCode: '200', responseParameters: {method.response.header.Access-Control-Allow-Origin: "'*'", method.response.header.Access-Control-Allow-Credentials: "'true'"}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     options:
    ///       responses: {'200': {description: ok, headers: {Access-Control-Allow-Origin: {schema: {type: string}}}}}
    ///       x-amazon-apigateway-integration:
    ///         type: mock
    ///         requestTemplates: {application/json: '{"statusCode": 200}'}
    ///         responses: {default: {statusCode: '200', responseParameters: {method.response.header.Access-Control-Allow-Origin: "'*'"}}}
    /// ```
    CORS_ORIGIN_WITH_CREDENTIALS = "cors-origin-with-credentials", Warning, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        let value = |name: &str| {
            let mappings = response.value.get("responseParameters").map(Node::entries).unwrap_or_default();
            mappings.into_iter().find(|e| e.key.text.to_ascii_lowercase().ends_with(name))
        };
        let (Some(origin), Some(credentials)) = (value("access-control-allow-origin"), value("access-control-allow-credentials"))
        else {
            continue;
        };
        if origin.value.as_str() == Some("'*'") && credentials.value.as_str() == Some("'true'") {
            let message = "API Gateway sends `*` with credentials allowed, which browsers refuse";
            let found = CORS_ORIGIN_WITH_CREDENTIALS.at(origin.value.span, message).with_label(credentials.value.span, "credentials");
            out.add(found.with_help("name one origin, or do not allow credentials"));
        }
    }
}
