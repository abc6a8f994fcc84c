use super::prelude::*;

declare_rule! {
    /// Finds integrations without a type, or with one that the kind of API does not have.
    ///
    /// ## What API Gateway does
    /// Refuses a REST API's: the types are `aws`, `aws_proxy`, `http`, `http_proxy` and `mock`. An HTTP API has
    /// `aws_proxy` and `http_proxy`; of the other three it warns and leaves the integration out.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: lambda}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock}
    /// ```
    ///
    /// ## Fails
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, payloadFormatVersion: '1.0'}
    /// ```
    INTEGRATION_TYPE = "integration-type", Error, Refused, Both, Integration(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some(node) = integration.node.get("type") else {
        let message = format!("API Gateway refuses the integration of `{}`: it has no `type`", operation.label());
        out.add(INTEGRATION_TYPE.at(integration.key, message).with_help("add `type`, such as `aws_proxy` or `http_proxy`"));
        return;
    };
    if is_intrinsic(node) || node.as_str().is_some_and(is_unfinished) {
        return;
    }
    let name = node.scalar_text().unwrap_or_default();
    match integration.kind {
        None => {
            let known = IntegrationType::ALL.map(|kind| kind.as_str().to_ascii_lowercase());
            let help = match nearest(&name, known.iter().map(String::as_str)) {
                Some(kind) => format!("did you mean `{kind}`?"),
                None => "write `aws`, `aws_proxy`, `http`, `http_proxy` or `mock`".into(),
            };
            out.add(INTEGRATION_TYPE.at(node.span, format!("API Gateway refuses the integration type `{name}`")).with_help(help));
        }
        Some(kind) if cx.kind == ApiKind::Http && !kind.is_proxy() => {
            let message = format!("an HTTP API has no integration type `{name}`: API Gateway warns and leaves it out");
            let mut found = INTEGRATION_TYPE.at(node.span, message).with_help("write `aws_proxy` or `http_proxy`");
            found.severity = Severity::Warning;
            out.add(found);
        }
        Some(_) => {}
    }
}
