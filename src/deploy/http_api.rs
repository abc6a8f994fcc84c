//! HTTP APIs, through `apigatewayv2`: finding them, and exporting what their stages serve.

use aws_sdk_apigatewayv2::Client;
use aws_sdk_apigatewayv2::types::Api;

use super::{ApiSummary, Connection, DeployError};

/// The stage that is served without a stage in the path.
const DEFAULT_STAGE: &str = "$default";

/// Finds an HTTP API by id or else by name.
///
/// # Errors
/// When several have the name, or the service fails.
pub async fn find_http_api(connection: &Connection, id_or_name: &str) -> Result<Option<ApiSummary>, DeployError> {
    let client = Client::new(&connection.sdk);
    let mut named = Vec::new();
    let mut token = None;
    loop {
        let page = client
            .get_apis()
            .set_next_token(token)
            .send()
            .await
            .map_err(|e| DeployError::of("GetApis", "the account", &connection.endpoint, e))?;
        for api in page.items().iter().filter(|api| is_http(api)) {
            let summary = ApiSummary {
                id: api.api_id().unwrap_or_default().to_owned(),
                name: api.name().unwrap_or_default().to_owned(),
                created: api.created_date().map_or(0, aws_sdk_apigatewayv2::primitives::DateTime::secs),
                tags: api.tags().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect(),
            };
            if summary.id == id_or_name {
                return Ok(Some(summary));
            }
            if summary.name == id_or_name {
                named.push(summary);
            }
        }
        token = page.next_token().filter(|t| !t.is_empty()).map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    if named.len() > 1 {
        let ids = named.into_iter().map(|a| a.id).collect();
        return Err(DeployError::Ambiguous { name: id_or_name.to_owned(), ids });
    }
    Ok(named.pop())
}

fn is_http(api: &Api) -> bool {
    api.protocol_type().is_some_and(|p| p.as_str() == "HTTP")
}

/// Returns the text of the export of a stage with all extensions, or nothing when there is no such stage (ExportApi).
///
/// # Errors
/// When the service fails.
pub async fn exported_http_text(
    connection: &Connection,
    api_id: &str,
    stage: &str,
) -> Result<Option<String>, DeployError> {
    let answer = Client::new(&connection.sdk)
        .export_api()
        .api_id(api_id)
        .specification("OAS30")
        .output_type("JSON")
        .include_extensions(true)
        .stage_name(stage)
        .send()
        .await;
    match answer {
        Ok(export) => {
            let body = export.body.map(|blob| blob.into_inner()).unwrap_or_default();
            Ok(Some(String::from_utf8_lossy(&body).into_owned()))
        }
        Err(error) => match DeployError::of("ExportApi", format!("API `{api_id}`"), &connection.endpoint, error) {
            missing if missing.is_not_found() => Ok(None),
            failed => Err(failed),
        },
    }
}

/// Returns the text of what an HTTP API's stage serves, if there is such an API. Where the stage is not there, an API
/// that is served from its root has but that one to show.
pub(super) async fn exported_http(
    connection: &Connection,
    id_or_name: &str,
    stage: &str,
) -> Result<Option<(String, String)>, DeployError> {
    let found = match find_http_api(connection, id_or_name).await {
        // Not all that speaks the protocol of REST APIs, or lets them be read, does so for HTTP APIs.
        Err(DeployError::Refused { .. } | DeployError::Unreachable { .. }) => None,
        other => other?,
    };
    let Some(api) = found else { return Ok(None) };
    let text = match exported_http_text(connection, &api.id, stage).await? {
        Some(text) => Some(text),
        None => exported_http_text(connection, &api.id, DEFAULT_STAGE).await?,
    };
    let text = text.ok_or_else(|| DeployError::NoStage { api: api.name, stage: stage.to_owned() })?;
    Ok(Some((api.id, text)))
}
