use super::prelude::*;

declare_rule! {
    /// Finds resource policies of more than 8192 characters.
    ///
    /// ## What API Gateway does
    /// Refuses them unless AWS has raised the quota.
    POLICY_TOO_LONG = "policy-too-long", Error, Refused, Rest, Document(check)
}

const QUOTA: usize = 8192;

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(entry) = cx.root().entry("x-amazon-apigateway-policy") else { return };
    let length = match entry.value.as_str() {
        Some(text) => text.chars().count(),
        None => entry.value.to_json().to_string().chars().count(),
    };
    if length > QUOTA {
        let message = format!("API Gateway refuses the resource policy: it has {length} characters, the quota is {QUOTA}");
        out.add(POLICY_TOO_LONG.at(entry.key.span, message).with_help("join statements by wildcards"));
    }
}
