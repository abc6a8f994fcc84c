use super::prelude::*;

declare_rule! {
    /// Finds TLS policies and endpoint access modes that do not exist.
    ///
    /// ## What API Gateway does
    /// Refuses them: the names are those of its security policies, the modes `BASIC` and `STRICT`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-security-policy: TLS_1_9
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-security-policy: TLS_1_2
    /// paths: {}
    /// ```
    SECURITY_POLICY = "security-policy", Warning, Refused, Rest, Member(check)
}

/// The service model's names; those that begin with `SecurityPolicy_` become more each year.
const OLD: [&str; 2] = ["TLS_1_0", "TLS_1_2"];
const MODES: [&str; 2] = ["BASIC", "STRICT"];

fn check(_cx: &Context<'_>, member: &MemberCx<'_>, out: &mut Sink) {
    let node = &member.entry.value;
    let text = node.scalar_text().unwrap_or_default();
    if is_intrinsic(node) || is_unfinished(&text) {
        return;
    }
    match member.entry.key.text.as_str() {
        "x-amazon-apigateway-security-policy" if !OLD.contains(&text.as_str()) && !text.starts_with("SecurityPolicy_TLS") => {
            let message = format!("API Gateway has no security policy `{text}`");
            out.add(SECURITY_POLICY.at(node.span, message).with_help("write `TLS_1_2`"));
        }
        "x-amazon-apigateway-endpoint-access-mode" if !MODES.contains(&text.as_str()) => {
            let message = format!("API Gateway has no endpoint access mode `{text}`");
            out.add(SECURITY_POLICY.at(node.span, message).with_help("write `BASIC` or `STRICT`"));
        }
        _ => {}
    }
}
