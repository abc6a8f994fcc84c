//! What the keys of a usage plan have used.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::gateway::UsagePlan;

use super::call::{Answer, Call};
use super::constraint::Constraints;
use super::patch::{self, Op};
use super::refusal::Refusal;
use super::usage_plan::{self, unknown};
use super::usage_plan_key;

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut constraints = Constraints::new("");
    for name in ["startDate", "endDate"] {
        constraints.required(name, call.query(name).as_ref());
    }
    constraints.finish()?;
    let plan_id = call.path("usageplan_id");
    let plan: UsagePlan = call.control.store.get(&usage_plan::key(plan_id))?.ok_or_else(unknown)?;
    let date = |name: &str| {
        let text = call.query(name).unwrap_or_default();
        text.parse::<jiff::civil::Date>()
            .map_err(|_| Refusal::bad_request(format!("Invalid {name} specified. Use the format YYYY-MM-DD")))
    };
    let (from, to) = (date("startDate")?, date("endDate")?);
    if from > to {
        return Err(Refusal::bad_request("Usage end date must be after the start date"));
    }
    if let Some(key_id) = call.query("keyId")
        && !call.control.store.contains(&usage_plan_key::key(plan_id, key_id))
    {
        return Err(Refusal::not_found("Invalid Key identifier specified"));
    }
    let mut used = call.control.deployed.usage_of_plan(plan_id);
    // A key that was never used is listed too, with nothing used on each day.
    for key in call.control.store.keys(&usage_plan_key::key(plan_id, "")) {
        used.entry(key.rsplit('/').next().unwrap_or_default().to_owned()).or_default();
    }
    Ok(usage_answer(call, &plan, from, to, &used))
}

/// The most days that usage is answered for.
const MAX_USAGE_DAYS: usize = 366;

fn usage_answer(
    call: &Call<'_>,
    plan: &UsagePlan,
    from: jiff::civil::Date,
    to: jiff::civil::Date,
    used: &BTreeMap<String, BTreeMap<String, i64>>,
) -> Answer {
    let limit = plan.quota.as_ref().and_then(|quota| quota.limit);
    let wanted = |key: &&String| call.query("keyId").is_none_or(|id| key.as_str() == id);
    let mut values = Map::new();
    for (key, days) in used.iter().filter(|(key, _)| wanted(key)) {
        let mut total = 0;
        let series = from.series(jiff::ToSpan::days(1)).take(MAX_USAGE_DAYS).take_while(|day| *day <= to).map(|day| {
            let requests = days.get(&day.to_string()).copied().unwrap_or_default();
            total += requests;
            json!([requests, limit.map_or(0, |limit| (limit - total).max(0))])
        });
        values.insert(key.clone(), Value::Array(series.collect()));
    }
    Answer::json(json!({
        "usagePlanId": plan.id,
        "startDate": from.to_string(),
        "endDate": to.to_string(),
        "values": values,
    }))
}

/// Sets how many requests a key may still make in the period.
pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let (plan_id, key_id) = (call.path("usageplan_id"), call.path("key_id"));
    let plan: UsagePlan = call.control.store.get(&usage_plan::key(plan_id))?.ok_or_else(unknown)?;
    if !call.control.store.contains(&usage_plan_key::key(plan_id, key_id)) {
        return Err(usage_plan_key::unknown_member());
    }
    let today = jiff::Timestamp::from_second(call.now()).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut used = None;
    for operation in &operations {
        if (operation.op, operation.path.as_str()) != (Op::Replace, "/remaining") {
            let legal = if operation.op == Op::Replace { "/remaining" } else { "" };
            return Err(operation.unsupported_of(legal));
        }
        let limit = plan.quota.as_ref().and_then(|quota| quota.limit);
        let limit = limit.ok_or_else(|| Refusal::bad_request("Usage Plan has no quota"))?;
        used = Some(limit - operation.integer()?);
    }
    if let Some(used) = used {
        call.control.deployed.set_used(plan_id, key_id, &today.to_string(), used);
    }
    let used = call.control.deployed.usage_of_plan(plan_id);
    Ok(usage_answer(call, &plan, today, today, &used))
}
