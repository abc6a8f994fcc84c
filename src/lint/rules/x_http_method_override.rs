use super::prelude::*;

declare_rule! {
    /// Finds the header parameter `X-HTTP-Method-Override`.
    ///
    /// ## What API Gateway does
    /// Obeys the header itself: the request is handled as one of the method it names.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       parameters: [{name: X-HTTP-Method-Override, in: header, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     patch: {responses: {'200': {description: ok}}}
    /// ```
    X_HTTP_METHOD_OVERRIDE = "x-http-method-override", Warning, Runtime, Rest, Parameter(check)
}

fn check(_cx: &Context<'_>, parameter: &ParameterCx<'_, '_>, out: &mut Sink) {
    if parameter.location() == "header" && parameter.name().eq_ignore_ascii_case("x-http-method-override") {
        let message = "API Gateway obeys this header itself: another method than this one answers";
        out.add(X_HTTP_METHOD_OVERRIDE.at(parameter.span_of("name"), message).with_help("declare the method that is meant"));
    }
}
