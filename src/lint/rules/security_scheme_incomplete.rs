use super::prelude::*;

declare_rule! {
    /// Finds security schemes without what their type needs.
    ///
    /// ## What API Gateway does
    /// Refuses them, or cannot tell where the credentials are.
    ///
    /// ## Fails
    /// ```yaml
    /// paths: {}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, name: x-api-key}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths: {}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    SECURITY_SCHEME_INCOMPLETE = "security-scheme-incomplete", Error, Refused, Both, Scheme(check)
}

const TYPES: [&str; 5] = ["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"];

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    if scheme.node.as_map().is_none() || is_intrinsic(scheme.node) {
        return;
    }
    let Some(kind) = scheme.node.get("type") else {
        let message = format!("API Gateway cannot use the scheme `{}`: it has no `type`", scheme.name);
        out.add(SECURITY_SCHEME_INCOMPLETE.at(scheme.key, message).with_help("add `type: apiKey`"));
        return;
    };
    let name = kind.scalar_text().unwrap_or_default();
    if !TYPES.contains(&name.as_str()) {
        let help = nearest(&name, TYPES).unwrap_or_else(|| "apiKey".into());
        let message = format!("API Gateway cannot use the scheme `{}`: there is no type `{name}`", scheme.name);
        out.add(SECURITY_SCHEME_INCOMPLETE.at(kind.span, message).with_help(format!("write `{help}`")));
        return;
    }
    if name != "apiKey" {
        return;
    }
    if let Some(place) = scheme.node.get("in").filter(|p| !matches!(p.as_str(), Some("header" | "query" | "cookie"))) {
        let name = place.scalar_text().unwrap_or_default();
        let help = nearest(&name, ["header", "query", "cookie"]).unwrap_or_else(|| "header".into());
        let message = format!("API Gateway cannot use the scheme `{}`: a key cannot be in `{name}`", scheme.name);
        out.add(SECURITY_SCHEME_INCOMPLETE.at(place.span, message).with_help(format!("write `in: {help}`")));
    }
    for member in ["in", "name"] {
        if scheme.node.get(member).is_none() {
            let message = format!("API Gateway cannot use the scheme `{}`: it has no `{member}`", scheme.name);
            let help = if member == "in" { "add `in: header`" } else { "add `name` with the header's name" };
            out.add(SECURITY_SCHEME_INCOMPLETE.at(scheme.key, message).with_help(help));
        }
    }
}
