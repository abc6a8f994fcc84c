//! The calls on HTTP APIs (API Gateway v2): the same as those on REST APIs and their stages, in that service's words.
//!
//! A stage is known by the paths that UpdateStage of REST APIs has; here they become members of the stage.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_apigatewayv2::operation::get_stage::GetStageOutput;
use aws_sdk_apigatewayv2::types::{AccessLogSettings, ProtocolType, RouteSettings};

use crate::gateway::import::BasePathMode;

use super::call::{Repeat, call};
use super::rest_api::{ApiSummary, PutAnswer, PutOptions};
use super::stage::{Patch, StageNow, method_path};
use super::{Connection, DeployError};

/// Returns the HTTP APIs that have this id or this name (GetApis).
pub(super) async fn apis(connection: &Connection, id_or_name: &str) -> Result<Vec<ApiSummary>, DeployError> {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let request = connection.http_apis.get_apis().max_results("500").set_next_token(token);
        let subject = format!("API `{id_or_name}`");
        let page = call(connection, "GetApis", &subject, Repeat::Freely, || request.clone().send()).await?;
        let named = |api: &&aws_sdk_apigatewayv2::types::Api| {
            api.protocol_type() == Some(&ProtocolType::Http) && [api.api_id(), api.name()].contains(&Some(id_or_name))
        };
        found.extend(page.items().iter().filter(named).map(summary));
        token = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
        if token.is_none() {
            return Ok(found);
        }
    }
}

/// Returns up to two HTTP APIs of the account: enough to know whether there is only one (GetApis).
pub(super) async fn first_apis(connection: &Connection) -> Result<Vec<ApiSummary>, DeployError> {
    let request = connection.http_apis.get_apis().max_results("500");
    let page = call(connection, "GetApis", "the account", Repeat::Freely, || request.clone().send()).await?;
    let http = page.items().iter().filter(|api| api.protocol_type() == Some(&ProtocolType::Http));
    Ok(http.take(2).map(summary).collect())
}

fn summary(api: &aws_sdk_apigatewayv2::types::Api) -> ApiSummary {
    let mut tags: Vec<_> = api.tags().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
    tags.sort();
    ApiSummary {
        id: api.api_id().unwrap_or_default().to_owned(),
        name: api.name().unwrap_or_default().to_owned(),
        created: api.created_date().map_or(0, aws_sdk_apigatewayv2::primitives::DateTime::secs),
        tags,
    }
}

/// Returns the bytes of the export of a stage with all extensions (ExportApi).
pub(super) async fn export(connection: &Connection, api_id: &str, stage: &str) -> Result<Vec<u8>, DeployError> {
    let request = connection
        .http_apis
        .export_api()
        .api_id(api_id)
        .stage_name(stage)
        .specification("OAS30")
        .output_type("JSON")
        .include_extensions(true);
    let subject = format!("stage `{stage}` of API `{api_id}`");
    let answer = call(connection, "ExportApi", &subject, Repeat::Freely, || request.clone().send()).await?;
    Ok(answer.body().map(|b| b.as_ref().to_vec()).unwrap_or_default())
}

/// Creates an API of a document (ImportApi). Is sent once: a second call would make a second API.
pub(super) async fn import(
    connection: &Connection,
    name: &str,
    body: &str,
    options: PutOptions,
) -> Result<PutAnswer, DeployError> {
    let request = connection
        .http_apis
        .import_api()
        .fail_on_warnings(options.fail_on_warnings)
        .basepath(base_path(options.base_path))
        .body(body);
    let subject = format!("API `{name}`");
    let answer = call(connection, "ImportApi", &subject, Repeat::Never, || request.clone().send()).await?;
    Ok(PutAnswer { id: answer.api_id().unwrap_or_default().to_owned(), warnings: answer.warnings().to_vec() })
}

/// Replaces the definition of an API (ReimportApi).
pub(super) async fn put(
    connection: &Connection,
    api_id: &str,
    body: &str,
    options: PutOptions,
) -> Result<PutAnswer, DeployError> {
    let request = connection
        .http_apis
        .reimport_api()
        .api_id(api_id)
        .fail_on_warnings(options.fail_on_warnings)
        .basepath(base_path(options.base_path))
        .body(body);
    let subject = format!("API `{api_id}`");
    let answer = call(connection, "ReimportApi", &subject, Repeat::Freely, || request.clone().send()).await?;
    Ok(PutAnswer { id: api_id.to_owned(), warnings: answer.warnings().to_vec() })
}

/// Deletes an API (DeleteApi).
pub(super) async fn delete(connection: &Connection, api_id: &str) -> Result<(), DeployError> {
    let request = connection.http_apis.delete_api().api_id(api_id);
    let subject = format!("API `{api_id}`");
    call(connection, "DeleteApi", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// Returns a stage, or nothing when there is none of this name (GetStage).
pub(super) async fn stage(connection: &Connection, api_id: &str, name: &str) -> Result<Option<StageNow>, DeployError> {
    Ok(whole_stage(connection, api_id, name).await?.map(|found| now(&found)))
}

async fn whole_stage(connection: &Connection, api_id: &str, name: &str) -> Result<Option<GetStageOutput>, DeployError> {
    let request = connection.http_apis.get_stage().api_id(api_id).stage_name(name);
    let subject = format!("stage `{name}` of API `{api_id}`");
    match call(connection, "GetStage", &subject, Repeat::Freely, || request.clone().send()).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn now(found: &GetStageOutput) -> StageNow {
    let map = |map: Option<&HashMap<String, String>>| {
        map.into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect::<BTreeMap<_, _>>()
    };
    let mut settings = BTreeMap::new();
    let mut text = |path: String, value: Option<String>| {
        if let Some(value) = value {
            settings.insert(path, value);
        }
    };
    text("/description".into(), found.description().map(str::to_owned));
    if let Some(log) = found.access_log_settings() {
        text("/accessLogSettings/destinationArn".into(), log.destination_arn().map(str::to_owned));
        text("/accessLogSettings/format".into(), log.format().map(str::to_owned));
    }
    let routes = found.route_settings().into_iter().flatten().map(|(key, route)| (method_path(key), route));
    for (base, route) in routes.chain(found.default_route_settings().map(|route| ("/*/*".to_owned(), route))) {
        text(format!("{base}/metrics/enabled"), route.detailed_metrics_enabled().map(|v| v.to_string()));
        text(format!("{base}/throttling/burstLimit"), route.throttling_burst_limit().map(|v| v.to_string()));
        text(format!("{base}/throttling/rateLimit"), route.throttling_rate_limit().map(|v| v.to_string()));
    }
    StageNow {
        deployment: found.deployment_id().unwrap_or_default().to_owned(),
        variables: map(found.stage_variables()),
        settings,
        tags: map(found.tags()),
        canary: None,
        auto_deploy: found.auto_deploy().unwrap_or_default(),
    }
}

/// Returns whether an HTTP API's stage has this setting.
pub(super) fn has_setting(path: &str) -> bool {
    path == "/description"
        || path.starts_with("/accessLogSettings/")
        || ["/metrics/enabled", "/throttling/burstLimit", "/throttling/rateLimit"].iter().any(|end| path.ends_with(end))
}

/// How long a stage that deploys itself is waited for.
const SELF_DEPLOYMENT: Duration = Duration::from_secs(20);

/// Deploys the definition to a stage. A new stage is made so that it deploys itself from then on; one that does is waited
/// for until it serves another deployment than `before`.
pub(super) async fn deploy(
    connection: &Connection,
    api_id: &str,
    name: &str,
    description: &str,
    variables: &[(String, String)],
    before: Option<&str>,
) -> Result<String, DeployError> {
    let subject = format!("stage `{name}` of API `{api_id}`");
    let found = stage(connection, api_id, name).await?;
    match found {
        Some(stage) if !stage.auto_deploy => {
            let request =
                connection.http_apis.create_deployment().api_id(api_id).stage_name(name).description(description);
            let made = call(connection, "CreateDeployment", &subject, Repeat::Never, || request.clone().send()).await?;
            return Ok(made.deployment_id().unwrap_or_default().to_owned());
        }
        Some(_) => {}
        None => {
            let variables: HashMap<_, _> = variables.iter().cloned().collect();
            let request = connection
                .http_apis
                .create_stage()
                .api_id(api_id)
                .stage_name(name)
                .auto_deploy(true)
                .set_stage_variables(Some(variables).filter(|v| !v.is_empty()));
            match call(connection, "CreateStage", &subject, Repeat::Freely, || request.clone().send()).await {
                // Sent again after its answer was lost, it finds the stage there.
                Err(error) if !error.is_conflict() => return Err(error),
                _ => {}
            }
        }
    }
    let started = std::time::Instant::now();
    loop {
        let now = stage(connection, api_id, name).await?.map(|s| s.deployment).unwrap_or_default();
        // What is already deployed is not deployed again, so the wait ends in any case.
        if (!now.is_empty() && before != Some(now.as_str())) || started.elapsed() > SELF_DEPLOYMENT {
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// Deletes a deployment (DeleteDeployment).
pub(super) async fn delete_deployment(connection: &Connection, api_id: &str, id: &str) -> Result<(), DeployError> {
    let request = connection.http_apis.delete_deployment().api_id(api_id).deployment_id(id);
    let subject = format!("deployment `{id}` of API `{api_id}`");
    call(connection, "DeleteDeployment", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// Deletes a stage (DeleteStage).
pub(super) async fn delete_stage(connection: &Connection, api_id: &str, name: &str) -> Result<(), DeployError> {
    let request = connection.http_apis.delete_stage().api_id(api_id).stage_name(name);
    let subject = format!("stage `{name}` of API `{api_id}`");
    call(connection, "DeleteStage", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// Returns an API's stages with the times they changed (GetStages).
pub(super) async fn stages(connection: &Connection, api_id: &str) -> Result<Vec<(i64, String)>, DeployError> {
    let request = connection.http_apis.get_stages().api_id(api_id).max_results("500");
    let subject = format!("API `{api_id}`");
    let answer = call(connection, "GetStages", &subject, Repeat::Freely, || request.clone().send()).await?;
    let stages = answer.items().iter().map(|stage| {
        let changed = stage.last_updated_date().map_or(0, aws_sdk_apigatewayv2::primitives::DateTime::secs);
        (changed, stage.stage_name().unwrap_or_default().to_owned())
    });
    Ok(stages.collect())
}

/// Returns the names of an API's stages that deploy each change of the API by themselves (GetStages).
pub(super) async fn self_deploying_stages(connection: &Connection, api_id: &str) -> Result<Vec<String>, DeployError> {
    let request = connection.http_apis.get_stages().api_id(api_id).max_results("500");
    let subject = format!("API `{api_id}`");
    let answer = call(connection, "GetStages", &subject, Repeat::Freely, || request.clone().send()).await?;
    let deploying = answer.items().iter().filter(|stage| stage.auto_deploy().unwrap_or_default());
    Ok(deploying.filter_map(|stage| stage.stage_name().map(str::to_owned)).collect())
}

/// Returns an API's deployments with the times they were made (GetDeployments).
pub(super) async fn deployments(connection: &Connection, api_id: &str) -> Result<Vec<(String, i64)>, DeployError> {
    let request = connection.http_apis.get_deployments().api_id(api_id).max_results("500");
    let subject = format!("API `{api_id}`");
    let answer = call(connection, "GetDeployments", &subject, Repeat::Freely, || request.clone().send()).await?;
    let deployments = answer.items().iter().map(|deployment| {
        let made = deployment.created_date().map_or(0, aws_sdk_apigatewayv2::primitives::DateTime::secs);
        (deployment.deployment_id().unwrap_or_default().to_owned(), made)
    });
    Ok(deployments.collect())
}

/// Changes a stage, all at once (UpdateStage). A stage that is pointed to a deployment stops deploying itself, because it
/// could not stay there otherwise.
pub(super) async fn update(
    connection: &Connection,
    api_id: &str,
    name: &str,
    patches: &[Patch],
) -> Result<(), DeployError> {
    let subject = format!("stage `{name}` of API `{api_id}`");
    let Some(found) = whole_stage(connection, api_id, name).await? else {
        return Err(DeployError::NoStage { api: api_id.to_owned(), stage: name.to_owned() });
    };
    let mut request = connection.http_apis.update_stage().api_id(api_id).stage_name(name);
    let mut log = found.access_log_settings().cloned();
    let mut routes: BTreeMap<String, RouteSettings> = BTreeMap::new();
    for patch in patches {
        let (path, value) = match patch {
            Patch::Set(path, value) => (path.as_str(), Some(value)),
            Patch::Unset(path) => (path.as_str(), None),
        };
        let text = value.cloned().unwrap_or_default();
        if path == "/deploymentId" {
            request = request.auto_deploy(false).deployment_id(text);
        } else if path == "/description" {
            request = request.description(text);
        } else if let Some(variable) = path.strip_prefix("/variables/") {
            // An empty value takes a variable away.
            request = request.stage_variables(variable, text);
        } else if path.starts_with("/accessLogSettings") {
            let known = log.unwrap_or_else(|| AccessLogSettings::builder().build());
            let (mut arn, mut format) = (known.destination_arn, known.format);
            match path.rsplit('/').next() {
                Some("destinationArn") => arn = Some(text),
                Some("format") => format = Some(text),
                _ => (arn, format) = (Some(String::new()), Some(String::new())),
            }
            log = Some(AccessLogSettings::builder().set_destination_arn(arn).set_format(format).build());
            request = request.set_access_log_settings(log.clone());
        } else if let [member, group, method] = path.rsplitn(3, '/').collect::<Vec<_>>().as_slice() {
            let key = route_key(method);
            let known = match key.as_str() {
                DEFAULT_ROUTE => found.default_route_settings().cloned(),
                key => found.route_settings().and_then(|routes| routes.get(key)).cloned(),
            };
            let known = routes.remove(&key).or(known).unwrap_or_else(|| RouteSettings::builder().build());
            routes.insert(key, with(known, group, member, &text));
        }
    }
    for (key, settings) in routes {
        request = match key.as_str() {
            DEFAULT_ROUTE => request.default_route_settings(settings),
            _ => request.route_settings(key, settings),
        };
    }
    call(connection, "UpdateStage", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// The key under which the settings of all routes are collected.
const DEFAULT_ROUTE: &str = "";

/// Returns the route key of a patch path: `GET /pets` of `/~1pets/GET`.
fn route_key(method: &str) -> String {
    let (path, verb) = method.trim_start_matches('/').split_once('/').unwrap_or((method, "*"));
    if path == "*" {
        return DEFAULT_ROUTE.to_owned();
    }
    let path = path.replace("~1", "/").replace("~0", "~");
    if path.trim_start_matches('/').starts_with('$') {
        return path.trim_start_matches('/').to_owned();
    }
    format!("{verb} {path}")
}

fn with(known: RouteSettings, group: &str, member: &str, text: &str) -> RouteSettings {
    let mut settings = known;
    match (group, member) {
        ("metrics", "enabled") => settings.detailed_metrics_enabled = Some(text == "true"),
        ("throttling", "burstLimit") => settings.throttling_burst_limit = text.parse().ok(),
        ("throttling", "rateLimit") => settings.throttling_rate_limit = text.parse().ok(),
        _ => {}
    }
    settings
}

/// Sets tags of the thing of this ARN (TagResource).
pub(super) async fn tag(
    connection: &Connection,
    arn: &str,
    path: &str,
    tags: &[(String, String)],
) -> Result<(), DeployError> {
    let mut request = connection.http_apis.tag_resource().resource_arn(arn);
    for (name, value) in tags {
        request = request.tags(name, value);
    }
    let subject = format!("`{path}`");
    call(connection, "TagResource", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// Removes tags of the thing of this ARN (UntagResource).
pub(super) async fn untag(connection: &Connection, arn: &str, path: &str, names: &[String]) -> Result<(), DeployError> {
    let request = connection.http_apis.untag_resource().resource_arn(arn).set_tag_keys(Some(names.to_vec()));
    let subject = format!("`{path}`");
    call(connection, "UntagResource", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

fn base_path(mode: BasePathMode) -> &'static str {
    match mode {
        BasePathMode::Ignore => "ignore",
        BasePathMode::Prepend => "prepend",
        BasePathMode::Split => "split",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patch_paths_name_routes() {
        assert_eq!(route_key(&method_path("GET /pets/{id}")), "GET /pets/{id}");
        assert_eq!(route_key(&method_path("*/*")), DEFAULT_ROUTE);
        assert!(has_setting("/~1pets/GET/throttling/rateLimit"));
        assert!(!has_setting("/tracingEnabled"));
    }
}
