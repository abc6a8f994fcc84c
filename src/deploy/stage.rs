//! The calls on stages and deployments, each with the words for its failure.

use std::collections::BTreeMap;

use aws_sdk_apigateway::operation::get_stage::GetStageOutput;
use aws_sdk_apigateway::types::{DeploymentCanarySettings, MethodSetting, Op, PatchOperation};

use super::call::{Repeat, call};
use super::{Connection, DeployError, http_api};

/// A stage as it is.
#[derive(Clone, Debug, Default)]
pub(super) struct StageNow {
    /// The deployment it serves.
    pub(super) deployment: String,
    /// Its variables, by name.
    pub(super) variables: BTreeMap<String, String>,
    /// Its settings, by the paths that UpdateStage knows them by.
    pub(super) settings: BTreeMap<String, String>,
    /// Its tags.
    pub(super) tags: BTreeMap<String, String>,
    /// Its canary: the deployment and whether it overrides stage variables.
    pub(super) canary: Option<(String, bool)>,
    /// Whether each change of the API is deployed at once; HTTP APIs only.
    pub(super) auto_deploy: bool,
}

/// What a patch does to a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Patch {
    /// The member of this path gets this value.
    Set(String, String),
    /// The member of this path goes.
    Unset(String),
}

/// Returns a stage, or nothing when there is none of this name (GetStage).
pub(super) async fn stage(connection: &Connection, api_id: &str, name: &str) -> Result<Option<StageNow>, DeployError> {
    if connection.is_http() {
        return http_api::stage(connection, api_id, name).await;
    }
    let request = connection.client.get_stage().rest_api_id(api_id).stage_name(name);
    let subject = format!("stage `{name}` of API `{api_id}`");
    match call(connection, "GetStage", &subject, Repeat::Freely, || request.clone().send()).await {
        Ok(found) => Ok(Some(now(&found))),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn now(found: &GetStageOutput) -> StageNow {
    let map = |map: Option<&std::collections::HashMap<String, String>>| {
        map.into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect::<BTreeMap<_, _>>()
    };
    let mut settings = BTreeMap::new();
    let mut text = |path: &str, value: Option<&str>| {
        if let Some(value) = value {
            settings.insert(path.to_owned(), value.to_owned());
        }
    };
    text("/description", found.description());
    text("/cacheClusterEnabled", Some(if found.cache_cluster_enabled() { "true" } else { "false" }));
    text("/cacheClusterSize", found.cache_cluster_size().map(aws_sdk_apigateway::types::CacheClusterSize::as_str));
    text("/tracingEnabled", Some(if found.tracing_enabled() { "true" } else { "false" }));
    text("/clientCertificateId", found.client_certificate_id());
    text("/documentationVersion", found.documentation_version());
    if let Some(log) = found.access_log_settings() {
        text("/accessLogSettings/destinationArn", log.destination_arn());
        text("/accessLogSettings/format", log.format());
    }
    for (key, setting) in found.method_settings().into_iter().flatten() {
        for (member, value) in method_members(setting) {
            settings.insert(format!("{}/{member}", method_path(key)), value);
        }
    }
    StageNow {
        deployment: found.deployment_id().unwrap_or_default().to_owned(),
        variables: map(found.variables()),
        settings,
        tags: map(found.tags()),
        auto_deploy: false,
        canary: found.canary_settings().map(|canary| {
            let has_overrides = canary.stage_variable_overrides().is_some_and(|overrides| !overrides.is_empty());
            (canary.deployment_id().unwrap_or_default().to_owned(), has_overrides)
        }),
    }
}

fn method_members(setting: &MethodSetting) -> Vec<(&'static str, String)> {
    let mut members = vec![
        ("metrics/enabled", setting.metrics_enabled().to_string()),
        ("logging/dataTrace", setting.data_trace_enabled().to_string()),
        ("throttling/burstLimit", setting.throttling_burst_limit().to_string()),
        ("throttling/rateLimit", setting.throttling_rate_limit().to_string()),
        ("caching/enabled", setting.caching_enabled().to_string()),
        ("caching/ttlInSeconds", setting.cache_ttl_in_seconds().to_string()),
        ("caching/dataEncrypted", setting.cache_data_encrypted().to_string()),
        ("caching/requireAuthorizationForCacheControl", setting.require_authorization_for_cache_control().to_string()),
    ];
    if let Some(level) = setting.logging_level() {
        members.push(("logging/loglevel", level.to_owned()));
    }
    if let Some(strategy) = setting.unauthorized_cache_control_header_strategy() {
        members.push(("caching/unauthorizedCacheControlHeaderStrategy", strategy.as_str().to_owned()));
    }
    members
}

/// Returns the patch path of a method's settings. The service names a method `pets/{id}/GET`, `~1pets~1{id}/GET` or
/// `*/*`; people also write `GET /pets/{id}`.
pub(super) fn method_path(key: &str) -> String {
    let (path, verb) = match key.split_once(' ') {
        Some((verb, path)) => (path, verb),
        None => key.rsplit_once('/').unwrap_or((key, "*")),
    };
    let path = path.replace("~1", "/");
    if path == "*" {
        return format!("/*/{verb}");
    }
    format!("/{}/{verb}", format!("/{}", path.trim_start_matches('/')).replace('~', "~0").replace('/', "~1"))
}

/// Deploys the definition to a stage, which is created when it does not exist (CreateDeployment). Is sent once. `before` is
/// the stage's deployment.
pub(super) async fn deploy(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    description: &str,
    variables: &[(String, String)],
    canary: Option<f64>,
    before: Option<&str>,
) -> Result<String, DeployError> {
    if connection.is_http() {
        return http_api::deploy(connection, api_id, stage, description, variables, before).await;
    }
    let mut request =
        connection.client.create_deployment().rest_api_id(api_id).stage_name(stage).description(description);
    for (name, value) in variables {
        request = request.variables(name, value);
    }
    if let Some(percent) = canary {
        request = request.canary_settings(DeploymentCanarySettings::builder().percent_traffic(percent).build());
    }
    let subject = format!("stage `{stage}` of API `{api_id}`");
    let answer = call(connection, "CreateDeployment", &subject, Repeat::Never, || request.clone().send()).await?;
    Ok(answer.id().unwrap_or_default().to_owned())
}

/// Deletes a deployment that no stage serves (DeleteDeployment).
pub(super) async fn delete_deployment(connection: &Connection, api_id: &str, id: &str) -> Result<(), DeployError> {
    if connection.is_http() {
        return http_api::delete_deployment(connection, api_id, id).await;
    }
    let request = connection.client.delete_deployment().rest_api_id(api_id).deployment_id(id);
    let subject = format!("deployment `{id}` of API `{api_id}`");
    call(connection, "DeleteDeployment", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// Deletes a stage (DeleteStage). One that is gone already is no error.
pub(super) async fn delete_stage(connection: &Connection, api_id: &str, stage: &str) -> Result<(), DeployError> {
    let request = connection.client.delete_stage().rest_api_id(api_id).stage_name(stage);
    let subject = format!("stage `{stage}` of API `{api_id}`");
    let deleted = if connection.is_http() {
        http_api::delete_stage(connection, api_id, stage).await
    } else {
        call(connection, "DeleteStage", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
    };
    match deleted {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

/// Returns the names of an API's stages, the one that changed last first (GetStages).
pub(super) async fn stages(connection: &Connection, api_id: &str) -> Result<Vec<String>, DeployError> {
    let mut stages: Vec<(i64, String)> = if connection.is_http() {
        http_api::stages(connection, api_id).await?
    } else {
        let request = connection.client.get_stages().rest_api_id(api_id);
        let subject = format!("API `{api_id}`");
        let answer = call(connection, "GetStages", &subject, Repeat::Freely, || request.clone().send()).await?;
        let changed = |stage: &aws_sdk_apigateway::types::Stage| {
            let changed = stage.last_updated_date().map_or(0, aws_sdk_apigateway::primitives::DateTime::secs);
            (changed, stage.stage_name().unwrap_or_default().to_owned())
        };
        answer.item().iter().map(changed).collect()
    };
    stages.sort_by(|a, b| b.cmp(a));
    Ok(stages.into_iter().map(|(_, name)| name).collect())
}

/// Returns an API's deployments with the times they were made, newest first (GetDeployments).
pub(super) async fn deployments(connection: &Connection, api_id: &str) -> Result<Vec<(String, i64)>, DeployError> {
    let mut found = Vec::new();
    let mut position = None;
    if connection.is_http() {
        found = http_api::deployments(connection, api_id).await?;
    }
    while !connection.is_http() {
        let request = connection.client.get_deployments().rest_api_id(api_id).limit(500).set_position(position);
        let subject = format!("API `{api_id}`");
        let page = call(connection, "GetDeployments", &subject, Repeat::Freely, || request.clone().send()).await?;
        found.extend(page.items().iter().map(|deployment| {
            let made = deployment.created_date().map_or(0, aws_sdk_apigateway::primitives::DateTime::secs);
            (deployment.id().unwrap_or_default().to_owned(), made)
        }));
        position = page.position().map(str::to_owned);
        if position.is_none() {
            break;
        }
    }
    found.sort_by_key(|(_, made)| std::cmp::Reverse(*made));
    Ok(found)
}

/// Changes a stage, all at once (UpdateStage).
pub(super) async fn update(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    patches: &[Patch],
) -> Result<(), DeployError> {
    if connection.is_http() {
        return http_api::update(connection, api_id, stage, patches).await;
    }
    let operations = patches.iter().map(|patch| match patch {
        Patch::Set(path, value) => PatchOperation::builder().op(Op::Replace).path(path).value(value).build(),
        Patch::Unset(path) => PatchOperation::builder().op(Op::Remove).path(path).build(),
    });
    patch(connection, api_id, stage, operations.collect()).await
}

/// Patches a stage back to what it was; what is as it was already is left alone.
pub(super) async fn take_back(
    connection: &Connection,
    api_id: &str,
    name: &str,
    back: &[Patch],
) -> Result<(), DeployError> {
    let now = stage(connection, api_id, name).await?.unwrap_or_default();
    let is_as_before = |patch: &&Patch| {
        let (path, before) = match patch {
            Patch::Set(path, value) => (path, Some(value)),
            Patch::Unset(path) => (path, None),
        };
        match path.strip_prefix("/variables/") {
            Some(variable) => now.variables.get(variable) == before,
            None if before.is_none() => !now.settings.keys().any(|known| known.starts_with(path.as_str())),
            None => now.settings.get(path).filter(|v| !v.is_empty()) == before.filter(|v| !v.is_empty()),
        }
    };
    let needed: Vec<Patch> = back.iter().filter(|patch| !is_as_before(patch)).cloned().collect();
    if needed.is_empty() {
        return Ok(());
    }
    update(connection, api_id, name, &needed).await
}

/// Points a stage to a deployment (UpdateStage).
pub(super) async fn point(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    deployment: &str,
) -> Result<(), DeployError> {
    update(connection, api_id, stage, &[Patch::Set("/deploymentId".into(), deployment.into())]).await
}

/// Sends all traffic of a stage to its canary's deployment and ends the canary (UpdateStage).
pub(super) async fn promote_canary(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    has_overrides: bool,
) -> Result<(), DeployError> {
    let copy = |from: &str, to: &str| PatchOperation::builder().op(Op::Copy).from(from).path(to).build();
    let mut operations = vec![copy("/canarySettings/deploymentId", "/deploymentId")];
    if has_overrides {
        operations.push(copy("/canarySettings/stageVariableOverrides", "/variables"));
    }
    operations.push(PatchOperation::builder().op(Op::Remove).path("/canarySettings").build());
    patch(connection, api_id, stage, operations).await
}

/// Ends the canary of a stage; what it had goes to the stage's own deployment (UpdateStage).
pub(super) async fn remove_canary(connection: &Connection, api_id: &str, stage: &str) -> Result<(), DeployError> {
    update(connection, api_id, stage, &[Patch::Unset("/canarySettings".into())]).await
}

async fn patch(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    operations: Vec<PatchOperation>,
) -> Result<(), DeployError> {
    let request =
        connection.client.update_stage().rest_api_id(api_id).stage_name(stage).set_patch_operations(Some(operations));
    let subject = format!("stage `{stage}` of API `{api_id}`");
    call(connection, "UpdateStage", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_named_in_several_ways() {
        for key in ["GET /pets/{id}", "/pets/{id}/GET", "pets/{id}/GET", "~1pets~1{id}/GET"] {
            assert_eq!(method_path(key), "/~1pets~1{id}/GET", "{key}");
        }
        assert_eq!(method_path("*/*"), "/*/*");
        assert_eq!(method_path("GET /"), "/~1/GET");
        assert_eq!(method_path("//GET"), "/~1/GET");
    }
}
