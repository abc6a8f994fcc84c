use super::prelude::*;

declare_rule! {
    /// Finds Lambda authorizers of HTTP APIs without `authorizerPayloadFormatVersion`.
    ///
    /// ## What API Gateway does
    /// Refuses them: it is `1.0` or `2.0`; simple responses need `2.0`.
    ///
    /// ## Fails
    /// ```yaml http
    /// components:
    ///   securitySchemes: {custom: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: request, identitySource: $request.header.Authorization, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// components:
    ///   securitySchemes: {custom: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: request, authorizerPayloadFormatVersion: '2.0', identitySource: $request.header.Authorization, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    AUTHORIZER_PAYLOAD_VERSION = "authorizer-payload-version", Error, Refused, Http, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(entry) = scheme.authorizer.filter(|_| scheme.authorizer_type().as_deref() == Some("request")) else { return };
    let Some(node) = entry.value.get("authorizerPayloadFormatVersion") else {
        let message = format!("API Gateway refuses the authorizer `{}`: it has no `authorizerPayloadFormatVersion`", scheme.name);
        out.add(AUTHORIZER_PAYLOAD_VERSION.at(entry.key.span, message).with_help("add `authorizerPayloadFormatVersion: '2.0'`"));
        return;
    };
    let Some(version) = node.scalar_text().filter(|v| !is_unfinished(v)) else { return };
    let simple = entry.value.get("enableSimpleResponses").and_then(Node::as_bool) == Some(true);
    if !matches!(version.as_str(), "1.0" | "2.0" | "1" | "2") {
        let message = format!("API Gateway refuses the payload format `{version}` of an authorizer");
        out.add(AUTHORIZER_PAYLOAD_VERSION.at(node.span, message).with_help("write `'1.0'` or `'2.0'`"));
    } else if simple && version.starts_with('1') {
        let message = "API Gateway refuses simple responses with the payload format `1.0`";
        out.add(AUTHORIZER_PAYLOAD_VERSION.at(node.span, message).with_help("write `'2.0'`, or take `enableSimpleResponses` out"));
    }
}
