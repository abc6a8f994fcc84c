//! API keys and usage plans that an environment declares: found by name, made when missing, brought up to date.
//!
//! Keys and plans are an account's, not an API's, so what is not declared is left alone.

use std::collections::BTreeMap;

use aws_sdk_apigateway::types::{ApiStage, Op, PatchOperation, QuotaPeriodType, QuotaSettings, ThrottleSettings};
use serde::{Deserialize, Serialize};

use super::call::{Repeat, call};
use super::settings::Settings;
use super::{Connection, DeployError};

/// A usage plan as it is declared: `[env.prod.usage-plans.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct UsagePlanSettings {
    /// Prose.
    pub description: Option<String>,
    /// Requests at once.
    pub burst_limit: Option<i32>,
    /// Requests per second.
    pub rate_limit: Option<f64>,
    /// Requests in a period.
    pub quota_limit: Option<i32>,
    /// `DAY`, `WEEK` or `MONTH`; needed with `quota-limit`.
    pub quota_period: Option<String>,
    /// The names of the keys that the plan is for.
    pub api_keys: Vec<String>,
}

/// An API key as it is declared: `[env.prod.api-keys.NAME]`. Its value is never part of this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApiKeySettings {
    /// Prose.
    pub description: Option<String>,
    /// Whether callers may use it [default: yes].
    pub enabled: Option<bool>,
    /// The environment variable that holds the value; the service makes one up when absent.
    pub value_from: Option<String>,
}

/// A value that is sent and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Returns the value, hidden.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(value)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// One step that brings keys and plans to what is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UsageStep {
    /// A key is made.
    CreateKey {
        /// Its name.
        name: String,
    },
    /// A member of a key changes.
    UpdateKey {
        /// The key's name.
        name: String,
        /// What changes.
        change: Member,
    },
    /// A plan is made, for the stage.
    CreatePlan {
        /// Its name.
        name: String,
    },
    /// A member of a plan changes.
    UpdatePlan {
        /// The plan's name.
        name: String,
        /// What changes.
        change: Member,
    },
    /// The stage comes under a plan.
    AddStage {
        /// The plan's name.
        plan: String,
    },
    /// A key comes under a plan.
    AddKey {
        /// The plan's name.
        plan: String,
        /// The key's name.
        key: String,
    },
}

/// A member of something, with its value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The path it is patched by.
    pub path: String,
    /// The value before, when there was one.
    pub before: Option<String>,
    /// The value after.
    pub after: String,
}

/// The keys and plans of the account that are declared, as they are, and what has to happen to them.
#[derive(Clone, Debug, Default)]
pub(super) struct Usage {
    key_ids: BTreeMap<String, String>,
    plan_ids: BTreeMap<String, String>,
    pub(super) steps: Vec<UsageStep>,
}

/// What was done, to be taken back.
#[derive(Clone, Debug)]
pub(super) enum UsageDone {
    KeyMade(String),
    PlanMade { id: String, stage: Option<String> },
    Keyed { plan: String, key: String },
    KeyPatched { id: String, member: Member },
    PlanPatched { id: String, member: Member },
    StageAdded { id: String, stage: String },
}

/// Works out what has to happen to keys and plans. Changes nothing; calls nothing when nothing is declared.
pub(super) async fn plan(
    connection: &Connection,
    settings: &Settings,
    api_id: Option<&str>,
    stage: &str,
) -> Result<Usage, DeployError> {
    let mut usage = Usage::default();
    if settings.api_keys.is_empty() && settings.usage_plans.is_empty() {
        return Ok(usage);
    }
    let (keys, plans) = futures_util::future::try_join(keys(connection), plans(connection)).await?;
    for (name, wanted) in &settings.api_keys {
        let Some(key) = one(&keys, name, |k| k.name())? else {
            usage.steps.push(UsageStep::CreateKey { name: name.clone() });
            continue;
        };
        usage.key_ids.insert(name.clone(), key.id().unwrap_or_default().to_owned());
        let mut update = |path: &str, after: Option<String>| {
            let before = key_member(key, path);
            if let Some(after) = after.filter(|after| Some(after) != before.as_ref()) {
                let change = Member { path: path.to_owned(), before, after };
                usage.steps.push(UsageStep::UpdateKey { name: name.clone(), change });
            }
        };
        update("/description", wanted.description.clone());
        update("/enabled", Some(wanted.enabled.unwrap_or(true).to_string()));
    }
    for (name, wanted) in &settings.usage_plans {
        let found = one(&plans, name, |p| p.name())?;
        let mut members: Vec<String> = Vec::new();
        match found {
            None => usage.steps.push(UsageStep::CreatePlan { name: name.clone() }),
            Some(plan) => {
                let id = plan.id().unwrap_or_default().to_owned();
                let has_stage = plan.api_stages().iter().any(|s| s.api_id() == api_id && s.stage() == Some(stage));
                if !has_stage || api_id.is_none() {
                    usage.steps.push(UsageStep::AddStage { plan: name.clone() });
                }
                let mut update = |path: &str, after: Option<String>| {
                    let before = plan_member(plan, path);
                    if let Some(after) = after.filter(|after| Some(after) != before.as_ref()) {
                        let change = Member { path: path.to_owned(), before, after };
                        usage.steps.push(UsageStep::UpdatePlan { name: name.clone(), change });
                    }
                };
                update("/description", wanted.description.clone());
                update("/throttle/burstLimit", wanted.burst_limit.map(|v| v.to_string()));
                update("/throttle/rateLimit", wanted.rate_limit.map(|v| v.to_string()));
                update("/quota/limit", wanted.quota_limit.map(|v| v.to_string()));
                update("/quota/period", wanted.quota_period.clone());
                if !wanted.api_keys.is_empty() {
                    members = keys_of_plan(connection, name, &id).await?;
                }
                usage.plan_ids.insert(name.clone(), id);
            }
        }
        for key in &wanted.api_keys {
            let known = match usage.key_ids.get(key) {
                Some(id) => Some(id.clone()),
                None if settings.api_keys.contains_key(key) => None,
                // A key that is made elsewhere is meant by its name.
                None => {
                    let found = one(&keys, key, |k| k.name())?
                        .ok_or_else(|| DeployError::NoApiKey { plan: name.clone(), key: key.clone() })?;
                    Some(found.id().unwrap_or_default().to_owned())
                }
            };
            if known.as_ref().is_none_or(|id| !members.contains(id)) {
                usage.steps.push(UsageStep::AddKey { plan: name.clone(), key: key.clone() });
            }
            if let Some(id) = known {
                usage.key_ids.insert(key.clone(), id);
            }
        }
    }
    Ok(usage)
}

/// Returns a member of a key, by the path it is patched by.
pub(super) fn key_member(key: &aws_sdk_apigateway::types::ApiKey, path: &str) -> Option<String> {
    match path {
        "/description" => key.description().map(str::to_owned),
        "/enabled" => Some(key.enabled().to_string()),
        _ => None,
    }
}

/// Returns a member of a plan, by the path it is patched by.
pub(super) fn plan_member(plan: &aws_sdk_apigateway::types::UsagePlan, path: &str) -> Option<String> {
    let (throttle, quota) = (plan.throttle(), plan.quota());
    match path {
        "/description" => plan.description().map(str::to_owned),
        "/throttle/burstLimit" => throttle.map(|t| t.burst_limit().to_string()),
        "/throttle/rateLimit" => throttle.map(|t| t.rate_limit().to_string()),
        "/quota/limit" => quota.map(|q| q.limit().to_string()),
        "/quota/period" => quota.and_then(|q| q.period()).map(|p| p.as_str().to_owned()),
        _ => None,
    }
}

/// Returns the one thing of this name.
fn one<'a, T>(all: &'a [T], name: &str, name_of: impl Fn(&T) -> Option<&str>) -> Result<Option<&'a T>, DeployError> {
    let mut named = all.iter().filter(|thing| name_of(thing) == Some(name));
    match (named.next(), named.next()) {
        (_, Some(_)) => Err(DeployError::AmbiguousUsage(name.to_owned())),
        (found, None) => Ok(found),
    }
}

pub(super) async fn keys(connection: &Connection) -> Result<Vec<aws_sdk_apigateway::types::ApiKey>, DeployError> {
    let mut all = Vec::new();
    let mut position = None;
    loop {
        // Values are not asked for, so none can leak.
        let request = connection.client.get_api_keys().include_values(false).limit(500).set_position(position.take());
        let page = call(connection, "GetApiKeys", "the account", Repeat::Freely, || request.clone().send()).await?;
        position = page.position().map(str::to_owned);
        all.extend(page.items.unwrap_or_default());
        if position.is_none() {
            return Ok(all);
        }
    }
}

pub(super) async fn plans(connection: &Connection) -> Result<Vec<aws_sdk_apigateway::types::UsagePlan>, DeployError> {
    let mut all = Vec::new();
    let mut position = None;
    loop {
        let request = connection.client.get_usage_plans().limit(500).set_position(position.take());
        let page = call(connection, "GetUsagePlans", "the account", Repeat::Freely, || request.clone().send()).await?;
        position = page.position().map(str::to_owned);
        all.extend(page.items.unwrap_or_default());
        if position.is_none() {
            return Ok(all);
        }
    }
}

pub(super) async fn keys_of_plan(connection: &Connection, name: &str, id: &str) -> Result<Vec<String>, DeployError> {
    let mut all = Vec::new();
    let mut position = None;
    loop {
        let request =
            connection.client.get_usage_plan_keys().usage_plan_id(id).limit(500).set_position(position.take());
        let subject = format!("usage plan `{name}`");
        let page = call(connection, "GetUsagePlanKeys", &subject, Repeat::Freely, || request.clone().send()).await?;
        position = page.position().map(str::to_owned);
        all.extend(page.items().iter().filter_map(|key| key.id().map(str::to_owned)));
        if position.is_none() {
            return Ok(all);
        }
    }
}

impl Usage {
    /// Carries out the steps for a stage; what is done is added to `done` as it happens.
    pub(super) async fn apply(
        &self,
        connection: &Connection,
        settings: &Settings,
        values: &BTreeMap<String, Secret>,
        (api_id, stage): (&str, &str),
        mut done: impl FnMut(UsageDone),
    ) -> Result<(), DeployError> {
        let (mut key_ids, mut plan_ids) = (self.key_ids.clone(), self.plan_ids.clone());
        let known = |ids: &BTreeMap<String, String>, name: &str| ids.get(name).cloned().unwrap_or_default();
        let stage_text = format!("{api_id}:{stage}");
        for step in &self.steps {
            match step {
                UsageStep::CreateKey { name } => {
                    let wanted = settings.api_keys.get(name).cloned().unwrap_or_default();
                    let id = create_key(connection, name, &wanted, values.get(name)).await?;
                    done(UsageDone::KeyMade(id.clone()));
                    key_ids.insert(name.clone(), id);
                }
                UsageStep::UpdateKey { name, change } => {
                    let id = known(&key_ids, name);
                    patch_key(connection, &id, &change.path, &change.after).await?;
                    done(UsageDone::KeyPatched { id, member: change.clone() });
                }
                UsageStep::CreatePlan { name } => {
                    let wanted = settings.usage_plans.get(name).cloned().unwrap_or_default();
                    let id = create_plan(connection, name, &wanted, api_id, stage).await?;
                    done(UsageDone::PlanMade { id: id.clone(), stage: Some(stage_text.clone()) });
                    plan_ids.insert(name.clone(), id);
                }
                UsageStep::UpdatePlan { name, change } => {
                    let id = known(&plan_ids, name);
                    patch_plan(connection, &id, Op::Replace, &change.path, &change.after).await?;
                    done(UsageDone::PlanPatched { id, member: change.clone() });
                }
                UsageStep::AddStage { plan } => {
                    let id = known(&plan_ids, plan);
                    match patch_plan(connection, &id, Op::Add, "/apiStages", &stage_text).await {
                        // Sent again after its answer was lost, it finds the stage there.
                        Err(error) if !error.is_conflict() => return Err(error),
                        _ => done(UsageDone::StageAdded { id, stage: stage_text.clone() }),
                    }
                }
                UsageStep::AddKey { plan, key } => {
                    let (plan_id, key_id) = (known(&plan_ids, plan), known(&key_ids, key));
                    let request = connection
                        .client
                        .create_usage_plan_key()
                        .usage_plan_id(&plan_id)
                        .key_id(&key_id)
                        .key_type("API_KEY");
                    let subject = format!("usage plan `{plan}`");
                    let added =
                        call(connection, "CreateUsagePlanKey", &subject, Repeat::Freely, || request.clone().send());
                    match added.await {
                        Err(error) if !error.is_conflict() => return Err(error),
                        _ => done(UsageDone::Keyed { plan: plan_id, key: key_id }),
                    }
                }
            }
        }
        Ok(())
    }
}

/// Makes a key. When the answer is lost, the key may exist all the same; it is then the one of that name.
async fn create_key(
    connection: &Connection,
    name: &str,
    wanted: &ApiKeySettings,
    value: Option<&Secret>,
) -> Result<String, DeployError> {
    let request = connection
        .client
        .create_api_key()
        .name(name)
        .set_description(wanted.description.clone())
        .enabled(wanted.enabled.unwrap_or(true))
        .set_value(value.map(|secret| secret.0.clone()));
    let subject = format!("API key `{name}`");
    let mut tries = 0;
    loop {
        match call(connection, "CreateApiKey", &subject, Repeat::Never, || request.clone().send()).await {
            Ok(made) => return Ok(made.id().unwrap_or_default().to_owned()),
            Err(error) if error.is_transient() => {
                let all = keys(connection).await?;
                if let Some(found) = one(&all, name, |k| k.name())? {
                    return Ok(found.id().unwrap_or_default().to_owned());
                }
                tries += 1;
                if tries > 3 {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// Makes a plan; see [`create_key`] for lost answers.
async fn create_plan(
    connection: &Connection,
    name: &str,
    wanted: &UsagePlanSettings,
    api_id: &str,
    stage: &str,
) -> Result<String, DeployError> {
    let mut request = connection
        .client
        .create_usage_plan()
        .name(name)
        .set_description(wanted.description.clone())
        .api_stages(ApiStage::builder().api_id(api_id).stage(stage).build());
    if wanted.burst_limit.is_some() || wanted.rate_limit.is_some() {
        let throttle =
            ThrottleSettings::builder().set_burst_limit(wanted.burst_limit).set_rate_limit(wanted.rate_limit);
        request = request.throttle(throttle.build());
    }
    if let Some(limit) = wanted.quota_limit {
        let period = wanted.quota_period.as_deref().map(QuotaPeriodType::from);
        request = request.quota(QuotaSettings::builder().limit(limit).set_period(period).build());
    }
    let subject = format!("usage plan `{name}`");
    let mut tries = 0;
    loop {
        match call(connection, "CreateUsagePlan", &subject, Repeat::Never, || request.clone().send()).await {
            Ok(made) => return Ok(made.id().unwrap_or_default().to_owned()),
            Err(error) if error.is_transient() => {
                let all = plans(connection).await?;
                if let Some(found) = one(&all, name, |p| p.name())? {
                    return Ok(found.id().unwrap_or_default().to_owned());
                }
                tries += 1;
                if tries > 3 {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

async fn patch_key(connection: &Connection, id: &str, path: &str, value: &str) -> Result<(), DeployError> {
    let operation = PatchOperation::builder().op(Op::Replace).path(path).value(value).build();
    let request = connection.client.update_api_key().api_key(id).patch_operations(operation);
    let subject = format!("API key `{id}`");
    call(connection, "UpdateApiKey", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

async fn patch_plan(connection: &Connection, id: &str, op: Op, path: &str, value: &str) -> Result<(), DeployError> {
    let operation = PatchOperation::builder().op(op).path(path).value(value).build();
    let request = connection.client.update_usage_plan().usage_plan_id(id).patch_operations(operation);
    let subject = format!("usage plan `{id}`");
    call(connection, "UpdateUsagePlan", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// Takes back what was done.
pub(super) async fn undo(connection: &Connection, done: &UsageDone) -> Result<(), DeployError> {
    match done {
        UsageDone::KeyMade(id) => {
            let request = connection.client.delete_api_key().api_key(id);
            let subject = format!("API key `{id}`");
            call(connection, "DeleteApiKey", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
        }
        UsageDone::PlanMade { id, stage } => {
            // A plan that has stages cannot be deleted.
            if let Some(stage) = stage {
                patch_plan(connection, id, Op::Remove, "/apiStages", stage).await?;
            }
            let request = connection.client.delete_usage_plan().usage_plan_id(id);
            let subject = format!("usage plan `{id}`");
            call(connection, "DeleteUsagePlan", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
        }
        UsageDone::Keyed { plan, key } => {
            let request = connection.client.delete_usage_plan_key().usage_plan_id(plan).key_id(key);
            let subject = format!("usage plan `{plan}`");
            call(connection, "DeleteUsagePlanKey", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
        }
        UsageDone::KeyPatched { id, member } => {
            patch_key(connection, id, &member.path, member.before.as_deref().unwrap_or_default()).await
        }
        UsageDone::PlanPatched { id, member } => match &member.before {
            Some(before) => patch_plan(connection, id, Op::Replace, &member.path, before).await,
            None => {
                let whole = member.path.rsplit_once('/').map_or("", |(whole, _)| whole);
                let path = if whole.is_empty() { member.path.as_str() } else { whole };
                patch_plan(connection, id, Op::Remove, path, "").await
            }
        },
        UsageDone::StageAdded { id, stage } => patch_plan(connection, id, Op::Remove, "/apiStages", stage).await,
    }
}
