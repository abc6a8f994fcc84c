use super::prelude::*;

declare_rule! {
    /// Finds mapping values that are no expression; a fixed text needs single quotes.
    ///
    /// ## What API Gateway does
    /// Refuses: `Invalid mapping expression specified: …`. A value is `method.request.…`, `integration.response.…`,
    /// `context.…`, `stageVariables.…`, or a text in single quotes.
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
    ///         requestParameters: {integration.request.header.X-From: gateway}
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
    ///         requestParameters: {integration.request.header.X-From: "'gateway'"}
    /// ```
    MAPPING_STATIC_UNQUOTED = "mapping-static-unquoted", Error, Refused, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    report(integration.node.get("requestParameters"), true, out);
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        report(response.value.get("responseParameters"), false, out);
    }
}

fn report(mappings: Option<&Node>, request: bool, out: &mut Sink) {
    for mapping in mappings.map(Node::entries).unwrap_or_default() {
        let Some(value) = mapping.value.as_str().filter(|value| !is_unfinished(value)) else { continue };
        if is_mapping_expression(value, request) {
            continue;
        }
        let bare = value.strip_prefix('$').filter(|rest| is_mapping_expression(rest, request));
        let message = format!("API Gateway refuses the mapping expression `{value}`");
        let mut found = MAPPING_STATIC_UNQUOTED.at(mapping.value.span, message);
        found = match bare {
            Some(bare) => found.with_help(format!("write `{bare}`, without `$`")),
            None if !value.contains(['\'', '"', '\\', '\n']) && !value.contains("method.") && !value.contains("integration.") => {
                let edit = Edit { span: mapping.value.span, text: format!("\"'{value}'\"") };
                found.with_help(format!("a fixed text stands in single quotes: `\"'{value}'\"`")).with_fix("quote it", vec![edit])
            }
            None => found.with_help(if request {
                "write `method.request.{path,querystring,header}.NAME`, `context.NAME`, `stageVariables.NAME` or `'text'`"
            } else {
                "write `integration.response.header.NAME`, `integration.response.body`, `context.NAME` or `'text'`"
            }),
        };
        out.add(found);
    }
}
