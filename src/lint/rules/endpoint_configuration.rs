use super::prelude::*;

declare_rule! {
    /// Finds members of `x-amazon-apigateway-endpoint-configuration` that a document cannot set, and values of the wrong
    /// type.
    ///
    /// ## What API Gateway does
    /// Takes `disableExecuteApiEndpoint` and `vpcEndpointIds` from a document. The type of the endpoint is a parameter of
    /// the call that imports it.
    ///
    /// ## Fails
    /// ```yaml
    /// servers:
    ///   - url: https://example.com
    ///     x-amazon-apigateway-endpoint-configuration: {types: [REGIONAL]}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// servers:
    ///   - url: https://example.com
    ///     x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}
    /// paths: {}
    /// ```
    ENDPOINT_CONFIGURATION = "endpoint-configuration", Warning, Dropped, Both, Member(check)
}

const MEMBERS: [&str; 4] = ["disableExecuteApiEndpoint", "vpcEndpointIds", "types", "ipAddressType"];

fn check(_cx: &Context<'_>, member: &MemberCx<'_>, out: &mut Sink) {
    let entry = member.entry;
    if entry.key.text != "x-amazon-apigateway-endpoint-configuration" || is_intrinsic(&entry.value) {
        return;
    }
    if entry.value.as_map().is_none() {
        let message = "API Gateway reads no endpoint configuration here: it is no object";
        out.add(ENDPOINT_CONFIGURATION.at(entry.value.span, message).with_help("write `{disableExecuteApiEndpoint: true}`"));
        return;
    }
    for Entry { key, value } in entry.value.entries().filter(|e| !is_intrinsic_name(&e.key.text) && !is_intrinsic(&e.value)) {
        let is_unfinished = value.as_str().is_some_and(is_unfinished);
        let (span, message, help) = match key.text.as_str() {
            "disableExecuteApiEndpoint" if value.as_bool().is_none() && !is_unfinished => {
                (value.span, "`disableExecuteApiEndpoint` is `true` or `false`".to_owned(), "write `true`".to_owned())
            }
            "vpcEndpointIds" if value.as_seq().is_none() && !is_unfinished => {
                (value.span, "`vpcEndpointIds` is a list of ids".to_owned(), "write `[vpce-…]`".to_owned())
            }
            "types" => (
                key.span,
                "API Gateway does not take the endpoint's type from a document".to_owned(),
                "give it to the import, and take it out here".to_owned(),
            ),
            name if !MEMBERS.contains(&name) => (
                key.span,
                format!("API Gateway ignores `{name}` of the endpoint configuration"),
                match nearest(name, MEMBERS) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => "take it out".into(),
                },
            ),
            _ => continue,
        };
        out.add(ENDPOINT_CONFIGURATION.at(span, message).with_help(help));
    }
}
