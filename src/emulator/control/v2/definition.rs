//! Reading and changing what an HTTP API defines, and deploying it.
//!
//! Each entity is a record of its own. A change is made on the whole API, then the records that differ are written, in
//! one transaction with the deployments of stages that deploy themselves.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::emulator::control::Control;
use crate::emulator::control::call::Call;
use crate::emulator::control::refusal::Refusal;
use crate::emulator::store::{Store, StoreError, Transaction};
use crate::gateway::HttpApi;
use crate::gateway::http_api::api::iso8601;
use crate::gateway::http_api::{Api, Authorizer, Deployment, Integration, Route, Stage};
use crate::gateway::import::IdSource as _;

/// What automatic deployments say of themselves (AWS CLI, examples of `get-deployments`).
const AUTOMATIC: &str = "Automatic deployment triggered by changes to the Api configuration";

/// Automatic deployments that are kept when no stage shows them any more.
const KEPT_AUTOMATIC: usize = 10;

pub(in super::super) fn api_key(api_id: &str) -> String {
    format!("httpapi/{api_id}")
}

pub(super) fn stage_key(api_id: &str, name: &str) -> String {
    format!("httpstage/{api_id}/{name}")
}

pub(super) fn deployment_key(api_id: &str, id: &str) -> String {
    format!("httpdeployment/{api_id}/{id}")
}

pub(super) fn snapshot_key(api_id: &str, id: &str) -> String {
    format!("httpsnapshot/{api_id}/{id}")
}

/// Where records are read from.
pub(super) trait Records {
    fn one<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError>;
    fn all<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<T>, StoreError>;
}

impl Records for Store {
    fn one<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.get(key)
    }
    fn all<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<T>, StoreError> {
        self.list(prefix)
    }
}

impl Records for Transaction<'_> {
    fn one<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.get(key)
    }
    fn all<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<T>, StoreError> {
        self.list(prefix)
    }
}

/// Returns an API with all that it defines; in a transaction, as it was when that began.
pub(super) fn load(records: &impl Records, api_id: &str) -> Result<Option<HttpApi>, Refusal> {
    let Some(api) = records.one::<Api>(&api_key(api_id))? else { return Ok(None) };
    let routes: Vec<Route> = records.all(&format!("httproute/{api_id}/"))?;
    let integrations: Vec<Integration> = records.all(&format!("httpintegration/{api_id}/"))?;
    let authorizers: Vec<Authorizer> = records.all(&format!("httpauthorizer/{api_id}/"))?;
    Ok(Some(HttpApi {
        api,
        routes: routes.into_iter().map(|r| (r.route_id.clone(), r)).collect(),
        integrations: integrations.into_iter().map(|i| (i.integration_id.clone(), i)).collect(),
        authorizers: authorizers.into_iter().map(|a| (a.authorizer_id.clone(), a)).collect(),
    }))
}

/// Writes what of an API differs from what there was.
pub(super) fn save(tx: &mut Transaction<'_>, before: Option<&HttpApi>, after: &HttpApi) -> Result<(), Refusal> {
    let id = &after.api.api_id;
    if before.is_none_or(|b| b.api != after.api) {
        tx.put(&api_key(id), &after.api)?;
    }
    save_all(tx, &format!("httproute/{id}/"), before.map(|b| &b.routes), &after.routes)?;
    save_all(tx, &format!("httpintegration/{id}/"), before.map(|b| &b.integrations), &after.integrations)?;
    save_all(tx, &format!("httpauthorizer/{id}/"), before.map(|b| &b.authorizers), &after.authorizers)
}

fn save_all<T: Serialize + PartialEq>(
    tx: &mut Transaction<'_>,
    prefix: &str,
    before: Option<&BTreeMap<String, T>>,
    after: &BTreeMap<String, T>,
) -> Result<(), Refusal> {
    for (id, entity) in after {
        if before.and_then(|b| b.get(id)) != Some(entity) {
            tx.put(&format!("{prefix}{id}"), entity)?;
        }
    }
    for id in before.into_iter().flat_map(BTreeMap::keys).filter(|id| !after.contains_key(*id)) {
        tx.delete(&format!("{prefix}{id}"));
    }
    Ok(())
}

impl Control {
    /// Returns an HTTP API with all that it defines.
    pub(super) fn http_api(&self, api_id: &str) -> Result<HttpApi, Refusal> {
        load(&*self.store, api_id)?.ok_or_else(|| self.unknown_api(api_id))
    }

    /// Demands that an HTTP API is there.
    pub(super) fn has_http_api(&self, api_id: &str) -> Result<(), Refusal> {
        if self.store.contains(&api_key(api_id)) { Ok(()) } else { Err(self.unknown_api(api_id)) }
    }
}

/// Changes what an API defines, and deploys it to the stages that deploy themselves.
pub(super) fn edit<T>(call: &Call<'_>, change: impl FnOnce(&mut HttpApi) -> Result<T, Refusal>) -> Result<T, Refusal> {
    let api_id = call.path("apiId");
    call.control.write(|tx| {
        let before = load(tx, api_id)?.ok_or_else(|| call.control.unknown_api(api_id))?;
        let mut after = before.clone();
        let value = change(&mut after)?;
        save(tx, Some(&before), &after)?;
        if is_another(&before, &after) {
            deploy_automatically(call, tx, &after)?;
        }
        Ok(value)
    })
}

/// Returns whether requests would see the change.
fn is_another(before: &HttpApi, after: &HttpApi) -> bool {
    before.routes != after.routes
        || before.integrations != after.integrations
        || before.authorizers != after.authorizers
        || before.api.cors_configuration != after.api.cors_configuration
        || before.api.disable_execute_api_endpoint != after.api.disable_execute_api_endpoint
}

/// Deploys an API to its stages that deploy themselves.
pub(super) fn deploy_automatically(call: &Call<'_>, tx: &mut Transaction<'_>, api: &HttpApi) -> Result<(), Refusal> {
    let api_id = &api.api.api_id;
    let stages: Vec<Stage> = tx.list(&format!("httpstage/{api_id}/"))?;
    for stage in stages.into_iter().filter(Stage::deploys_itself) {
        deploy_stage(call, tx, api, stage)?;
    }
    prune(tx, api_id)
}

/// Deploys an API to a stage that deploys itself, and writes the stage.
pub(super) fn deploy_stage(
    call: &Call<'_>,
    tx: &mut Transaction<'_>,
    api: &HttpApi,
    mut stage: Stage,
) -> Result<Stage, Refusal> {
    let message = match deploy(call, tx, api, None, true) {
        Ok(deployment) => {
            let message = format!("Successfully deployed stage with deployment ID '{}'", deployment.deployment_id);
            stage.deployment_id = Some(deployment.deployment_id);
            message
        }
        // Recorded.
        Err(_) if api.routes.is_empty() => {
            "Deployment attempt failed: Unable to deploy API because no valid routes exist in this API".to_owned()
        }
        Err(refusal) => format!("Deployment attempt failed: {}", refusal.message),
    };
    stage.last_deployment_status_message = Some(message);
    stage.last_updated_date = iso8601(call.now());
    tx.put(&stage_key(&api.api.api_id, &stage.stage_name), &stage)?;
    Ok(stage)
}

/// Makes a deployment: a copy of the API as it is now.
pub(super) fn deploy(
    call: &Call<'_>,
    tx: &mut Transaction<'_>,
    api: &HttpApi,
    description: Option<String>,
    automatic: bool,
) -> Result<Deployment, Refusal> {
    if api.routes.is_empty() {
        return Err(Refusal::bad_request("At least one route is required before deploying the Api."));
    }
    let made = Deployment {
        auto_deployed: automatic,
        created_date: iso8601(call.now()),
        deployment_id: call.ids().next_id(6),
        deployment_status: "DEPLOYED".to_owned(),
        description: description.or_else(|| automatic.then(|| AUTOMATIC.to_owned())),
    };
    tx.put(&deployment_key(&api.api.api_id, &made.deployment_id), &made)?;
    tx.put(&snapshot_key(&api.api.api_id, &made.deployment_id), api)?;
    Ok(made)
}

/// Deletes the oldest automatic deployments: an API that is made call by call would leave hundreds.
fn prune(tx: &mut Transaction<'_>, api_id: &str) -> Result<(), Refusal> {
    let stages: Vec<Stage> = tx.list(&format!("httpstage/{api_id}/"))?;
    // Stages may have been moved by this transaction, so both what they show and what they showed counts as shown.
    let mut shown: Vec<String> = stages.iter().filter_map(|s| s.deployment_id.clone()).collect();
    for stage in &stages {
        let now: Option<Stage> = tx.get(&stage_key(api_id, &stage.stage_name))?;
        shown.extend(now.and_then(|s| s.deployment_id));
    }
    let deployments: Vec<Deployment> = tx.list(&format!("httpdeployment/{api_id}/"))?;
    let idle: Vec<&Deployment> =
        deployments.iter().filter(|d| d.auto_deployed && !shown.contains(&d.deployment_id)).collect();
    for old in idle.iter().take(idle.len().saturating_sub(KEPT_AUTOMATIC)) {
        tx.delete(&deployment_key(api_id, &old.deployment_id));
        tx.delete(&snapshot_key(api_id, &old.deployment_id));
    }
    Ok(())
}
