use super::prelude::*;

declare_rule! {
    /// Finds private integrations without the id of a VPC link.
    ///
    /// ## What API Gateway does
    /// Refuses `connectionType: VPC_LINK` without `connectionId`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://internal.example.com', connectionType: VPC_LINK}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://internal.example.com', connectionType: VPC_LINK, connectionId: '${stageVariables.link}'}
    /// ```
    VPC_LINK_ID_MISSING = "vpc-link-id-missing", Error, Refused, Both, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some(node) = integration.node.get("connectionType") else { return };
    let private = node.as_str().is_some_and(|text| text.eq_ignore_ascii_case("VPC_LINK"));
    let missing = integration.node.get("connectionId").is_none_or(|id| id.is_null() || id.as_str() == Some(""));
    if private && missing {
        let message = "API Gateway refuses `VPC_LINK` without the id of the link";
        out.add(VPC_LINK_ID_MISSING.at(node.span, message).with_help("add `connectionId`, which may be `${stageVariables.NAME}`"));
    }
}
