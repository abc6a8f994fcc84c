//! The calls on REST APIs, each with the words for its failure.

use aws_sdk_apigateway::config::retry::RetryConfig;
use aws_sdk_apigateway::primitives::Blob;
use aws_sdk_apigateway::types::{DeploymentCanarySettings, Op, PatchOperation, PutMode};

use crate::gateway::import::{BasePathMode, ImportMode};
use crate::openapi::{Document, LoadOptions, load_text};
use crate::source::{Loader, Origin};

use super::{Connection, DeployError};

/// An API as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiSummary {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// How a document is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct PutOptions {
    pub(super) mode: ImportMode,
    pub(super) base_path: BasePathMode,
    pub(super) fail_on_warnings: bool,
    pub(super) ignore_documentation: bool,
}

/// What came of sending a document.
#[derive(Clone, Debug)]
pub(super) struct PutAnswer {
    pub(super) id: String,
    pub(super) warnings: Vec<String>,
}

/// Finds the API whose id or name this is.
///
/// # Errors
/// When the service fails, or two APIs have the name and none the id.
pub async fn find_api(connection: &Connection, id_or_name: &str) -> Result<Option<ApiSummary>, DeployError> {
    let mut named = Vec::new();
    let mut position = None;
    loop {
        let page = connection
            .client
            .get_rest_apis()
            .limit(500)
            .set_position(position)
            .send()
            .await
            .map_err(|e| DeployError::of("GetRestApis", "the account", &connection.endpoint, e))?;
        for api in page.items() {
            let summary = ApiSummary {
                id: api.id().unwrap_or_default().to_owned(),
                name: api.name().unwrap_or_default().to_owned(),
            };
            if summary.id == id_or_name {
                return Ok(Some(summary));
            }
            if summary.name == id_or_name {
                named.push(summary);
            }
        }
        position = page.position().map(str::to_owned);
        if position.is_none() {
            break;
        }
    }
    if named.len() > 1 {
        return Err(DeployError::Ambiguous {
            name: id_or_name.to_owned(),
            ids: named.into_iter().map(|a| a.id).collect(),
        });
    }
    Ok(named.pop())
}

/// Returns the text of the export of a stage with all extensions, or nothing when there is no such stage.
///
/// # Errors
/// When the service fails.
pub async fn exported_text(connection: &Connection, api_id: &str, stage: &str) -> Result<Option<String>, DeployError> {
    let answer = connection
        .client
        .get_export()
        .rest_api_id(api_id)
        .stage_name(stage)
        .export_type("oas30")
        .parameters("extensions", "integrations,authorizers,apigateway")
        .accepts("application/json")
        .send()
        .await
        .map_err(|e| DeployError::of("GetExport", format!("API `{api_id}`"), &connection.endpoint, e));
    match answer {
        Ok(export) => {
            let bytes = export.body().map(|b| b.as_ref().to_vec()).unwrap_or_default();
            let text = String::from_utf8(bytes)
                .map_err(|e| DeployError::UnreadableExport { api: api_id.to_owned(), reason: e.to_string() })?;
            Ok(Some(text))
        }
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Creates an API of a document (ImportRestApi).
pub(super) async fn import(connection: &Connection, body: &str, options: PutOptions) -> Result<PutAnswer, DeployError> {
    let mut call = connection
        .client
        .import_rest_api()
        .fail_on_warnings(options.fail_on_warnings)
        .parameters("basepath", base_path(options.base_path))
        .body(Blob::new(body));
    if options.ignore_documentation {
        call = call.parameters("ignore", "documentation");
    }
    // Sent again after its answer was lost, this call would make a second API.
    let once = aws_sdk_apigateway::config::Builder::default().retry_config(RetryConfig::disabled());
    let answer = call
        .customize()
        .config_override(once)
        .send()
        .await
        .map_err(|e| DeployError::of("ImportRestApi", "the document", &connection.endpoint, e))?;
    Ok(PutAnswer { id: answer.id().unwrap_or_default().to_owned(), warnings: answer.warnings().to_vec() })
}

/// Replaces the definition of an API (PutRestApi).
pub(super) async fn put(
    connection: &Connection,
    api_id: &str,
    body: &str,
    options: PutOptions,
) -> Result<PutAnswer, DeployError> {
    let mode = match options.mode {
        ImportMode::Merge => PutMode::Merge,
        ImportMode::Overwrite => PutMode::Overwrite,
    };
    let mut call = connection
        .client
        .put_rest_api()
        .rest_api_id(api_id)
        .mode(mode)
        .fail_on_warnings(options.fail_on_warnings)
        .parameters("basepath", base_path(options.base_path))
        .body(Blob::new(body));
    if options.ignore_documentation {
        call = call.parameters("ignore", "documentation");
    }
    let answer = call
        .send()
        .await
        .map_err(|e| DeployError::of("PutRestApi", format!("API `{api_id}`"), &connection.endpoint, e))?;
    Ok(PutAnswer { id: answer.id().unwrap_or(api_id).to_owned(), warnings: answer.warnings().to_vec() })
}

/// Deletes an API (DeleteRestApi).
pub(super) async fn delete(connection: &Connection, api_id: &str) -> Result<(), DeployError> {
    connection
        .client
        .delete_rest_api()
        .rest_api_id(api_id)
        .send()
        .await
        .map_err(|e| DeployError::of("DeleteRestApi", format!("API `{api_id}`"), &connection.endpoint, e))?;
    Ok(())
}

/// Deploys the definition to a stage, which is created when it does not exist (CreateDeployment).
pub(super) async fn deploy(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    description: &str,
    variables: &[(String, String)],
    canary: Option<f64>,
) -> Result<String, DeployError> {
    let mut call = connection.client.create_deployment().rest_api_id(api_id).stage_name(stage).description(description);
    for (name, value) in variables {
        call = call.variables(name, value);
    }
    if let Some(percent) = canary {
        call = call.canary_settings(DeploymentCanarySettings::builder().percent_traffic(percent).build());
    }
    let answer = call
        .send()
        .await
        .map_err(|e| DeployError::of("CreateDeployment", format!("API `{api_id}`"), &connection.endpoint, e))?;
    Ok(answer.id().unwrap_or_default().to_owned())
}

/// Returns the deployment id and variables of a stage, or nothing when there is no such stage (GetStage).
pub(super) async fn stage(
    connection: &Connection,
    api_id: &str,
    stage: &str,
) -> Result<Option<(String, Vec<(String, String)>)>, DeployError> {
    let answer = connection
        .client
        .get_stage()
        .rest_api_id(api_id)
        .stage_name(stage)
        .send()
        .await
        .map_err(|e| DeployError::of("GetStage", format!("API `{api_id}`"), &connection.endpoint, e));
    match answer {
        Ok(found) => {
            let mut variables: Vec<_> =
                found.variables().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
            variables.sort();
            Ok(Some((found.deployment_id().unwrap_or_default().to_owned(), variables)))
        }
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Changes a stage (UpdateStage): each pair is a path and its new value.
pub(super) async fn update_stage(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    replacements: &[(String, String)],
) -> Result<(), DeployError> {
    let mut call = connection.client.update_stage().rest_api_id(api_id).stage_name(stage);
    for (path, value) in replacements {
        call = call.patch_operations(PatchOperation::builder().op(Op::Replace).path(path).value(value).build());
    }
    call.send().await.map_err(|e| {
        DeployError::of("UpdateStage", format!("stage `{stage}` of API `{api_id}`"), &connection.endpoint, e)
    })?;
    Ok(())
}

/// Sends all traffic of a stage to its canary's deployment and ends the canary (UpdateStage).
pub(super) async fn promote_canary(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    has_overrides: bool,
) -> Result<(), DeployError> {
    let copy =
        PatchOperation::builder().op(Op::Copy).from("/canarySettings/deploymentId").path("/deploymentId").build();
    let variables = PatchOperation::builder()
        .op(Op::Copy)
        .from("/canarySettings/stageVariableOverrides")
        .path("/variables")
        .build();
    let mut operations = vec![copy];
    operations.extend(has_overrides.then_some(variables));
    end_canary(connection, api_id, stage, operations).await
}

/// Ends the canary of a stage; what it had goes to the stage's own deployment (UpdateStage).
pub(super) async fn remove_canary(connection: &Connection, api_id: &str, stage: &str) -> Result<(), DeployError> {
    end_canary(connection, api_id, stage, Vec::new()).await
}

async fn end_canary(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    mut operations: Vec<PatchOperation>,
) -> Result<(), DeployError> {
    operations.push(PatchOperation::builder().op(Op::Remove).path("/canarySettings").build());
    connection
        .client
        .update_stage()
        .rest_api_id(api_id)
        .stage_name(stage)
        .set_patch_operations(Some(operations))
        .send()
        .await
        .map_err(|e| {
            DeployError::of("UpdateStage", format!("stage `{stage}` of API `{api_id}`"), &connection.endpoint, e)
        })?;
    Ok(())
}

/// Returns the deployment that the canary of a stage serves and whether it overrides stage variables, if the stage has a
/// canary (GetStage).
pub(super) async fn canary(
    connection: &Connection,
    api_id: &str,
    stage: &str,
) -> Result<Option<(String, bool)>, DeployError> {
    let answer = connection
        .client
        .get_stage()
        .rest_api_id(api_id)
        .stage_name(stage)
        .send()
        .await
        .map_err(|e| DeployError::of("GetStage", format!("API `{api_id}`"), &connection.endpoint, e))?;
    Ok(answer.canary_settings().map(|canary| {
        let has_overrides = canary.stage_variable_overrides().is_some_and(|overrides| !overrides.is_empty());
        (canary.deployment_id().unwrap_or_default().to_owned(), has_overrides)
    }))
}

fn base_path(mode: BasePathMode) -> &'static str {
    match mode {
        BasePathMode::Ignore => "ignore",
        BasePathMode::Prepend => "prepend",
        BasePathMode::Split => "split",
    }
}

/// Returns the document that a stage serves, under the name shown for it.
///
/// # Errors
/// When there is no such API or stage, or the service fails.
pub async fn exported_document(
    connection: &Connection,
    id_or_name: &str,
    stage: &str,
    shown_name: &str,
) -> Result<Document, DeployError> {
    let api = find_api(connection, id_or_name).await?.ok_or_else(|| DeployError::NoApi(id_or_name.to_owned()))?;
    let text = exported_text(connection, &api.id, stage)
        .await?
        .ok_or_else(|| DeployError::NoStage { api: api.name.clone(), stage: stage.to_owned() })?;
    document_of_export(&api.id, text, shown_name)
}

/// Reads the text of an export.
pub(super) fn document_of_export(api_id: &str, text: String, shown_name: &str) -> Result<Document, DeployError> {
    let origin = Origin::Memory(shown_name.to_owned());
    let (document, _, diagnostics) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    document.ok_or_else(|| DeployError::UnreadableExport {
        api: api_id.to_owned(),
        reason: diagnostics.first().map_or_else(|| "it is empty".into(), |d| d.message.clone()),
    })
}
