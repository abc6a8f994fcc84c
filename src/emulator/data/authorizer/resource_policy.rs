//! The API's resource policy.

use serde_json::Value;

use super::iam::Identity;
use super::policy::{Caller, Decision, evaluate};
use super::{method_arn, refused};
use crate::emulator::data::exchange::Exchange;
use crate::emulator::data::gateway_response::{Refusal, ResponseType};

/// Refuses a request without authorization that the policy does not allow.
pub(super) fn check_anonymous(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    match decision(exchange, None)? {
        None | Some(Decision::Allow) => Ok(()),
        Some(Decision::Silent) => Err(denied(exchange, "anonymous", "")),
        Some(Decision::Deny) => Err(denied(exchange, "anonymous", " with an explicit deny")),
    }
}

/// Refuses a request whose token was accepted, where the policy does not allow it: without an explicit allow it is
/// denied (`apigateway-authorization-flow` of the developer guide).
pub(super) fn check_authenticated(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    check_anonymous(exchange)
}

/// Refuses a signed request that the policy denies. Callers that are configured here may invoke everything in their own
/// account, so a policy that says nothing of them lets them pass; one of another account needs an allow.
pub(super) fn check_signed(exchange: &mut Exchange<'_>, caller: &Identity) -> Result<(), Refusal> {
    let own = exchange.context.get("accountId").is_some_and(|account| account == caller.account_id);
    match decision(exchange, Some(&caller.arn))? {
        Some(Decision::Deny) => Err(denied(exchange, &caller.arn, " with an explicit deny")),
        Some(Decision::Allow) => Ok(()),
        Some(Decision::Silent) | None if own => Ok(()),
        Some(Decision::Silent) | None => Err(denied(exchange, &caller.arn, "")),
    }
}

/// Refuses a request that the policy denies before any authorizer is asked.
pub(super) fn check_denied(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    match decision(exchange, None)? {
        Some(Decision::Deny) => Err(denied(exchange, "anonymous", " with an explicit deny")),
        _ => Ok(()),
    }
}

fn decision(exchange: &mut Exchange<'_>, arn: Option<&str>) -> Result<Option<Decision>, Refusal> {
    let Some(text) = exchange.api.definition.api.policy.as_deref().filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    // Exports hold the policy with its quotes escaped.
    let policy = serde_json::from_str::<Value>(text)
        .or_else(|_| serde_json::from_str::<Value>(&text.replace("\\\"", "\"").replace("\\/", "/")));
    let Ok(policy) = policy else {
        let text = "the API's resource policy is no JSON; the request was refused".to_owned();
        return Err(refused(exchange, ResponseType::AccessDenied, text));
    };
    let caller = Caller { arn, source_ip: exchange.request.source_ip };
    Ok(Some(evaluate(&policy, &method_arn(exchange), caller)))
}

fn denied(exchange: &Exchange<'_>, who: &str, suffix: &str) -> Refusal {
    let arn = masked(&method_arn(exchange));
    let text = format!("User: {who} is not authorized to perform: execute-api:Invoke on resource: {arn}{suffix}");
    let mut refusal = Refusal::new(ResponseType::AccessDenied).message(text.clone()).log(text);
    refusal.capital = true;
    refusal
}

/// Returns an ARN whose account shows its last four digits, as in AWS's answers.
fn masked(arn: &str) -> String {
    let mut parts: Vec<String> = arn.splitn(6, ':').map(str::to_owned).collect();
    if let Some(account) = parts.get_mut(4)
        && let Some(end) = account.len().checked_sub(4).and_then(|at| account.get(at..))
    {
        *account = format!("********{end}");
    }
    parts.join(":")
}
