use super::prelude::*;

declare_rule! {
    /// Finds a customised `REQUEST_TOO_LARGE` response.
    ///
    /// ## What API Gateway does
    /// Answers 413 in its own way; the customisation has no effect.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {REQUEST_TOO_LARGE: {statusCode: '413'}}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {statusCode: '400'}}
    /// paths: {}
    /// ```
    GATEWAY_RESPONSE_413 = "gateway-response-413", Info, Dropped, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let responses = cx.root().get("x-amazon-apigateway-gateway-responses");
    if let Some(entry) = responses.and_then(|r| r.entry("REQUEST_TOO_LARGE")) {
        let message = "API Gateway does not use a customised `REQUEST_TOO_LARGE` response";
        out.add(GATEWAY_RESPONSE_413.at(entry.key.span, message).with_help("take it out"));
    }
}
