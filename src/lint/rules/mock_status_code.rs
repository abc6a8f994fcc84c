use super::prelude::*;

declare_rule! {
    /// Finds mock integrations whose request template yields no status.
    ///
    /// ## What API Gateway does
    /// Answers 500 unless the template's result is JSON with an integer `statusCode`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"status": 200}'}, responses: {default: {statusCode: '200'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: '200'}}}
    /// ```
    MOCK_STATUS_CODE = "mock-status-code", Warning, Runtime, Rest, Integration(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    if !integration.is(IntegrationType::Mock) {
        return;
    }
    let help = "write `{\"statusCode\": 200}` as the template for `application/json`";
    let templates = integration.node.entry("requestTemplates");
    let Some(first) = templates.and_then(|t| t.value.entries().next()) else {
        let span = templates.map_or(integration.key, |t| t.key.span);
        let message = format!("API Gateway answers 500 to `{}`: no request template gives the mock a status", operation.label());
        out.add(MOCK_STATUS_CODE.at(span, message).with_help(help));
        return;
    };
    for template in templates.iter().flat_map(|t| t.value.entries()) {
        let Some(text) = template.value.as_str() else { continue };
        if !text.contains("statusCode") && !text.contains("${") {
            let message = format!("API Gateway answers 500: the template for `{}` yields no `statusCode`", template.key.text);
            out.add(MOCK_STATUS_CODE.at(template.value.span, message).with_help(help));
        } else if let Some(value) = quoted_status(text) {
            let message = format!("API Gateway answers 500: `statusCode` must be an integer, and `{value}` is a string");
            out.add(MOCK_STATUS_CODE.at(template.value.span, message).with_help(format!("write `\"statusCode\": {value}`")));
        }
    }
    let _ = first;
}

/// Returns the status of a template that is `"statusCode": "200"`.
fn quoted_status(text: &str) -> Option<&str> {
    let rest = text.split_once("\"statusCode\"")?.1.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let value = rest.split('"').next()?;
    value.bytes().all(|b| b.is_ascii_digit()).then_some(value).filter(|v| !v.is_empty())
}
