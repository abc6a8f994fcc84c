use super::prelude::*;

declare_rule! {
    /// Finds request validators that are named and not defined.
    ///
    /// ## What API Gateway does
    /// Refuses: the validator must be a key of `x-amazon-apigateway-request-validators`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-request-validator: all
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-request-validator: all
    /// x-amazon-apigateway-request-validators:
    ///   all: {validateRequestBody: true, validateRequestParameters: true}
    /// paths: {}
    /// ```
    VALIDATOR_UNKNOWN = "validator-unknown", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let defined = cx.root().get("x-amazon-apigateway-request-validators");
    let owners = cx.operations.iter().map(OperationCx::node).chain([cx.root()]);
    for named in owners.filter_map(|owner| owner.get("x-amazon-apigateway-request-validator")) {
        let Some(name) = named.as_str().filter(|name| defined.and_then(|d| d.get(name)).is_none()) else { continue };
        let keys = defined.map(Node::entries).unwrap_or_default().map(|e| e.key.text.as_str());
        let help = match nearest(name, keys) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "define it in `x-amazon-apigateway-request-validators` at the root".into(),
        };
        let message = format!("API Gateway refuses the request validator `{name}`: it is not defined");
        out.add(VALIDATOR_UNKNOWN.at(named.span, message).with_help(help));
    }
}
