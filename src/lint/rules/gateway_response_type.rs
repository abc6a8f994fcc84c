use super::prelude::*;

declare_rule! {
    /// Finds gateway responses of a type that does not exist.
    ///
    /// ## What API Gateway does
    /// Refuses them; there are 21 types.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {BAD_REQUEST: {statusCode: '400'}}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {BAD_REQUEST_BODY: {statusCode: '400'}}
    /// paths: {}
    /// ```
    GATEWAY_RESPONSE_TYPE = "gateway-response-type", Error, Refused, Rest, Document(check)
}

const TYPES: [&str; 21] = [
    "ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE",
    "BAD_REQUEST_PARAMETERS", "BAD_REQUEST_BODY", "DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN", "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT", "INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED",
    "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
];

fn check(cx: &Context<'_>, out: &mut Sink) {
    let responses = cx.root().get("x-amazon-apigateway-gateway-responses");
    for entry in responses.map(Node::entries).unwrap_or_default() {
        let key = entry.key.text.as_str();
        if !TYPES.contains(&key) && !is_intrinsic_name(key) {
            let help = match nearest(key, TYPES) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "choose one of the 21 types, such as `DEFAULT_4XX`".into(),
            };
            out.add(GATEWAY_RESPONSE_TYPE.at(entry.key.span, format!("API Gateway has no gateway response `{key}`")).with_help(help));
        }
    }
}
