use super::prelude::*;

declare_rule! {
    /// Finds security requirements that name no scheme.
    ///
    /// ## What API Gateway does
    /// Refuses them, or leaves the method open.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{tokn: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{token: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    SECURITY_SCHEME_UNDEFINED = "security-scheme-undefined", Error, Refused, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let owners = cx.operations.iter().map(|o| o.node()).chain([cx.root()]);
    for entry in owners.filter_map(|o| o.get("security")).flat_map(Node::items).flat_map(Node::entries) {
        let name = entry.key.text.as_str();
        if cx.scheme(name).is_some() || is_intrinsic_name(name) {
            continue;
        }
        let help = match nearest(name, cx.schemes.iter().map(|s| s.name)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "define it in `components.securitySchemes`".into(),
        };
        let message = format!("API Gateway refuses the security requirement `{name}`: there is no such scheme");
        out.add(SECURITY_SCHEME_UNDEFINED.at(entry.key.span, message).with_help(help));
    }
}
