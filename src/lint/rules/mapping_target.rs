use super::prelude::*;

declare_rule! {
    /// Finds parameter mappings whose key is not a place that can be written to.
    ///
    /// ## What API Gateway does
    /// Refuses: the keys are `integration.request.{header,querystring,path}.NAME` of a request and
    /// `method.response.header.NAME` of a response.
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
    ///         requestParameters: {integration.request.headers.X-Id: "'1'"}
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
    ///         requestParameters: {integration.request.header.X-Id: "'1'"}
    /// ```
    MAPPING_TARGET = "mapping-target", Error, Refused, Rest, Integration(check)
}

const REQUEST: [&str; 3] = ["integration.request.header.", "integration.request.querystring.", "integration.request.path."];
const RESPONSE: [&str; 1] = ["method.response.header."];

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    report(integration.node.get("requestParameters"), &REQUEST, out);
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        report(response.value.get("responseParameters"), &RESPONSE, out);
    }
}

fn report(mappings: Option<&Node>, targets: &[&str], out: &mut Sink) {
    for mapping in mappings.map(Node::entries).unwrap_or_default() {
        let key = mapping.key.text.as_str();
        let good = targets.iter().any(|t| key.strip_prefix(t).is_some_and(is_mapping_name));
        if !good && !is_intrinsic_name(key) && !is_unfinished(key) {
            let help = format!("write `{}NAME`", targets.join("NAME`, `"));
            out.add(MAPPING_TARGET.at(mapping.key.span, format!("API Gateway refuses the mapping to `{key}`")).with_help(help));
        }
    }
}
