use super::prelude::*;

declare_rule! {
    /// Finds cookie parameters.
    ///
    /// ## What API Gateway does
    /// Leaves them out: a parameter is in the path, the query or a header.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: session, in: cookie, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       parameters: [{name: Cookie, in: header, schema: {type: string}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    PARAM_IN_COOKIE = "param-in-cookie", Warning, Dropped, Both, Parameter(check)
}

fn check(_cx: &Context<'_>, parameter: &ParameterCx<'_, '_>, out: &mut Sink) {
    if parameter.location() == "cookie" {
        let message = format!("API Gateway leaves the cookie parameter `{}` out", parameter.name());
        out.add(PARAM_IN_COOKIE.at(parameter.span_of("in"), message).with_help("read the `Cookie` header in the handler"));
    }
}
