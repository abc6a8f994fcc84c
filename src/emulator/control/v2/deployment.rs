//! Deployments.

use serde::Deserialize;

use super::definition::{deploy, deployment_key, load, snapshot_key, stage_key};
use super::{at_most, input, page, text};
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;
use crate::gateway::http_api::api::iso8601;
use crate::gateway::http_api::{Deployment, Stage};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    description: Option<String>,
    stage_name: Option<String>,
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    call.control.has_http_api(id)?;
    let mut deployments: Vec<Deployment> = call.control.store.list(&deployment_key(id, ""))?;
    // The newest first, as the console and the CLI show them.
    deployments.reverse();
    page(call, &deployments)
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, id) = (call.path("apiId"), call.path("deploymentId"));
    call.control.has_http_api(api_id)?;
    let deployment: Option<Deployment> = call.control.store.get(&deployment_key(api_id, id))?;
    Answer::entity(&deployment.ok_or_else(unknown)?)
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    at_most("description", input.description.as_ref(), 1024)?;
    let api_id = call.path("apiId");
    let made = call.control.write(|tx| {
        let api = load(tx, api_id)?.ok_or_else(|| call.control.unknown_api(api_id))?;
        let made = deploy(call, tx, &api, input.description.clone().and_then(text), false)?;
        if let Some(name) = input.stage_name.as_deref().filter(|n| !n.is_empty()) {
            let key = stage_key(api_id, name);
            let mut stage: Stage = tx.get(&key)?.ok_or_else(|| {
                // The words are known from reports of users.
                Refusal::bad_request(format!(
                    "Stage {name} does not exist. StageName specified on a CreateDeployment request must exist so the \
                     stage can be updated with the new deployment."
                ))
            })?;
            stage.deployment_id = Some(made.deployment_id.clone());
            stage.last_updated_date = iso8601(call.now());
            tx.put(&key, &stage)?;
        }
        Ok(made)
    })?;
    Answer::entity(&made)
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    at_most("description", input.description.as_ref(), 1024)?;
    let key = deployment_key(call.path("apiId"), call.path("deploymentId"));
    call.control.has_http_api(call.path("apiId"))?;
    let updated = call.control.write(|tx| {
        let mut deployment: Deployment = tx.get(&key)?.ok_or_else(unknown)?;
        if let Some(description) = input.description {
            deployment.description = text(description);
        }
        tx.put(&key, &deployment)?;
        Ok(deployment)
    })?;
    Answer::entity(&updated)
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, id) = (call.path("apiId"), call.path("deploymentId"));
    call.control.has_http_api(api_id)?;
    call.control.write(|tx| {
        if !tx.contains(&deployment_key(api_id, id)) {
            return Err(unknown());
        }
        let stages: Vec<Stage> = tx.list(&stage_key(api_id, ""))?;
        if stages.iter().any(|stage| stage.deployment_id.as_deref() == Some(id)) {
            return Err(Refusal::bad_request("Active stages pointing to this deployment must be moved or deleted"));
        }
        tx.delete(&deployment_key(api_id, id));
        tx.delete(&snapshot_key(api_id, id));
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(super) fn unknown() -> Refusal {
    Refusal::not_found("Invalid Deployment identifier specified")
}
