use super::prelude::*;

declare_rule! {
    /// Finds request validators that are not made of the two switches.
    ///
    /// ## What API Gateway does
    /// Ignores other members, and takes a missing one for false: `validateRequestBody`,
    /// `validateRequestParameters`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-request-validators: {all: {validateBody: true}}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-request-validators: {all: {validateRequestBody: true}}
    /// paths: {}
    /// ```
    REQUEST_VALIDATOR_INVALID = "request-validator-invalid", Error, Refused, Rest, Document(check)
}

const KNOWN: [&str; 2] = ["validateRequestBody", "validateRequestParameters"];

fn check(cx: &Context<'_>, out: &mut Sink) {
    let validators = cx.root().get("x-amazon-apigateway-request-validators");
    for validator in validators.map(Node::entries).unwrap_or_default() {
        if validator.value.as_map().is_none() {
            let message = format!("API Gateway refuses the request validator `{}`: it is no object", validator.key.text);
            out.add(REQUEST_VALIDATOR_INVALID.at(validator.key.span, message).with_help("write `{validateRequestBody: true, validateRequestParameters: true}`"));
        }
        for entry in validator.value.entries().filter(|e| !is_intrinsic_name(&e.key.text)) {
            let key = entry.key.text.as_str();
            if !KNOWN.contains(&key) {
                let help = format!("write `{}`", nearest(key, KNOWN).unwrap_or_else(|| KNOWN.join("` or `")));
                let message = format!("API Gateway ignores `{key}` of a request validator");
                out.add(REQUEST_VALIDATOR_INVALID.at(entry.key.span, message).with_help(help));
            } else if entry.value.as_bool().is_none() && !is_intrinsic(&entry.value) && entry.value.as_str().is_none_or(|t| !is_unfinished(t)) {
                let message = format!("API Gateway refuses `{key}`: it is `true` or `false`");
                out.add(REQUEST_VALIDATOR_INVALID.at(entry.value.span, message).with_help("write `true` or `false`"));
            }
        }
    }
}
