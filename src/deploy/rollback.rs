//! Back to an earlier deployment, and, when asked, to the definition before it.

use std::collections::BTreeMap;

use super::history::Entry;
use super::rest_api::{self, PutOptions};
use super::stage::{self, Patch};
use super::{Connection, DeployError};

/// Points a stage to an earlier deployment, and gives it the variables that went with it; one without a value goes.
///
/// # Errors
/// When the service refuses: the deployment may be gone.
pub async fn repoint(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    deployment: &str,
    variables: &BTreeMap<String, Option<String>>,
) -> Result<(), DeployError> {
    let mut patches = vec![Patch::Set("/deploymentId".into(), deployment.to_owned())];
    patches.extend(variables.iter().map(|(name, value)| match value {
        Some(value) => Patch::Set(format!("/variables/{name}"), value.clone()),
        None => Patch::Unset(format!("/variables/{name}")),
    }));
    stage::update(connection, api_id, stage, &patches).await
}

/// Puts an exported document back as the API's definition. What is called does not change until it is deployed.
///
/// # Errors
/// When the service refuses.
pub async fn restore_definition(connection: &Connection, api_id: &str, export: &str) -> Result<(), DeployError> {
    rest_api::put(connection, api_id, export, PutOptions::restoring()).await.map(drop)
}

/// Returns the deployment that a stage serves, or nothing when there is no such stage.
///
/// # Errors
/// When the service fails.
pub async fn current_deployment(
    connection: &Connection,
    api_id: &str,
    stage: &str,
) -> Result<Option<String>, DeployError> {
    Ok(stage::stage(connection, api_id, stage).await?.map(|stage| stage.deployment))
}

/// Returns the deployments that a stage and its canary, if it has one, serve; nothing when there is no such stage.
///
/// # Errors
/// When the service fails.
pub async fn deployments_of(
    connection: &Connection,
    api_id: &str,
    stage: &str,
) -> Result<Option<(String, Option<String>)>, DeployError> {
    let now = stage::stage(connection, api_id, stage).await?;
    Ok(now.map(|stage| (stage.deployment, stage.canary.map(|(canary, _)| canary))))
}

/// Returns the deployment that was made before this one, when the service still has it.
///
/// # Errors
/// When the service fails.
pub async fn deployment_before(
    connection: &Connection,
    api_id: &str,
    deployment: &str,
) -> Result<Option<String>, DeployError> {
    let all = stage::deployments(connection, api_id).await?;
    Ok(all.iter().skip_while(|(id, _)| id != deployment).nth(1).map(|(id, _)| id.clone()))
}

/// Undoes an import that was cut off: the stage, its variables and the definition become what they were, and what it
/// created goes. Returns what was done, in words.
///
/// # Errors
/// When the service fails.
pub async fn undo_cut_off(connection: &Connection, entry: &Entry) -> Result<String, DeployError> {
    let creating = entry.api_id.is_empty();
    let named = if creating { &entry.name } else { &entry.api_id };
    let found = rest_api::apis(connection, named).await?;
    // Clocks differ a little; an API that is older was there before.
    const CLOCKS_DIFFER: i64 = 60;
    let ours = |api: &&rest_api::ApiSummary| !creating || api.created + CLOCKS_DIFFER >= entry.time;
    let Some(api) = found.iter().find(ours) else { return Ok("it had changed nothing".into()) };
    // A stage that a plan is for cannot go.
    entry.beside_before.take_back_usage(connection, &api.id, &entry.stage, entry.time).await?;
    if creating {
        rest_api::delete(connection, &api.id).await?;
        return Ok(format!("API `{}` ({}), which it had created, has been deleted", api.name, api.id));
    }
    if let Some(now) = stage::stage(connection, &api.id, &entry.stage).await? {
        match &entry.deployment_before {
            None => stage::delete_stage(connection, &api.id, &entry.stage).await?,
            Some(before) => {
                let mut patches = Vec::new();
                // A stage that deploys itself does so again when the definition is put back.
                if &now.deployment != before && !now.auto_deploy {
                    patches.push(Patch::Set("/deploymentId".into(), before.clone()));
                }
                for (name, before) in &entry.variables_before {
                    let path = format!("/variables/{name}");
                    match before {
                        Some(value) if now.variables.get(name) != Some(value) => {
                            patches.push(Patch::Set(path, value.clone()));
                        }
                        None if now.variables.contains_key(name) => patches.push(Patch::Unset(path)),
                        _ => {}
                    }
                }
                if !patches.is_empty() {
                    stage::update(connection, &api.id, &entry.stage, &patches).await?;
                }
            }
        }
    }
    let has_stage = entry.deployment_before.is_some();
    entry.beside_before.take_back_settings(connection, &api.id, &entry.stage, has_stage).await?;
    if let Some(before) = &entry.export_before {
        restore_definition(connection, &api.id, before).await?;
    }
    Ok(format!("API `{}` ({}) has been put back as it was", api.name, api.id))
}

/// Sends all traffic of a stage to its canary's deployment and ends the canary. Returns that deployment, or
/// nothing when there is no canary.
///
/// # Errors
/// When the service fails.
pub async fn promote(connection: &Connection, api_id: &str, stage: &str) -> Result<Option<String>, DeployError> {
    let Some((deployment, has_overrides)) = canary(connection, api_id, stage).await? else { return Ok(None) };
    if let Err(error) = stage::promote_canary(connection, api_id, stage, has_overrides).await {
        // Sent again after its answer was lost, it finds no canary.
        let now = stage::stage(connection, api_id, stage).await?;
        if !now.is_some_and(|now| now.canary.is_none() && now.deployment == deployment) {
            return Err(error);
        }
    }
    Ok(Some(deployment))
}

/// Ends the canary of a stage without promoting it. Returns the deployment it had, if there was one.
///
/// # Errors
/// When the service fails.
pub async fn drop_canary(connection: &Connection, api_id: &str, stage: &str) -> Result<Option<String>, DeployError> {
    let Some((deployment, _)) = canary(connection, api_id, stage).await? else { return Ok(None) };
    stage::remove_canary(connection, api_id, stage).await?;
    Ok(Some(deployment))
}

async fn canary(connection: &Connection, api_id: &str, stage: &str) -> Result<Option<(String, bool)>, DeployError> {
    let now = stage::stage(connection, api_id, stage).await?;
    let now = now.ok_or_else(|| DeployError::NoStage { api: api_id.to_owned(), stage: stage.to_owned() })?;
    Ok(now.canary)
}
