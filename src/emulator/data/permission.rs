//! Whether a function's own policy lets API Gateway invoke it, for a method, a route or an authorizer.

use super::Gateway;
use crate::emulator::lambda::FunctionName;

/// Returns why API Gateway may not invoke a function for a source, if it may not. `place` is the region, the account and
/// the API's id; `rest` what follows the API's id in the source's ARN.
pub(super) fn refusal(gateway: &Gateway, function: &str, place: [&str; 3], rest: &str) -> Option<String> {
    let name = FunctionName::parse(function)?;
    let source = source_arn(place, rest);
    (!gateway.lookup.may_invoke(&name, &source)).then(|| {
        format!(
            "API Gateway may not invoke {name} for {source}: its policy has no statement for it; `aws lambda \
             add-permission` with the principal apigateway.amazonaws.com adds one"
        )
    })
}

/// Returns the ARN of a source; the arguments are those of [`refusal`].
pub(super) fn source_arn([region, account_id, api_id]: [&str; 3], rest: &str) -> String {
    let partition = crate::gateway::partition(region);
    format!("arn:{partition}:execute-api:{region}:{account_id}:{api_id}/{rest}")
}

/// Returns a path as permissions name it: variables are any text.
pub(super) fn source_path(path: &str) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "*".to_owned() } else { segment.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}
