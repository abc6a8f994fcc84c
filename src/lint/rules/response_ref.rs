use super::prelude::*;

declare_rule! {
    /// Finds responses that refer to a shared one.
    ///
    /// ## What API Gateway does
    /// Copies the shared response into each operation: its name is lost, and older importers lost its headers and
    /// model.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'404': {$ref: '#/components/responses/NotFound'}}}
    /// components:
    ///   responses: {NotFound: {description: no such pet}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'404': {description: no such pet}}}
    /// ```
    RESPONSE_REF = "response-ref", Info, Dropped, Rest, Operation(check)
}

fn check(_cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    for response in operation.responses() {
        if let Some(target) = response.value.get("$ref") {
            let message = "API Gateway copies the shared response and loses its name";
            out.add(RESPONSE_REF.at(target.span, message).with_help("nothing to do, unless the name matters in an export"));
        }
    }
}
