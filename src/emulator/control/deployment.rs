//! Deployment: a copy of an API under a number.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::emulator::store::{Transaction, snapshot_key};
use crate::gateway::import::IdSource as _;
use crate::gateway::integration_rules::{CALLER, unsupported_service};
use crate::gateway::{ApiDefinition, CanarySettings, Deployment, Snapshot, Stage};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::page::page;
use super::patch::{self, Op};
use super::refusal::Refusal;
use super::stage;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    stage_name: Option<String>,
    stage_description: Option<String>,
    description: Option<String>,
    cache_cluster_enabled: Option<bool>,
    cache_cluster_size: Option<String>,
    variables: Option<IndexMap<String, Option<String>>>,
    canary_settings: Option<CanaryInput>,
    tracing_enabled: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CanaryInput {
    percent_traffic: Option<f64>,
    stage_variable_overrides: Option<IndexMap<String, Option<String>>>,
    use_stage_cache: Option<bool>,
}

/// Returns the key of a deployment.
pub(super) fn key(api_id: &str, deployment_id: &str) -> String {
    format!("deployment/{api_id}/{deployment_id}")
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("restapi_id");
    call.control.has_api(id)?;
    let mut deployments: Vec<Deployment> = call.control.store.list(&format!("deployment/{id}/"))?;
    // By id, as APIs are too (recordings of users).
    deployments.sort_by(|one, other| one.id.cmp(&other.id));
    let items = deployments.iter().map(to_value).collect::<Result<_, _>>()?;
    page(call, items)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, id) = (call.path("restapi_id"), call.path("deployment_id"));
    let deployment: Deployment = call.control.store.get(&key(api_id, id))?.ok_or_else(unknown)?;
    let mut value = to_value(&deployment)?;
    let summary = call.query.iter().any(|(name, value)| name == "embed" && value.split(',').any(|v| v == "apisummary"));
    if summary && let Some(members) = value.as_object_mut() {
        let snapshot = call.control.store.snapshot(api_id, id)?.ok_or_else(unknown)?;
        members.insert("apiSummary".to_owned(), api_summary(&snapshot.definition));
    }
    Ok(Answer::json(value))
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    // An object without members will do, no body will not (reports of users).
    if call.body.is_empty() {
        return Err(Refusal::bad_request(
            "Invalid deployment content specified.CreateDeploymentInput should not be null.",
        ));
    }
    let input: CreateInput = call.input()?;
    let api_id = call.path("restapi_id");
    let mut constraints = Constraints::new(call.input_name());
    constraints.one_of("cacheClusterSize", input.cache_cluster_size.as_deref(), &stage::CACHE_CLUSTER_SIZES);
    constraints.finish()?;
    stage::check_variables(input.variables.as_ref())?;
    let made = call.control.write(|tx| {
        let definition = tx.definition(api_id)?.ok_or_else(|| call.control.unknown_api(api_id))?;
        check_deployable(&definition)?;
        let made = Deployment {
            id: call.ids().next_id(6),
            description: input.description.clone().filter(|text| !text.is_empty()),
            created_date: call.now(),
        };
        put_stage(call, tx, &input, &made)?;
        tx.put(&key(api_id, &made.id), &made)?;
        tx.put_snapshot(api_id, Snapshot { deployment: made.clone(), definition })?;
        Ok(made)
    })?;
    Answer::entity(&made)
}

fn check_deployable(definition: &ApiDefinition) -> Result<(), Refusal> {
    let methods = super::method::all(definition);
    if methods.is_empty() {
        return Err(Refusal::bad_request("The REST API doesn't contain any methods"));
    }
    if methods.values().any(|method| method.method_integration.is_none()) {
        return Err(Refusal::bad_request("No integration defined for method"));
    }
    // The words are known from reports of users.
    let mut integrations = methods.values().filter_map(|method| method.method_integration.as_ref());
    if let Some(service) = integrations.find_map(unsupported_service) {
        return Err(Refusal::bad_request(format!("AWS Service of type {service} not supported")));
    }
    let mut integrations = methods.values().filter_map(|method| method.method_integration.as_ref());
    if definition.api.policy.is_some() && integrations.any(|one| one.credentials.as_deref() == Some(CALLER)) {
        return Err(Refusal::bad_request("Caller provided credentials not allowed when resource policy is set"));
    }
    if definition.api.endpoint_configuration.types.iter().any(|t| t == "PRIVATE") && definition.api.policy.is_none() {
        return Err(Refusal::bad_request("Private REST API doesn't have a resource policy attached to it"));
    }
    Ok(())
}

/// Makes the stage that a deployment names, or moves it to the deployment.
fn put_stage(call: &Call<'_>, tx: &mut Transaction<'_>, input: &CreateInput, made: &Deployment) -> Result<(), Refusal> {
    let api_id = call.path("restapi_id");
    let name = input.stage_name.as_deref().filter(|name| !name.is_empty());
    if let Some(canary) = &input.canary_settings {
        let Some(name) = name else {
            let value = input.stage_name.as_deref().unwrap_or("null");
            return Err(Refusal::bad_request(format!(
                "Invalid deployment content specified.Non null and non empty stageName must be provided for canary \
                 deployment. Provided value is {value}"
            )));
        };
        let mut stage: Stage = tx.get(&stage::key(api_id, name))?.ok_or_else(|| {
            Refusal::bad_request(format!(
                "Invalid deployment content specified.Stage {name} must already be created before making a canary \
                 release deployment"
            ))
        })?;
        super::stage_patch::check_percent(canary.percent_traffic.unwrap_or_default())?;
        stage.canary_settings = Some(CanarySettings {
            percent_traffic: canary.percent_traffic.unwrap_or_default(),
            deployment_id: Some(made.id.clone()),
            stage_variable_overrides: stage::texts(canary.stage_variable_overrides.clone()),
            use_stage_cache: canary.use_stage_cache.unwrap_or_default(),
        });
        stage.last_updated_date = call.now();
        return Ok(tx.put(&stage::key(api_id, name), &stage)?);
    }
    let Some(name) = name else { return Ok(()) };
    let mut stage = match tx.get::<Stage>(&stage::key(api_id, name))? {
        // The words are known from reports of users.
        Some(stage) if stage.canary_settings.is_some() => {
            return Err(Refusal::bad_request(format!(
                "Invalid deployment content specified.Non canary deployment not supported on stage {name} because \
                 Canary is enabled. Provide CanarySettings in deploymentInput."
            )));
        }
        Some(stage) => stage,
        None => {
            stage::check_name(name)?;
            stage::check_quota(tx, api_id)?;
            Stage::new(name, made.id.clone(), call.now())
        }
    };
    stage.deployment_id.clone_from(&made.id);
    if let Some(description) = input.stage_description.clone().filter(|text| !text.is_empty()) {
        stage.description = Some(description);
    }
    if let Some(variables) = stage::texts(input.variables.clone()) {
        stage.variables = Some(variables);
    }
    if let Some(enabled) = input.cache_cluster_enabled {
        stage::set_cache_cluster(&mut stage, enabled, input.cache_cluster_size.clone());
    }
    if let Some(enabled) = input.tracing_enabled {
        stage.tracing_enabled = enabled;
    }
    stage.last_updated_date = call.now();
    Ok(tx.put(&stage::key(api_id, name), &stage)?)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let key = key(call.path("restapi_id"), call.path("deployment_id"));
    let updated = call.control.write(|tx| {
        let mut deployment: Deployment = tx.get(&key)?.ok_or_else(unknown)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/description") => deployment.description = operation.non_empty(),
                _ => return Err(operation.unsupported(&["/description"])),
            }
        }
        tx.put(&key, &deployment)?;
        Ok(deployment)
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, id) = (call.path("restapi_id"), call.path("deployment_id"));
    call.control.write(|tx| {
        if !tx.contains(&key(api_id, id)) {
            return Err(unknown());
        }
        let stages: Vec<Stage> = tx.list(&format!("stage/{api_id}/"))?;
        let uses = |stage: &Stage| {
            let canary = stage.canary_settings.as_ref().and_then(|canary| canary.deployment_id.as_deref());
            stage.deployment_id == id || canary == Some(id)
        };
        if stages.iter().any(uses) {
            return Err(Refusal::bad_request("Active stages pointing to this deployment must be moved or deleted"));
        }
        tx.delete(&key(api_id, id));
        tx.delete(&snapshot_key(api_id, id));
        Ok(())
    })?;
    Ok(Answer::empty())
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Deployment identifier specified")
}

fn api_summary(definition: &ApiDefinition) -> Value {
    let mut paths = Map::new();
    for ((path, verb), method) in super::method::all(definition) {
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            let summary =
                json!({ "authorizationType": method.authorization_type, "apiKeyRequired": method.api_key_required });
            methods.insert(verb.to_owned(), summary);
        }
    }
    Value::Object(paths)
}
