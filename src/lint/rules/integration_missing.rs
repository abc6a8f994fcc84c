use super::prelude::*;

declare_rule! {
    /// Finds operations without `x-amazon-apigateway-integration`.
    ///
    /// ## What API Gateway does
    /// Imports the method; the deployment then fails with `No integration defined for method`. An
    /// HTTP API makes a route that leads nowhere. A document without any integration is taken for one
    /// that gets them elsewhere (`gatewright scaffold` writes them): it is told once, as a warning. Beside
    /// mocks only, each operation is a warning.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock}
    ///     post:
    ///       responses: {'201': {description: made}}
    /// ```
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock}
    /// ```
    INTEGRATION_MISSING = "integration-missing", Error, Refused, Both, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    if operation.integration.is_some() {
        return;
    }
    if cx.has_integrations() {
        let message = format!("`{}` has no integration: API Gateway refuses to deploy it", operation.label());
        let help = "add `x-amazon-apigateway-integration`, or let `gatewright scaffold` write it";
        let mut found = INTEGRATION_MISSING.at(operation.span(), message).with_help(help);
        // Where mocks are all there is, the functions are still to be written.
        if cx.has_only_mocks() {
            found.severity = Severity::Warning;
        }
        out.add(found);
        return;
    }
    let is_first = cx.operations.first().is_some_and(|first| first.span() == operation.span());
    if let Some(paths) = cx.root().entry("paths").filter(|_| is_first) {
        let message = "no operation has an integration: API Gateway refuses to deploy the API";
        let mut found = INTEGRATION_MISSING
            .at(paths.key.span, message)
            .with_help("write integrations with `gatewright scaffold`, or add `x-amazon-apigateway-integration` by hand");
        found.severity = Severity::Warning;
        out.add(found);
    }
}
