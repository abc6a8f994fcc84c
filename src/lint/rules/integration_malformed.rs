use super::prelude::*;

declare_rule! {
    /// Finds integrations that are no object.
    ///
    /// ## What API Gateway does
    /// Refuses: `Unable to parse API definition because of a malformed integration at path …`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: mock
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
    INTEGRATION_MALFORMED = "integration-malformed", Error, Refused, Both, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let Some(integration) = &operation.integration else { return };
    if integration.node.as_map().is_none() {
        let kind = integration.node.kind().with_article();
        let message = format!("API Gateway refuses the integration of `{}`: it is {kind}", operation.label());
        out.add(INTEGRATION_MALFORMED.at(integration.key, message).with_help("write an object with `type`"));
    }
}
