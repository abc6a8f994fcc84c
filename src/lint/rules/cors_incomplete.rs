use super::prelude::*;

declare_rule! {
    /// Finds preflight operations that do not send all three headers a browser wants.
    ///
    /// ## What API Gateway does
    /// Answers the preflight without them, and the browser refuses the call. The headers are
    /// `Access-Control-Allow-Origin`, `-Methods` and `-Headers`.
    ///
    /// ## Fails
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
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     options:
    ///       responses: {'200': {description: ok, headers: {Access-Control-Allow-Origin: {schema: {type: string}}, Access-Control-Allow-Methods: {schema: {type: string}}, Access-Control-Allow-Headers: {schema: {type: string}}}}}
    ///       x-amazon-apigateway-integration:
    ///         type: mock
    ///         requestTemplates: {application/json: '{"statusCode": 200}'}
    ///         responses:
    ///           default:
    ///             statusCode: '200'
    ///             responseParameters:
    ///               method.response.header.Access-Control-Allow-Origin: "'*'"
    ///               method.response.header.Access-Control-Allow-Methods: "'GET'"
    ///               method.response.header.Access-Control-Allow-Headers: "'Content-Type'"
    /// ```
    CORS_INCOMPLETE = "cors-incomplete", Warning, Runtime, Rest, Operation(check)
}

const NEEDED: [&str; 3] = ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers"];

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let integration = operation.integration.filter(|i| i.is(IntegrationType::Mock));
    let Some(integration) = integration.filter(|_| operation.method() == Method::Options) else { return };
    let Some(responses) = integration.node.entry("responses") else { return };
    let mut sent: Vec<EcoString> = Vec::new();
    for response in responses.value.entries() {
        for member in ["responseParameters", "responseTemplates"] {
            for entry in response.value.get(member).map(Node::entries).unwrap_or_default() {
                sent.push(entry.key.text.to_ascii_lowercase());
                sent.extend(entry.value.as_str().filter(|_| member == "responseTemplates").map(|t| t.to_ascii_lowercase().into()));
            }
        }
    }
    let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !sent.iter().any(|s| s.contains(name))).collect();
    if !missing.is_empty() {
        let message = format!("API Gateway answers the preflight of `{}` without `{}`", operation.operation.path.path, missing.join("`, `"));
        let help = "add them to the `responseParameters` of the default response, and to the `headers` of the response";
        out.add(CORS_INCOMPLETE.at(responses.key.span, message).with_help(help));
    }
}
