use super::prelude::*;

declare_rule! {
    /// Finds responses for `default` and for ranges like `2XX`.
    ///
    /// ## What API Gateway does
    /// Makes no method response of them: a status has three digits. It warns of `default`: `API Gateway does not support
    /// Swagger's 'default' method response (found on 'GET /pets')`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}, default: {description: an error}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}, '500': {description: an error}}}
    /// ```
    RESPONSE_DEFAULT_OR_RANGE = "response-default-or-range", Warning, Warned, Rest, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    for response in operation.responses() {
        let key = response.key.text.as_str();
        let range = key.len() == 3 && key.get(1..).is_some_and(|rest| rest.eq_ignore_ascii_case("xx"));
        if key == "default" || range {
            let message = format!("API Gateway makes no method response of `{key}`");
            let mut found = RESPONSE_DEFAULT_OR_RANGE.at(response.key.span, message);
            if range {
                // Of these nobody is told.
                found.severity = Severity::Info;
            }
            out.add(found.with_help("declare each status, such as `400` and `500`"));
        }
    }
}
