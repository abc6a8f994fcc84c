use super::prelude::*;

declare_rule! {
    /// Finds integration responses whose pattern is no regular expression.
    ///
    /// ## What API Gateway does
    /// Refuses the pattern, or never selects the response.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}, '500': {description: failed}}
    ///       x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: 'https://example.com', responses: {default: {statusCode: '200'}, '5(': {statusCode: '500'}}}
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
    INTEGRATION_RESPONSE_PATTERN_INVALID = "integration-response-pattern-invalid", Error, Refused, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        let pattern = response.key.text.as_str();
        if pattern != "default" && !is_intrinsic_name(pattern) && fancy_regex::Regex::new(pattern).is_err() {
            let message = format!("API Gateway cannot match `{pattern}`: it is not a regular expression");
            out.add(INTEGRATION_RESPONSE_PATTERN_INVALID.at(response.key.span, message).with_help("correct the expression, or escape what is meant literally"));
        }
    }
}
