use super::prelude::*;

declare_rule! {
    /// Finds integration responses whose pattern never matches.
    ///
    /// ## What API Gateway does
    /// Compares the whole of a backend's status with the pattern; for a Lambda function, the whole of its
    /// `errorMessage`, which is no status.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}, '500': {description: failed}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: 'https://example.com', responses: {default: {statusCode: '200'}, '.*Error.*': {statusCode: '500'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}, '500': {description: failed}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: 'https://example.com', responses: {default: {statusCode: '200'}, '5\d{2}': {statusCode: '500'}}}
    /// ```
    INTEGRATION_RESPONSE_PATTERN_UNREACHABLE = "integration-response-pattern-unreachable", Warning, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if integration.kind.is_none_or(|kind| kind.is_proxy()) {
        return;
    }
    let lambda = integration.is(IntegrationType::Aws) && integration.is_lambda();
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        let pattern = response.key.text.as_str();
        if pattern == "default" || is_intrinsic_name(pattern) {
            continue;
        }
        if lambda {
            // The success of a function is matched by `default` alone; console exports write `200` beside it.
            if pattern.len() == 3 && pattern.bytes().all(|b| b.is_ascii_digit()) {
                let message = format!("API Gateway compares `{pattern}` with the function's error message, not with a status");
                let help = format!("match the message: `.*{pattern}.*`; what succeeds is answered by `default`");
                out.add(INTEGRATION_RESPONSE_PATTERN_UNREACHABLE.at(response.key.span, message).with_help(help));
            }
            continue;
        }
        let Ok(regex) = fancy_regex::Regex::new(&format!("^(?:{pattern})$")) else { continue };
        if !(100..600).any(|status| regex.is_match(&status.to_string()).unwrap_or(true)) {
            let message = format!("API Gateway never selects `{pattern}`: it matches no status");
            out.add(INTEGRATION_RESPONSE_PATTERN_UNREACHABLE.at(response.key.span, message).with_help("match the backend's status, like `5\\d{2}`"));
        }
    }
}
