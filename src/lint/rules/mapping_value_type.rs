use super::prelude::*;

declare_rule! {
    /// Finds parameter mappings whose value is no string.
    ///
    /// ## What API Gateway does
    /// Warns `Invalid format for 'requestParameters'. Expected type string …` and leaves the mapping out.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: http_proxy
    ///         httpMethod: GET
    ///         uri: https://example.com
    ///         requestParameters: {integration.request.header.X-Debug: true}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: http_proxy
    ///         httpMethod: GET
    ///         uri: https://example.com
    ///         requestParameters: {integration.request.header.X-Debug: "'true'"}
    /// ```
    MAPPING_VALUE_TYPE = "mapping-value-type", Warning, Warned, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let responses = integration.node.get("responses").map(Node::entries).unwrap_or_default();
    let of_responses = responses.filter_map(|e| e.value.get("responseParameters"));
    for mappings in of_responses.chain(integration.node.get("requestParameters")) {
        for mapping in mappings.entries() {
            if mapping.value.as_str().is_some() || is_intrinsic(&mapping.value) {
                continue;
            }
            let kind = mapping.value.kind().with_article();
            let message = format!("API Gateway leaves the mapping to `{}` out: its value is {kind}", mapping.key.text);
            let mut found = MAPPING_VALUE_TYPE.at(mapping.value.span, message).with_help("write a string; a fixed text is `\"'text'\"`");
            if let Some(text) = mapping.value.scalar_text() {
                let edit = Edit { span: mapping.value.span, text: format!("\"'{text}'\"") };
                found = found.with_fix("quote it", vec![edit]);
            }
            out.add(found);
        }
    }
}
