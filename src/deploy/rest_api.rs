//! The calls on APIs, each with the words for its failure. Those on REST APIs are here; see [`http_api`] for the others.

use aws_sdk_apigateway::primitives::Blob;
use aws_sdk_apigateway::types::PutMode;

use crate::gateway::ApiKind;
use crate::gateway::http_api::stage::DEFAULT_STAGE;
use crate::gateway::import::{BasePathMode, ImportMode};
use crate::openapi::{Document, LoadOptions, load_text};
use crate::source::{Loader, Origin};

use super::call::{Repeat, call};
use super::{Connection, DeployError, http_api, read_back};

/// An API as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiSummary {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// How a document is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct PutOptions {
    pub(super) mode: ImportMode,
    pub(super) base_path: BasePathMode,
    pub(super) fail_on_warnings: bool,
    pub(super) ignore_documentation: bool,
    /// Whether a new API is private. No document says so, but only private APIs take the VPC endpoints that one names.
    pub(super) private: bool,
}

impl PutOptions {
    /// Returns how an export is put back.
    pub(super) fn restoring() -> Self {
        Self {
            mode: ImportMode::Overwrite,
            base_path: BasePathMode::Ignore,
            fail_on_warnings: false,
            ignore_documentation: false,
            private: false,
        }
    }
}

/// What came of sending a document.
#[derive(Clone, Debug)]
pub(super) struct PutAnswer {
    pub(super) id: String,
    pub(super) warnings: Vec<String>,
}

/// Finds the API of whichever kind whose id or name this is, and the connection that speaks about it.
///
/// # Errors
/// When the service fails, or several APIs have the name and none the id.
pub async fn find_api_of_any_kind(
    connection: &Connection,
    id_or_name: &str,
) -> Result<Option<(ApiSummary, Connection)>, DeployError> {
    let rest = connection.to(ApiKind::Rest);
    if let Some(api) = find_api(&rest, id_or_name).await? {
        return Ok(Some((api, rest)));
    }
    let http = connection.to(ApiKind::Http);
    match find_api(&http, id_or_name).await {
        Ok(found) => Ok(found.map(|api| (api, http))),
        // Not all that speaks the protocol of REST APIs, or lets them be read, does so for HTTP APIs.
        Err(DeployError::Refused { .. } | DeployError::Unreachable { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Finds the API whose id or name this is.
///
/// # Errors
/// When the service fails, or two APIs have the name and none the id.
pub async fn find_api(connection: &Connection, id_or_name: &str) -> Result<Option<ApiSummary>, DeployError> {
    let mut found = apis(connection, id_or_name).await?;
    if let Some(at) = found.iter().position(|api| api.id == id_or_name) {
        return Ok(Some(found.swap_remove(at)));
    }
    if found.len() > 1 {
        return Err(DeployError::Ambiguous {
            name: id_or_name.to_owned(),
            ids: found.into_iter().map(|a| a.id).collect(),
        });
    }
    Ok(found.pop())
}

/// Returns the APIs that have this id or this name, in the order of the service (GetRestApis).
pub(super) async fn apis(connection: &Connection, id_or_name: &str) -> Result<Vec<ApiSummary>, DeployError> {
    if connection.is_http() {
        return http_api::apis(connection, id_or_name).await;
    }
    let mut found = Vec::new();
    let mut position = None;
    loop {
        let request = connection.client.get_rest_apis().limit(500).set_position(position);
        let subject = format!("API `{id_or_name}`");
        let page = call(connection, "GetRestApis", &subject, Repeat::Freely, || request.clone().send()).await?;
        for api in page.items() {
            if [api.id(), api.name()].contains(&Some(id_or_name)) {
                found.push(summary(api));
            }
        }
        position = page.position().map(str::to_owned);
        if position.is_none() {
            return Ok(found);
        }
    }
}

/// Returns the only API of the account, of either kind, with the way to its service; nothing when there is none or
/// there are several.
///
/// # Errors
/// When the service fails.
pub async fn only_api_of_any_kind(connection: &Connection) -> Result<Option<(ApiSummary, Connection)>, DeployError> {
    let (rest, http) = (connection.to(ApiKind::Rest), connection.to(ApiKind::Http));
    let request = rest.client.get_rest_apis().limit(2);
    let page = call(&rest, "GetRestApis", "the account", Repeat::Freely, || request.clone().send()).await?;
    let mut found: Vec<_> = page.items().iter().map(|api| (summary(api), rest.clone())).collect();
    match http_api::first_apis(&http).await {
        Ok(apis) => found.extend(apis.into_iter().map(|api| (api, http.clone()))),
        // Not all that speaks the protocol of REST APIs does so for HTTP APIs.
        Err(DeployError::Refused { .. } | DeployError::Unreachable { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(if found.len() == 1 { found.pop() } else { None })
}

fn summary(api: &aws_sdk_apigateway::types::RestApi) -> ApiSummary {
    let mut tags: Vec<_> =
        api.tags().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
    tags.sort();
    ApiSummary {
        id: api.id().unwrap_or_default().to_owned(),
        name: api.name().unwrap_or_default().to_owned(),
        created: api.created_date().map_or(0, aws_sdk_apigateway::primitives::DateTime::secs),
        tags,
    }
}

/// How often an export that arrived in part is asked for again.
const EXPORTS: usize = 4;

/// Returns the text of the export of a stage with all extensions, or nothing when there is no such stage (GetExport). For
/// an API that the service does not export it is put together from the API's parts.
///
/// # Errors
/// When the service fails, or what it exports is no JSON.
pub async fn exported_text(connection: &Connection, api_id: &str, stage: &str) -> Result<Option<String>, DeployError> {
    let request = connection
        .client
        .get_export()
        .rest_api_id(api_id)
        .stage_name(stage)
        .export_type("oas30")
        .parameters("extensions", "integrations,authorizers,apigateway")
        .accepts("application/json");
    let subject = format!("stage `{stage}` of API `{api_id}`");
    let mut reason = String::new();
    for _ in 0..EXPORTS {
        let answer = if connection.is_http() {
            http_api::export(connection, api_id, stage).await
        } else {
            call(connection, "GetExport", &subject, Repeat::Freely, || request.clone().send())
                .await
                .map(|export| export.body().map(|b| b.as_ref().to_vec()).unwrap_or_default())
        };
        let bytes = match answer {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) if error.is_unexportable() => {
                connection.tell("Reading", &format!("the parts of API `{api_id}`: the service does not export it"));
                return read_back::text(connection, api_id, stage).await.map(Some);
            }
            Err(error) => return Err(error),
        };
        // A body that was cut off on the way is not always told by its length.
        match String::from_utf8(bytes) {
            Ok(text) => match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
                Ok(_) => return Ok(Some(text)),
                Err(error) => reason = error.to_string(),
            },
            Err(error) => reason = error.to_string(),
        }
    }
    Err(DeployError::UnreadableExport { api: api_id.to_owned(), reason })
}

/// Creates an API of a document (ImportRestApi). Is sent once: a second call would make a second API.
pub(super) async fn import(
    connection: &Connection,
    name: &str,
    body: &str,
    options: PutOptions,
) -> Result<PutAnswer, DeployError> {
    if connection.is_http() {
        return http_api::import(connection, name, body, options).await;
    }
    let mut request = connection
        .client
        .import_rest_api()
        .fail_on_warnings(options.fail_on_warnings)
        .parameters("basepath", base_path(options.base_path))
        .body(Blob::new(body));
    if options.ignore_documentation {
        request = request.parameters("ignore", "documentation");
    }
    if options.private {
        request = request.parameters("endpointConfigurationTypes", "PRIVATE");
    }
    let subject = format!("API `{name}`");
    let answer = call(connection, "ImportRestApi", &subject, Repeat::Never, || request.clone().send()).await?;
    Ok(PutAnswer { id: answer.id().unwrap_or_default().to_owned(), warnings: answer.warnings().to_vec() })
}

/// Replaces the definition of an API (PutRestApi).
pub(super) async fn put(
    connection: &Connection,
    api_id: &str,
    body: &str,
    options: PutOptions,
) -> Result<PutAnswer, DeployError> {
    if connection.is_http() {
        return http_api::put(connection, api_id, body, options).await;
    }
    let mode = match options.mode {
        ImportMode::Merge => PutMode::Merge,
        ImportMode::Overwrite => PutMode::Overwrite,
    };
    let mut request = connection
        .client
        .put_rest_api()
        .rest_api_id(api_id)
        .mode(mode)
        .fail_on_warnings(options.fail_on_warnings)
        .parameters("basepath", base_path(options.base_path))
        .body(Blob::new(body));
    if options.ignore_documentation {
        request = request.parameters("ignore", "documentation");
    }
    let subject = format!("API `{api_id}`");
    let answer = call(connection, "PutRestApi", &subject, Repeat::Freely, || request.clone().send()).await?;
    Ok(PutAnswer { id: answer.id().unwrap_or(api_id).to_owned(), warnings: answer.warnings().to_vec() })
}

/// Deletes an API (DeleteRestApi). One that is gone already is no error.
pub(super) async fn delete(connection: &Connection, api_id: &str) -> Result<(), DeployError> {
    let request = connection.client.delete_rest_api().rest_api_id(api_id);
    let subject = format!("API `{api_id}`");
    let deleted = if connection.is_http() {
        http_api::delete(connection, api_id).await
    } else {
        call(connection, "DeleteRestApi", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
    };
    match deleted {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

fn base_path(mode: BasePathMode) -> &'static str {
    match mode {
        BasePathMode::Ignore => "ignore",
        BasePathMode::Prepend => "prepend",
        BasePathMode::Split => "split",
    }
}

/// Returns the document that a stage serves, under the name shown for it: a REST API's, or else an HTTP API's; and
/// before it the API, and the connection that speaks about it.
///
/// # Errors
/// When there is no such API or stage, or the service fails.
pub async fn exported_document(
    connection: &Connection,
    id_or_name: &str,
    stage: &str,
    shown_name: &str,
) -> Result<(ApiSummary, Connection, Document), DeployError> {
    let found = find_api_of_any_kind(connection, id_or_name).await?;
    let (api, connection) = found.ok_or_else(|| DeployError::NoApi(id_or_name.to_owned()))?;
    let mut text = exported_text(&connection, &api.id, stage).await?;
    if text.is_none() && connection.is_http() {
        // An API that is served from its root has but that one stage to show.
        text = exported_text(&connection, &api.id, DEFAULT_STAGE).await?;
    }
    let text = text.ok_or_else(|| DeployError::NoStage { api: api.name.clone(), stage: stage.to_owned() })?;
    let document = document_of_export(&api.id, text, shown_name)?;
    Ok((api, connection, document))
}

/// Reads the text of an export.
pub(super) fn document_of_export(api_id: &str, text: String, shown_name: &str) -> Result<Document, DeployError> {
    let origin = Origin::Memory(shown_name.to_owned());
    // What the service writes is not held against OpenAPI's grammar: nobody reads what that would find.
    let options = LoadOptions { unvalidated: true, ..LoadOptions::default() };
    let (document, _, diagnostics) = load_text(&Loader::default(), &origin, text, &options);
    document.ok_or_else(|| DeployError::UnreadableExport {
        api: api_id.to_owned(),
        reason: diagnostics.first().map_or_else(|| "it is empty".into(), |d| d.message.clone()),
    })
}
