//! Stage.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::emulator::store::{Transaction, api_key};
use crate::gateway::{CanarySettings, Quotas, Stage};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::deployment;
use super::patch;
use super::refusal::Refusal;
use super::stage_patch::{self, check_percent};

pub(super) const CACHE_CLUSTER_SIZES: [&str; 8] = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];
/// Characters; the bounds of a variable's name and value.
const MAX_VARIABLE_NAME: usize = 64;
const MAX_VARIABLE_VALUE: usize = 512;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    stage_name: Option<String>,
    deployment_id: Option<String>,
    description: Option<String>,
    cache_cluster_enabled: Option<bool>,
    cache_cluster_size: Option<String>,
    variables: Option<IndexMap<String, Option<String>>>,
    documentation_version: Option<String>,
    canary_settings: Option<CanaryInput>,
    tracing_enabled: Option<bool>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CanaryInput {
    percent_traffic: Option<f64>,
    deployment_id: Option<String>,
    stage_variable_overrides: Option<IndexMap<String, Option<String>>>,
    use_stage_cache: Option<bool>,
}

/// Returns the key of a stage.
pub(super) fn key(api_id: &str, stage_name: &str) -> String {
    format!("stage/{api_id}/{stage_name}")
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("restapi_id");
    call.control.has_api(id)?;
    let mut stages: Vec<Stage> = call.control.store.list(&format!("stage/{id}/"))?;
    // By name (recordings of users).
    stages.sort_by(|one, other| one.stage_name.cmp(&other.stage_name));
    let wanted = |stage: &&Stage| call.query("deploymentId").is_none_or(|id| stage.deployment_id == id);
    let items = stages.iter().filter(wanted).map(to_value).collect::<Result<_, _>>()?;
    Ok(super::page::answer(items, None))
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    Answer::entity(&call.control.stage(call.path("restapi_id"), call.path("stage_name"))?)
}

impl super::Control {
    /// Returns a stage; one of an API that is not there is not there either, as other entities are known by their own
    /// names (recorded for validators, models and documentation parts).
    pub(super) fn stage(&self, api_id: &str, stage_name: &str) -> Result<Stage, Refusal> {
        self.store.get(&key(api_id, stage_name))?.ok_or_else(unknown)
    }
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("stageName", input.stage_name.as_ref());
    constraints.required("deploymentId", input.deployment_id.as_ref());
    constraints.one_of("cacheClusterSize", input.cache_cluster_size.as_deref(), &CACHE_CLUSTER_SIZES);
    constraints.finish()?;
    let api_id = call.path("restapi_id");
    let name = input.stage_name.unwrap_or_default();
    check_name(&name)?;
    if let Some(percent) = input.canary_settings.as_ref().and_then(|canary| canary.percent_traffic) {
        check_percent(percent)?;
    }
    let mut stage = Stage::new(name.clone(), input.deployment_id.unwrap_or_default(), call.now());
    stage.description = input.description.filter(|text| !text.is_empty());
    check_variables(input.variables.as_ref())?;
    stage.variables = texts(input.variables);
    stage.documentation_version = input.documentation_version;
    stage.tracing_enabled = input.tracing_enabled.unwrap_or_default();
    stage.tags = Some(super::tags_of(input.tags)?).filter(|tags| !tags.is_empty());
    if let Some(enabled) = input.cache_cluster_enabled {
        set_cache_cluster(&mut stage, enabled, input.cache_cluster_size);
    }
    stage.canary_settings = input.canary_settings.map(|canary| CanarySettings {
        percent_traffic: canary.percent_traffic.unwrap_or_default(),
        deployment_id: canary.deployment_id.or_else(|| Some(stage.deployment_id.clone())),
        stage_variable_overrides: texts(canary.stage_variable_overrides),
        use_stage_cache: canary.use_stage_cache.unwrap_or_default(),
    });
    call.control.write(|tx| {
        if !tx.contains(&api_key(api_id)) {
            return Err(call.control.unknown_api(api_id));
        }
        if tx.contains(&key(api_id, &name)) {
            return Err(Refusal::conflict("Stage already exists"));
        }
        check_quota(tx, api_id)?;
        check_deployments(tx, api_id, &stage)?;
        check_documentation_version(tx, api_id, &stage)?;
        Ok(tx.put(&key(api_id, &name), &stage)?)
    })?;
    changing(&stage, &Stage::new("", "", 0))
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let (api_id, name) = (call.path("restapi_id"), call.path("stage_name"));
    let (before, updated) = call.control.write(|tx| {
        let before: Stage = tx.get(&key(api_id, name))?.ok_or_else(unknown)?;
        let mut stage = before.clone();
        for operation in &operations {
            stage_patch::apply(&mut stage, operation)?;
        }
        check_deployments(tx, api_id, &stage)?;
        check_documentation_version(tx, api_id, &stage)?;
        check_client_certificate(tx, &stage)?;
        stage.last_updated_date = call.now();
        tx.put(&key(api_id, name), &stage)?;
        Ok::<_, Refusal>((before, stage))
    })?;
    changing(&updated, &before)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, name) = (call.path("restapi_id"), call.path("stage_name"));
    let key = key(api_id, name);
    call.control.write(|tx| {
        if !tx.contains(&key) {
            return Err(unknown());
        }
        let domains =
            super::base_path_mapping::mapped(tx, |m| m.rest_api_id == api_id && m.stage.as_deref() == Some(name))?;
        if !domains.is_empty() {
            return Err(Refusal::bad_request(format!(
                "Deleting stage {name} failed. Please remove all base path mappings related to the stage in your \
                 domains: {}",
                domains.join(", ")
            )));
        }
        super::usage_plan::forget_stages(tx, api_id, Some(name))?;
        super::api_key::forget_stages(tx, api_id, Some(name))?;
        tx.delete(&key);
        Ok(())
    })?;
    Ok(Answer::empty())
}

/// Forgets what the stage's cache, or its authorizers, answered.
pub(super) fn flush(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, stage) = (call.path("restapi_id"), call.path("stage_name"));
    call.control.stage(api_id, stage)?;
    let shared = &call.control.gateway.shared;
    shared.flush_cache(api_id, stage);
    shared.flush_authorizers(api_id, stage);
    Ok(Answer::empty())
}

pub(super) fn unknown() -> Refusal {
    Refusal::not_found("Invalid stage identifier specified")
}

/// Demands that a stage's name is one.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > 128 || !name.chars().all(legal) {
        // A hyphen is allowed all the same (API reference).
        return Err(Refusal::bad_request("Stage name only allows a-zA-Z0-9_"));
    }
    Ok(())
}

/// Demands that an API may have one more stage.
pub(super) fn check_quota(tx: &Transaction<'_>, api_id: &str) -> Result<(), Refusal> {
    if tx.keys(&format!("stage/{api_id}/")).len() >= Quotas::default().stages {
        return Err(Refusal::limit_exceeded("Stages", "this API"));
    }
    Ok(())
}

/// Demands that variables are legal and not too many.
pub(super) fn check_variables(variables: Option<&IndexMap<String, Option<String>>>) -> Result<(), Refusal> {
    for (name, value) in variables.into_iter().flatten() {
        check_variable(name, value.as_deref())?;
    }
    check_variable_count(variables.map_or(0, IndexMap::len))
}

pub(super) fn check_variable_count(count: usize) -> Result<(), Refusal> {
    if count > Quotas::default().stage_variables {
        return Err(Refusal::limit_exceeded("Stage Variables", "this Stage"));
    }
    Ok(())
}

/// Demands that a variable has a name and a value that API Gateway takes (`[A-Za-z0-9-._~:/?#&=,]+`, and blanks by its
/// own words); the words are known from reports of users.
pub(super) fn check_variable(name: &str, value: Option<&str>) -> Result<(), Refusal> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || name.chars().count() > MAX_VARIABLE_NAME || !name.chars().all(word) {
        return Err(Refusal::bad_request(format!(
            "Invalid stage variable name: {name}.  Please use names with only word characters."
        )));
    }
    let legal = |c: char| word(c) || " -.~:/?#&=,".contains(c);
    if value
        .is_none_or(|value| value.is_empty() || value.chars().count() > MAX_VARIABLE_VALUE || !value.chars().all(legal))
    {
        return Err(Refusal::bad_request(format!(
            "Invalid stage variable value of key {name}.  Please use values with alphanumeric characters and the symbols \
             ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
        )));
    }
    Ok(())
}

/// Returns a stage as a call answers that may have changed its cache: the change is still under way then, and done with
/// the next read.
fn changing(stage: &Stage, before: &Stage) -> Result<Answer, Refusal> {
    let mut shown = stage.clone();
    let resized = stage.cache_cluster_size != before.cache_cluster_size;
    match (before.cache_cluster_enabled, stage.cache_cluster_enabled) {
        (false, true) => shown.cache_cluster_status = "CREATE_IN_PROGRESS".to_owned(),
        (true, true) if resized => shown.cache_cluster_status = "CREATE_IN_PROGRESS".to_owned(),
        (true, false) => shown.cache_cluster_status = "DELETE_IN_PROGRESS".to_owned(),
        _ => {}
    }
    Answer::entity(&shown)
}

/// Switches the cache on or off; there is none here, so it is ready at once.
pub(super) fn set_cache_cluster(stage: &mut Stage, enabled: bool, size: Option<String>) {
    stage.cache_cluster_enabled = enabled;
    stage.cache_cluster_size =
        size.or_else(|| stage.cache_cluster_size.take()).or_else(|| enabled.then(|| "0.5".to_owned()));
    stage.cache_cluster_status = if enabled { "AVAILABLE" } else { "NOT_AVAILABLE" }.to_owned();
}

/// Returns a map of texts, or nothing when it is empty.
pub(super) fn texts(map: Option<IndexMap<String, Option<String>>>) -> Option<IndexMap<String, String>> {
    super::method::texts(map).filter(|texts: &IndexMap<String, String>| !texts.is_empty())
}

fn check_deployments(tx: &Transaction<'_>, api_id: &str, stage: &Stage) -> Result<(), Refusal> {
    let canary = stage.canary_settings.as_ref().and_then(|canary| canary.deployment_id.as_deref());
    for id in [Some(stage.deployment_id.as_str()), canary].into_iter().flatten() {
        if !tx.contains(&deployment::key(api_id, id)) {
            return Err(Refusal::bad_request("Deployment id does not exist"));
        }
    }
    Ok(())
}

fn check_documentation_version(tx: &Transaction<'_>, api_id: &str, stage: &Stage) -> Result<(), Refusal> {
    match &stage.documentation_version {
        Some(version) if !tx.contains(&format!("docversion/{api_id}/{version}")) => {
            Err(Refusal::not_found("Invalid Documentation version specified"))
        }
        _ => Ok(()),
    }
}

/// Demands that a client certificate is there; the words are those about other entities that a call names.
fn check_client_certificate(tx: &Transaction<'_>, stage: &Stage) -> Result<(), Refusal> {
    match &stage.client_certificate_id {
        Some(id) if !tx.contains(&super::client_certificate::key(id)) => {
            Err(Refusal::bad_request("Invalid Client Certificate identifier specified"))
        }
        _ => Ok(()),
    }
}
