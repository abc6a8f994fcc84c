use super::prelude::*;

declare_rule! {
    /// Finds members of an integration that are of the wrong JSON type.
    ///
    /// ## What API Gateway does
    /// Refuses: `Unable to parse API definition because of a malformed integration at path …`. `requestParameters`,
    /// `requestTemplates`, `responses` and `tlsConfig` are objects, `cacheKeyParameters` is a list, the others are
    /// texts.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: '{"statusCode": 200}'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}}
    /// ```
    INTEGRATION_MEMBER_TYPE = "integration-member-type", Error, Refused, Both, Integration(check)
}

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    for entry in integration.node.entries() {
        let value = &entry.value;
        if value.is_null() || is_intrinsic(value) || value.as_str().is_some_and(is_unfinished) {
            continue;
        }
        let wanted = match entry.key.text.as_str() {
            "requestParameters" | "requestTemplates" | "responses" | "tlsConfig" if value.as_map().is_none() => "an object",
            "cacheKeyParameters" if value.as_seq().is_none() => "a list",
            "uri" | "httpMethod" | "credentials" | "connectionType" | "connectionId" | "passthroughBehavior"
            | "contentHandling" | "cacheNamespace"
                if value.as_str().is_none() =>
            {
                "a text"
            }
            _ => continue,
        };
        let message = format!("API Gateway refuses `{}` of the integration: it is {}", entry.key.text, value.kind().with_article());
        out.add(INTEGRATION_MEMBER_TYPE.at(entry.key.span, message).with_help(format!("write {wanted}")));
    }
    for member in ["requestTemplates", "responses"] {
        for entry in integration.node.get(member).map(Node::entries).unwrap_or_default() {
            let good = if member == "responses" { entry.value.as_map().is_some() } else { entry.value.as_str().is_some() };
            if good || is_intrinsic(&entry.value) || is_intrinsic_name(&entry.key.text) || entry.key.text.starts_with("x-") {
                continue;
            }
            let wanted = if member == "responses" { "an object" } else { "a text" };
            let kind = entry.value.kind().with_article();
            let message = format!("API Gateway refuses `{}` of `{member}`: it is {kind}", entry.key.text);
            out.add(INTEGRATION_MEMBER_TYPE.at(entry.key.span, message).with_help(format!("write {wanted}")));
        }
    }
}
