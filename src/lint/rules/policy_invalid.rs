use super::prelude::*;

declare_rule! {
    /// Finds resource policies that are no IAM policy.
    ///
    /// ## What API Gateway does
    /// Refuses them: `Invalid policy document`. A statement has `Effect`, `Principal`, `Action` and `Resource`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-policy: {Version: '2012-10-17', Statement: [{Effect: Permit, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}]}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}]}
    /// paths: {}
    /// ```
    POLICY_INVALID = "policy-invalid", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(entry) = cx.root().entry("x-amazon-apigateway-policy").filter(|e| !is_intrinsic(&e.value)) else { return };
    if entry.value.as_map().is_none() {
        // Some tools write the policy as the text that API Gateway stores.
        let text = entry.value.as_str();
        let is_policy = text.is_some_and(|text| is_unfinished(text) || text.trim_start().starts_with('{'));
        if !is_policy {
            out.add(POLICY_INVALID.at(entry.key.span, "API Gateway refuses the resource policy: it is no object").with_help("write an IAM policy"));
        }
        return;
    }
    if let Some(version) = entry.value.get("Version").filter(|v| !is_intrinsic(v)) {
        let text = version.scalar_text().unwrap_or_default();
        if !matches!(text.as_str(), "2012-10-17" | "2008-10-17") && !is_unfinished(&text) {
            let message = format!("API Gateway refuses the resource policy: `{text}` is no version of IAM's language");
            out.add(POLICY_INVALID.at(version.span, message).with_help("write `Version: '2012-10-17'`"));
        }
    }
    let Some(statements) = entry.value.entry("Statement") else {
        let message = "API Gateway refuses the resource policy: it has no `Statement`";
        out.add(POLICY_INVALID.at(entry.key.span, message).with_help("add `Statement`"));
        return;
    };
    let one = statements.value.as_map().map(|_| &statements.value);
    for statement in statements.value.items().chain(one).filter(|s| !is_intrinsic(s)) {
        let effect = statement.get("Effect");
        if !effect.is_some_and(|e| matches!(e.as_str(), Some("Allow" | "Deny")) || is_intrinsic(e)) {
            let message = "API Gateway refuses the resource policy: `Effect` is `Allow` or `Deny`";
            out.add(POLICY_INVALID.at(effect.map_or(statement.span, |e| e.span), message).with_help("write `Allow` or `Deny`"));
        }
        for (member, opposite) in [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")] {
            if statement.get(member).is_none() && statement.get(opposite).is_none() {
                let message = format!("API Gateway refuses the resource policy: a statement has no `{member}`");
                out.add(POLICY_INVALID.at(effect.map_or(statement.span, |e| e.span), message).with_help(format!("add `{member}`")));
            }
        }
    }
}
