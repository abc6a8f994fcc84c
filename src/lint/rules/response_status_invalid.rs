use super::prelude::*;

declare_rule! {
    /// Finds responses whose key is no status code.
    ///
    /// ## What API Gateway does
    /// Refuses them: a status is `100` to `599`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'2000': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    RESPONSE_STATUS_INVALID = "response-status-invalid", Error, Refused, Both, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    for response in operation.responses() {
        let key = response.key.text.as_str();
        if !is_response_key(key) && key != "$ref" && !is_intrinsic_name(key) {
            let message = format!("API Gateway refuses the response `{key}`: it is no status code");
            out.add(RESPONSE_STATUS_INVALID.at(response.key.span, message).with_help("write a status from `100` to `599`, in quotes"));
        }
    }
}
