use super::prelude::*;

declare_rule! {
    /// Finds actions in a resource policy that are not of `execute-api`.
    ///
    /// ## What API Gateway does
    /// Asks the policy about `execute-api:Invoke` when the API is called, and about nothing else: the statement never
    /// matches.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: 'execute-api:/*'}]}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}]}
    /// paths: {}
    /// ```
    POLICY_ACTION = "policy-action", Warning, Runtime, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(statements) = cx.root().get("x-amazon-apigateway-policy").and_then(|policy| policy.get("Statement")) else {
        return;
    };
    let one = statements.as_map().map(|_| statements);
    for actions in statements.items().chain(one).filter_map(|statement| statement.get("Action")) {
        let single = actions.as_str().map(|_| actions);
        for action in actions.items().chain(single) {
            let Some(text) = action.as_str().filter(|text| !is_unfinished(text)) else { continue };
            let service = text.split(':').next().unwrap_or_default();
            if text != "*" && !service.eq_ignore_ascii_case("execute-api") && !service.contains('*') {
                let message = format!("API Gateway never asks the resource policy about `{text}`");
                out.add(POLICY_ACTION.at(action.span, message).with_help("write `execute-api:Invoke`"));
            }
        }
    }
}
