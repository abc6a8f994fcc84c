//! Stages.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;

use super::definition::{deploy_stage, deployment_key, load, stage_key};
use super::{at_most, input, page, required, text};
use crate::emulator::control::base_path_mapping::mapped;
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;
use crate::emulator::control::stage_patch::{log_format_fault, log_group_fault};
use crate::emulator::control::tags_of;
use crate::emulator::store::Transaction;
use crate::gateway::HttpApi;
use crate::gateway::http_api::api::iso8601;
use crate::gateway::http_api::stage::DEFAULT_STAGE;
use crate::gateway::http_api::{AccessLogSettings, RouteSettings, Stage};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    access_log_settings: Option<AccessLogSettings>,
    auto_deploy: Option<bool>,
    client_certificate_id: Option<String>,
    default_route_settings: Option<RouteSettings>,
    deployment_id: Option<String>,
    description: Option<String>,
    route_settings: Option<BTreeMap<String, RouteSettings>>,
    stage_name: Option<String>,
    stage_variables: Option<IndexMap<String, String>>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    call.control.has_http_api(id)?;
    let stages: Vec<Stage> = call.control.store.list(&stage_key(id, ""))?;
    page(call, &stages)
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, name) = (call.path("apiId"), call.path("stageName"));
    call.control.has_http_api(api_id)?;
    let stage: Option<Stage> = call.control.store.get(&stage_key(api_id, name))?;
    Answer::entity(&stage.ok_or_else(unknown)?)
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let name = required(input.stage_name.clone(), "stageName")?;
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name != DEFAULT_STAGE && (name.is_empty() || name.len() > 128 || !name.chars().all(legal)) {
        return Err(Refusal::bad_request("Stage name only allows a-zA-Z0-9_"));
    }
    let api_id = call.path("apiId");
    let made = call.control.write(|tx| {
        let api = load(tx, api_id)?.ok_or_else(|| call.control.unknown_api(api_id))?;
        if tx.contains(&stage_key(api_id, &name)) {
            return Err(Refusal::conflict("Stage already exists"));
        }
        let mut stage = Stage::new(name, call.now());
        stage.tags = tags_of(input.tags.clone())?;
        apply(tx, &api, &mut stage, &input)?;
        write(call, tx, &api, stage, true)
    })?;
    Answer::entity(&made)
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let (api_id, name) = (call.path("apiId"), call.path("stageName"));
    let updated = call.control.write(|tx| {
        let api = load(tx, api_id)?.ok_or_else(|| call.control.unknown_api(api_id))?;
        let mut stage: Stage = tx.get(&stage_key(api_id, name))?.ok_or_else(unknown)?;
        let deployed_itself = stage.deploys_itself();
        apply(tx, &api, &mut stage, &input)?;
        stage.last_updated_date = iso8601(call.now());
        write(call, tx, &api, stage, !deployed_itself)
    })?;
    Answer::entity(&updated)
}

/// Writes a stage, with a deployment when it has just begun to deploy itself.
fn write(
    call: &Call<'_>,
    tx: &mut Transaction<'_>,
    api: &HttpApi,
    stage: Stage,
    begins: bool,
) -> Result<Stage, Refusal> {
    if begins && stage.deploys_itself() {
        return deploy_stage(call, tx, api, stage);
    }
    tx.put(&stage_key(&api.api.api_id, &stage.stage_name), &stage)?;
    Ok(stage)
}

fn apply(tx: &Transaction<'_>, api: &HttpApi, stage: &mut Stage, input: &Input) -> Result<(), Refusal> {
    at_most("description", input.description.as_ref(), 1024)?;
    if input.client_certificate_id.as_ref().is_some_and(|id| !id.is_empty()) {
        return Err(Refusal::bad_request("clientCertificateId is not supported on protocol type HTTP"));
    }
    // One that is empty changes nothing (reports of users).
    if let Some(description) = input.description.as_ref().filter(|description| !description.is_empty()) {
        stage.description = text(description.clone());
    }
    if let Some(automatic) = input.auto_deploy {
        stage.auto_deploy = Some(automatic);
    }
    if let Some(id) = &input.deployment_id {
        if stage.deploys_itself() {
            // The words are from reports of users.
            let message = "Deployment ID cannot be set on this stage because AutoDeploy is enabled";
            return Err(Refusal::bad_request(message));
        }
        if !tx.contains(&deployment_key(&api.api.api_id, id)) {
            return Err(super::deployment::unknown());
        }
        stage.deployment_id = Some(id.clone());
    }
    if let Some(settings) = &input.access_log_settings {
        at_most("accessLogSettings.format", settings.format.as_ref(), 3072)?;
        // What a call leaves out stays as it is (native recordings).
        let mut settings = settings.clone();
        if let Some(kept) = &stage.access_log_settings {
            settings.destination_arn = settings.destination_arn.or_else(|| kept.destination_arn.clone());
            settings.format = settings.format.or_else(|| kept.format.clone());
        }
        check_access_log(&settings)?;
        stage.access_log_settings = Some(settings).filter(|s| *s != AccessLogSettings::default());
    }
    if let Some(given) = &input.default_route_settings {
        merge_settings(&mut stage.default_route_settings, given)?;
    }
    for (key, given) in input.route_settings.iter().flatten() {
        if api.route(key).is_none() {
            return Err(Refusal::not_found(format!(
                "Unable to find Route by key {key} within the provided RouteSettings"
            )));
        }
        merge_settings(stage.route_settings.entry(key.clone()).or_default(), given)?;
    }
    for (name, value) in input.stage_variables.iter().flatten() {
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(Refusal::bad_request(format!(
                "Invalid stage variable name {name}: only a-zA-Z0-9_ are allowed"
            )));
        }
        at_most("stage variable", Some(value), 2048)?;
        // An empty value takes the variable away.
        if value.is_empty() {
            stage.stage_variables.shift_remove(name);
        } else {
            stage.stage_variables.insert(name.clone(), value.clone());
        }
    }
    Ok(())
}

/// Demands that an access log has a place and a format; the words are known from reports of users.
fn check_access_log(settings: &AccessLogSettings) -> Result<(), Refusal> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    match (given(&settings.destination_arn), given(&settings.format)) {
        (None, None) => Ok(()),
        (Some(arn), Some(format)) => match log_format_fault(&format) {
            Some(fault) => {
                const FOUND: &str = "The following errors are found in Access Log Format: ";
                Err(Refusal::bad_request(format!("{FOUND}{fault}")))
            }
            None => match log_group_fault(&arn) {
                Some(fault) => Err(Refusal::bad_request(fault)),
                None => Ok(()),
            },
        },
        _ => Err(Refusal::bad_request("Access Log value missing. Expected destinationArn and format.")),
    }
}

fn merge_settings(kept: &mut RouteSettings, given: &RouteSettings) -> Result<(), Refusal> {
    // A level of `OFF` is refused too (reports of users).
    let level = given.logging_level.as_deref().is_some_and(|level| !level.is_empty());
    if level || given.data_trace_enabled == Some(true) {
        return Err(Refusal::bad_request("Execution logs are not supported on protocolType HTTP"));
    }
    if given.throttling_burst_limit.is_some_and(|l| l < 0) || given.throttling_rate_limit.is_some_and(|l| l < 0.0) {
        return Err(Refusal::bad_request("Throttling limits must not be negative"));
    }
    if given.detailed_metrics_enabled.is_some() {
        kept.detailed_metrics_enabled = given.detailed_metrics_enabled;
    }
    if given.throttling_burst_limit.is_some() {
        kept.throttling_burst_limit = given.throttling_burst_limit;
    }
    if given.throttling_rate_limit.is_some() {
        kept.throttling_rate_limit = given.throttling_rate_limit;
    }
    Ok(())
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, name) = (call.path("apiId"), call.path("stageName"));
    call.control.has_http_api(api_id)?;
    call.control.write(|tx| {
        if !tx.contains(&stage_key(api_id, name)) {
            return Err(unknown());
        }
        let domains = mapped(tx, |m| m.rest_api_id == api_id && m.stage.as_deref() == Some(name))?;
        if !domains.is_empty() {
            return Err(Refusal::bad_request(format!(
                "Deleting stage {name} failed. Please remove all base path mappings related to the stage in your \
                 domains: {}",
                domains.join(", ")
            )));
        }
        tx.delete(&stage_key(api_id, name));
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(in super::super) fn delete_access_log(call: &Call<'_>) -> Result<Answer, Refusal> {
    change(call, |stage| {
        stage.access_log_settings = None;
        Ok(())
    })
}

pub(in super::super) fn delete_route_settings(call: &Call<'_>) -> Result<Answer, Refusal> {
    let key = call.path("routeKey");
    change(call, |stage| {
        let removed = stage.route_settings.remove(key).map(drop);
        removed.ok_or_else(|| Refusal::not_found(format!("Invalid route key {key} specified")))
    })
}

fn change(call: &Call<'_>, change: impl FnOnce(&mut Stage) -> Result<(), Refusal>) -> Result<Answer, Refusal> {
    let (api_id, name) = (call.path("apiId"), call.path("stageName"));
    call.control.has_http_api(api_id)?;
    call.control.write(|tx| {
        let mut stage: Stage = tx.get(&stage_key(api_id, name))?.ok_or_else(unknown)?;
        change(&mut stage)?;
        stage.last_updated_date = iso8601(call.now());
        Ok::<_, Refusal>(tx.put(&stage_key(api_id, name), &stage)?)
    })?;
    Ok(Answer::empty())
}

pub(super) fn unknown() -> Refusal {
    Refusal::not_found("Invalid stage identifier specified")
}
