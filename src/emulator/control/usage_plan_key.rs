//! UsagePlanKey.

use serde::Deserialize;

use crate::emulator::store::Transaction;
use crate::gateway::{ApiKey, ApiStage, Quotas, UsagePlan, UsagePlanKey};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::page::page;
use super::refusal::Refusal;
use super::{api_key, usage_plan};

pub(super) const KEY_TYPE: &str = "API_KEY";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    key_id: Option<String>,
    key_type: Option<String>,
}

/// Returns the key of the record that puts an API key in a plan.
pub(super) fn key(plan_id: &str, key_id: &str) -> String {
    format!("usageplankey/{plan_id}/{key_id}")
}

/// Returns the keys of a plan, the newest first (recorded); an unknown plan has none (recorded).
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let prefix = format!("usageplankey/{}/", call.path("usageplan_id"));
    let mut keys: Vec<UsagePlanKey> = call.control.store.list(&prefix)?;
    keys.reverse();
    let wanted = |key: &UsagePlanKey| {
        call.query("name").is_none_or(|name| key.name.as_deref().unwrap_or_default().starts_with(name))
    };
    let items = keys.into_iter().filter(wanted).map(|key| to_value(&key)).collect::<Result<Vec<_>, _>>()?;
    page(call, items)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("keyId", input.key_id.as_ref());
    constraints.required("keyType", input.key_type.as_ref());
    constraints.finish()?;
    if input.key_type.as_deref() != Some(KEY_TYPE) {
        return Err(Refusal::bad_request(format!(
            "Invalid Usage Plan key type specified. Must be one of [{KEY_TYPE}]"
        )));
    }
    let plan_id = call.path("usageplan_id");
    let key_id = input.key_id.unwrap_or_default();
    let made = call.control.write(|tx| {
        if !tx.contains(&usage_plan::key(plan_id)) {
            return Err(usage_plan::unknown());
        }
        let found: ApiKey = tx.get(&api_key::key(&key_id))?.ok_or_else(api_key::unknown)?;
        let membership = key(plan_id, &key_id);
        let plans: Vec<UsagePlan> = plans_of(tx, &key_id)?;
        let plan: UsagePlan = tx.get(&usage_plan::key(plan_id))?.ok_or_else(usage_plan::unknown)?;
        // A key that the plan itself has is refused for the plan's own stages.
        check_shared_stages(plan_id, &key_id, &plan.api_stages, &plans)?;
        if tx.contains(&membership) {
            return Err(Refusal::conflict("Usage Plan already contains the specified API Key"));
        }
        if plans.len() >= Quotas::default().usage_plans_of_key {
            return Err(Refusal::limit_exceeded("Usage Plans", "this API Key"));
        }
        let made = UsagePlanKey { id: found.id, key_type: KEY_TYPE.to_owned(), value: found.value, name: found.name };
        tx.put(&membership, &made)?;
        Ok(made)
    })?;
    Answer::entity(&made)
}

/// Returns the plans that a key is in.
pub(super) fn plans_of(tx: &Transaction<'_>, key_id: &str) -> Result<Vec<UsagePlan>, Refusal> {
    let memberships = tx.keys("usageplankey/").into_iter();
    let plans = memberships.filter_map(|membership| {
        let mut parts = membership.split('/').skip(1).map(str::to_owned);
        let plan = parts.next()?;
        (parts.next().as_deref() == Some(key_id)).then_some(plan)
    });
    Ok(plans
        .map(|plan| tx.get(&usage_plan::key(&plan)))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}

/// Demands that a key finds one plan for each stage (developer guide, usage plans); the words are known from reports of
/// users.
pub(super) fn check_shared_stages(
    plan_id: &str,
    key_id: &str,
    stages: &[ApiStage],
    plans: &[UsagePlan],
) -> Result<(), Refusal> {
    let mut taken = plans.iter().flat_map(|plan| &plan.api_stages);
    let shared =
        taken.find(|other| stages.iter().any(|stage| stage.api_id == other.api_id && stage.stage == other.stage));
    match shared {
        None => Ok(()),
        Some(ApiStage { api_id, stage, .. }) => Err(Refusal::conflict(format!(
            "Usage Plan {plan_id} cannot be added because API Key {key_id} cannot reference multiple Usage Plans with \
             the same API Stage: {}:{}",
            api_id.as_deref().unwrap_or_default(),
            stage.as_deref().unwrap_or_default()
        ))),
    }
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let plan_id = call.path("usageplan_id");
    if !call.control.store.contains(&usage_plan::key(plan_id)) {
        return Err(usage_plan::unknown());
    }
    let found: Option<UsagePlanKey> = call.control.store.get(&key(plan_id, call.path("key_id")))?;
    Answer::entity(&found.ok_or_else(unknown_member)?)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let plan_id = call.path("usageplan_id");
    let membership = key(plan_id, call.path("key_id"));
    call.control.write(|tx| {
        if !tx.contains(&usage_plan::key(plan_id)) {
            return Err(usage_plan::unknown());
        }
        if !tx.contains(&membership) {
            return Err(unknown_member());
        }
        tx.delete(&membership);
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(super) fn unknown_member() -> Refusal {
    Refusal::not_found("Invalid API Key identifier specified")
}
