//! The API's resource policy.

use serde_json::Value;

use super::policy::{Caller, Decision, evaluate};
use super::{method_arn, refused};
use crate::emulator::data::exchange::Exchange;
use crate::emulator::data::gateway_response::{Refusal, ResponseType};

/// Refuses a request without authorization that the policy does not allow.
pub(super) fn check_anonymous(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    match decision(exchange)? {
        None | Some(Decision::Allow) => Ok(()),
        Some(Decision::Silent) => Err(denied(exchange, "")),
        Some(Decision::Deny) => Err(denied(exchange, " with an explicit deny")),
    }
}

/// Refuses a request that the policy denies before any authorizer is asked.
pub(super) fn check_denied(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    match decision(exchange)? {
        Some(Decision::Deny) => Err(denied(exchange, " with an explicit deny")),
        _ => Ok(()),
    }
}

fn decision(exchange: &mut Exchange<'_>) -> Result<Option<Decision>, Refusal> {
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
    let caller = Caller { arn: None, source_ip: exchange.request.source_ip };
    Ok(Some(evaluate(&policy, &method_arn(exchange), caller)))
}

fn denied(exchange: &Exchange<'_>, suffix: &str) -> Refusal {
    let arn = masked(&method_arn(exchange));
    let text = format!("User: anonymous is not authorized to perform: execute-api:Invoke on resource: {arn}{suffix}");
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
