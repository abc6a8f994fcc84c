//! UsagePlan.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::emulator::store::{Transaction, api_key};
use crate::gateway::import::IdSource as _;
use crate::gateway::integration_rules::VERBS;
use crate::gateway::{ApiStage, QuotaSettings, Quotas, ThrottleSettings, UsagePlan};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::page::page;
use super::patch::{self, Op, PatchOperation};
use super::refusal::Refusal;
use super::rest_api::Tags;
use super::usage_plan_key;

const PERIODS: [&str; 3] = ["DAY", "WEEK", "MONTH"];

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    name: Option<String>,
    description: Option<String>,
    api_stages: Option<Vec<ApiStage>>,
    throttle: Option<ThrottleSettings>,
    quota: Option<QuotaSettings>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

/// Returns the key of a plan's record.
pub(super) fn key(id: &str) -> String {
    format!("usageplan/{id}")
}

pub(super) fn unknown() -> Refusal {
    Refusal::not_found("Invalid Usage Plan ID specified")
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let plans: Vec<UsagePlan> = call.control.store.list("usageplan/")?;
    let wanted = |plan: &&UsagePlan| {
        call.query("keyId").is_none_or(|id| call.control.store.contains(&usage_plan_key::key(&plan.id, id)))
    };
    page(call, plans.iter().filter(wanted).map(|plan| shown(plan, Tags::WhenAny)).collect::<Result<_, _>>()?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let plan: UsagePlan = call.control.store.get(&key(call.path("usageplan_id")))?.ok_or_else(unknown)?;
    shown(&plan, Tags::Always).map(Answer::json)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("name", input.name.as_ref());
    let period = input.quota.as_ref().and_then(|quota| quota.period.as_deref());
    constraints.one_of("quota.period", period, &PERIODS);
    constraints.finish()?;
    let made = UsagePlan {
        id: call.ids().next_id(6),
        name: input.name.unwrap_or_default(),
        description: input.description.filter(|text| !text.is_empty()),
        api_stages: input.api_stages.unwrap_or_default(),
        throttle: input.throttle.map(whole),
        quota: input.quota,
        product_code: None,
        tags: input.tags.map(|tags| super::tags_of(Some(tags))).transpose()?,
    };
    if made.name.is_empty() {
        return Err(Refusal::bad_request("Usage Plan name cannot be empty"));
    }
    check_limits(&made)?;
    call.control.write(|tx| {
        for stage in &made.api_stages {
            check_new_stage(tx, stage)?;
            stage.throttle.iter().flat_map(IndexMap::keys).try_for_each(|key| check_method_key(key))?;
        }
        if tx.keys("usageplan/").len() >= Quotas::default().usage_plans {
            return Err(Refusal::limit_exceeded("Usage Plans", "this account"));
        }
        Ok(tx.put(&key(&made.id), &made)?)
    })?;
    shown(&made, Tags::WhenAny).map(Answer::json)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let record = key(call.path("usageplan_id"));
    let updated = call.control.write(|tx| {
        let mut plan: UsagePlan = tx.get(&record)?.ok_or_else(unknown)?;
        for operation in &operations {
            apply(tx, &mut plan, operation)?;
        }
        check_limits(&plan)?;
        tx.put(&record, &plan)?;
        Ok(plan)
    })?;
    shown(&updated, Tags::Always).map(Answer::json)
}

fn apply(tx: &Transaction<'_>, plan: &mut UsagePlan, operation: &PatchOperation) -> Result<(), Refusal> {
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (replaces, removes) = (operation.op == Op::Replace, operation.op == Op::Remove);
    if !operation.edits() {
        return Err(operation.unsupported_of(legal_paths(operation.op)));
    }
    match segments.as_slice() {
        ["name"] if replaces => {
            plan.name = operation.non_empty().ok_or_else(|| Refusal::bad_request("Usage Plan name cannot be empty"))?;
        }
        ["description"] if replaces => plan.description = operation.non_empty(),
        ["productCode"] => plan.product_code = operation.non_empty().filter(|_| !removes),
        ["apiStages"] => {
            let text = operation.text();
            let (api_id, stage) = text.split_once(':').ok_or_else(invalid_stage)?;
            let stage = ApiStage { api_id: Some(api_id.to_owned()), stage: Some(stage.to_owned()), throttle: None };
            check_stage(tx, &stage, &plan.id)?;
            if !removes {
                for membership in tx.keys(&usage_plan_key::key(&plan.id, "")) {
                    let key_id = membership.rsplit('/').next().unwrap_or_default();
                    let mut others = usage_plan_key::plans_of(tx, key_id)?;
                    others.retain(|other| other.id != plan.id);
                    usage_plan_key::check_shared_stages(&plan.id, key_id, std::slice::from_ref(&stage), &others)?;
                }
            }
            let is_same = |known: &ApiStage| known.api_id == stage.api_id && known.stage == stage.stage;
            if removes {
                plan.api_stages.retain(|known| !is_same(known));
            } else if !plan.api_stages.iter().any(is_same) {
                plan.api_stages.push(stage);
            }
        }
        ["apiStages", name, "throttle", rest @ ..] => stage_throttle(plan, operation, name, rest)?,
        ["throttle"] if removes => {
            if plan.api_stages.iter().any(|stage| stage.throttle.is_some()) {
                return Err(Refusal::bad_request(
                    "Can not remove usage plan throttling if fine grain throttling is defined for one or more \
                     api-stages.",
                ));
            }
            plan.throttle = None;
        }
        ["throttle", name @ ("rateLimit" | "burstLimit")] if !removes => {
            let limits = plan.throttle.take().unwrap_or_default();
            plan.throttle = Some(whole(limited(limits, name, operation)?));
        }
        ["quota"] if removes => plan.quota = None,
        ["quota", "limit"] if !removes => {
            plan.quota.get_or_insert_default().limit = Some(operation.integer().map_err(|_| invalid_limit())?);
        }
        ["quota", "offset"] if !removes => plan.quota.get_or_insert_default().offset = operation.integer()?,
        ["quota", "period"] if !removes => {
            let period = operation.text();
            if !PERIODS.contains(&period.as_str()) {
                return Err(invalid_period());
            }
            plan.quota.get_or_insert_default().period = Some(period);
        }
        _ => return Err(operation.unsupported_of(legal_paths(operation.op))),
    }
    Ok(())
}

/// Returns the paths that an operation on a usage plan may have (API reference, patch operations); those of `remove` as
/// AWS lists them.
fn legal_paths(op: Op) -> &'static str {
    match op {
        Op::Add => {
            "/apiStages, /productCode, /quota/limit, /quota/offset, /quota/period, /throttle/rateLimit, \
             /throttle/burstLimit, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/rateLimit, \
             /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/burstLimit, \
             /apiStages/<apidId:stageName>/throttle"
        }
        Op::Remove => {
            "/apiStages, /quota, /throttle, /productCode, \
             /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, \
             /apiStages/<apidId:stageName>/throttle"
        }
        Op::Replace => {
            "/name, /description, /productCode, /quota/limit, /quota/offset, /quota/period, /throttle/rateLimit, \
             /throttle/burstLimit, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/rateLimit, \
             /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/burstLimit, \
             /apiStages/<apidId:stageName>/throttle"
        }
        _ => "",
    }
}

/// Takes a stage out of all usage plans, as its deletion does.
pub(super) fn forget_stages(tx: &mut Transaction<'_>, api_id: &str, stage_name: Option<&str>) -> Result<(), Refusal> {
    for mut plan in tx.list::<UsagePlan>("usageplan/")? {
        let before = plan.api_stages.len();
        plan.api_stages.retain(|stage| {
            stage.api_id.as_deref() != Some(api_id)
                || stage_name.is_some_and(|name| stage.stage.as_deref() != Some(name))
        });
        if plan.api_stages.len() != before {
            tx.put(&key(&plan.id), &plan)?;
        }
    }
    Ok(())
}

fn stage_throttle(plan: &mut UsagePlan, operation: &PatchOperation, name: &str, rest: &[&str]) -> Result<(), Refusal> {
    let (api_id, stage_name) = name.split_once(':').ok_or_else(invalid_stage)?;
    let wanted =
        |stage: &&mut ApiStage| stage.api_id.as_deref() == Some(api_id) && stage.stage.as_deref() == Some(stage_name);
    let stage = plan.api_stages.iter_mut().find(wanted).ok_or_else(invalid_stage)?;
    let throttles = stage.throttle.get_or_insert_default();
    match rest {
        [path @ .., verb, name @ ("rateLimit" | "burstLimit")] if operation.op != Op::Remove => {
            let limits = throttles.entry(method_key(path, verb)).or_default();
            *limits = whole(limited(std::mem::take(limits), name, operation)?);
        }
        [] if operation.op == Op::Remove => throttles.clear(),
        // All at once, as JSON (developer guide, managing a usage plan by the CLI).
        [] => {
            *throttles = serde_json::from_str(&operation.text()).map_err(|_| {
                Refusal::bad_request(format!("Invalid throttle settings specified: {}", operation.text()))
            })?;
        }
        [path @ .., verb]
            if !path.is_empty() && !matches!(*verb, "rateLimit" | "burstLimit") && operation.op == Op::Remove =>
        {
            throttles.shift_remove(&method_key(path, verb));
        }
        _ => return Err(operation.unsupported_of(legal_paths(operation.op))),
    }
    if throttles.is_empty() {
        stage.throttle = None;
    }
    Ok(())
}

/// Returns the key of a method's limits, as the path of a patch names the method: `/pets/GET` by `pets/GET`,
/// `/pets/GET` or `~1pets/GET`, and `//GET` of the root.
fn method_key(path: &[&str], verb: &str) -> String {
    let path = path.join("/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{slash}{path}/{verb}")
}

/// Demands that the key of a method's limits has a path and a verb; the words are known from reports of users.
fn check_method_key(key: &str) -> Result<(), Refusal> {
    let (path, verb) = key.rsplit_once('/').unwrap_or((key, ""));
    if verb == "*" || VERBS.contains(&verb) {
        return Ok(());
    }
    Err(Refusal::bad_request(format!("Invalid method {{resourcePath: {path},method: {verb}}} specified")))
}

/// Returns limits with what an operation says of one of them.
fn limited(mut limits: ThrottleSettings, name: &str, operation: &PatchOperation) -> Result<ThrottleSettings, Refusal> {
    match name {
        "rateLimit" => limits.rate_limit = Some(operation.number().map_err(|_| invalid_throttle())?),
        _ => limits.burst_limit = Some(operation.integer().map_err(|_| invalid_throttle())?),
    }
    Ok(limits)
}

/// Returns limits of which none is missing: the service shows one that was not given as zero.
fn whole(limits: ThrottleSettings) -> ThrottleSettings {
    ThrottleSettings {
        burst_limit: Some(limits.burst_limit.unwrap_or_default()),
        rate_limit: Some(limits.rate_limit.unwrap_or_default()),
    }
}

fn invalid_throttle() -> Refusal {
    Refusal::bad_request("Usage Plan throttle rate limit and burst limit must be numeric and greater than zero")
}

fn invalid_limit() -> Refusal {
    Refusal::bad_request("Usage Plan quota limit must be a non-negative numeric")
}

fn invalid_period() -> Refusal {
    Refusal::bad_request(format!("Invalid Usage Plan quota period specified. Must be one of [{}]", PERIODS.join(", ")))
}

fn invalid_stage() -> Refusal {
    Refusal::bad_request("Invalid API Stage specified")
}

/// Demands that a stage which a new plan names is there; the words are known from reports of users.
fn check_new_stage(tx: &Transaction<'_>, stage: &ApiStage) -> Result<(), Refusal> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (Some(api_id), Some(name)) = (given(&stage.api_id), given(&stage.stage)) else {
        // The service does not fill in its own message.
        return Err(Refusal::bad_request("Invalid API Stage {api: %s, stage: %s} specified for usageplan %s"));
    };
    check_kind(tx, &api_id)?;
    if tx.contains(&api_key(&api_id)) && tx.contains(&super::stage::key(&api_id, &name)) {
        return Ok(());
    }
    Err(Refusal::not_found(format!("API Stage not found: {api_id}:{name}")))
}

fn check_stage(tx: &Transaction<'_>, stage: &ApiStage, plan_id: &str) -> Result<(), Refusal> {
    let (Some(api_id), Some(name)) = (&stage.api_id, &stage.stage) else { return Err(invalid_stage()) };
    check_kind(tx, api_id)?;
    if tx.contains(&api_key(api_id)) && tx.contains(&super::stage::key(api_id, name)) {
        return Ok(());
    }
    Err(Refusal::not_found(format!(
        "Invalid API Stage {{api: {api_id}, stage: {name}}} specified for usageplan {plan_id}"
    )))
}

/// Demands that an API is no HTTP API; the words are known from reports of users.
fn check_kind(tx: &Transaction<'_>, api_id: &str) -> Result<(), Refusal> {
    if tx.contains(&super::v2::definition::api_key(api_id)) {
        return Err(Refusal::bad_request("Usage plans are not allowed for HTTP Apis"));
    }
    Ok(())
}

/// Demands that the limits of a plan and of its stages' methods are no less than zero, and its quota whole.
fn check_limits(plan: &UsagePlan) -> Result<(), Refusal> {
    let of_methods = plan.api_stages.iter().filter_map(|stage| stage.throttle.as_ref()).flat_map(IndexMap::values);
    for limits in plan.throttle.iter().chain(of_methods) {
        if limits.burst_limit.is_some_and(|limit| limit < 0) || limits.rate_limit.is_some_and(|limit| limit < 0.0) {
            return Err(invalid_throttle());
        }
    }
    plan.quota.as_ref().map_or(Ok(()), check_quota)
}

fn check_quota(quota: &QuotaSettings) -> Result<(), Refusal> {
    // None at all is no limit, whatever the words say (reports of users).
    if quota.limit.is_none_or(|limit| limit < 1) {
        return Err(invalid_limit());
    }
    // The words about weeks are the service's (reports of users).
    let (last, range) = match quota.period.as_deref() {
        Some("DAY") => (0, "zero in the DAY period"),
        Some("WEEK") => (6, "between 0 and 6 inclusive in the WEEK period"),
        Some("MONTH") => (27, "between 0 and 27 inclusive in the MONTH period"),
        _ => return Err(invalid_period()),
    };
    if !(0..=last).contains(&quota.offset) {
        return Err(Refusal::bad_request(format!("Usage Plan quota offset must be {range}")));
    }
    Ok(())
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("usageplan_id");
    call.control.write(|tx| {
        let plan: UsagePlan = tx.get(&key(id))?.ok_or_else(unknown)?;
        if let Some(ApiStage { api_id, stage, .. }) = plan.api_stages.first() {
            let (api_id, stage) = (api_id.as_deref().unwrap_or_default(), stage.as_deref().unwrap_or_default());
            return Err(Refusal::bad_request(format!(
                "Cannot delete Usage Plan {id} because there are API Stages associated with it, including \
                 {api_id}:{stage}"
            )));
        }
        for membership in tx.keys(&format!("usageplankey/{id}/")) {
            tx.delete(&membership);
        }
        for counter in tx.keys(&format!("usage/{id}/")) {
            tx.delete(&counter);
        }
        tx.delete(&key(id));
        Ok(())
    })?;
    Ok(Answer::empty())
}

fn shown(plan: &UsagePlan, tags: Tags) -> Result<Value, Refusal> {
    let mut value = to_value(plan)?;
    if let Some(members) = value.as_object_mut() {
        let any = plan.tags.as_ref().is_some_and(|tags| !tags.is_empty());
        match tags {
            Tags::WhenAny if !any => {
                members.shift_remove("tags");
            }
            Tags::Always if !any => {
                members.insert("tags".to_owned(), json!({}));
            }
            _ => {}
        }
    }
    Ok(value)
}
