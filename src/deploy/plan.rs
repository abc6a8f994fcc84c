//! What an import would do, worked out before anything is touched.

use crate::gateway::ApiDefinition;
use crate::gateway::import::{BasePathMode, ImportMode, ImportOptions, ImportWarning, SequentialIds, import};
use crate::openapi::Document;

use super::changes::{PlannedChange, planned_changes};
use super::rest_api::{self, ApiSummary, document_of_export, find_api};
use super::{Connection, DeployError};

/// How an API is found.
#[derive(Clone, Debug)]
pub struct ApiSelector {
    /// Its id or name.
    pub id_or_name: String,
    /// Whether it may be created when it does not exist.
    pub create: bool,
}

/// What is asked of an import.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// The stage that is deployed to.
    pub stage: String,
    /// Merge or overwrite.
    pub mode: ImportMode,
    /// What the document's base path becomes.
    pub base_path: BasePathMode,
    /// Whether documentation parts are left out.
    pub ignore_documentation: bool,
    /// The stage's variables; absent leaves them as they are.
    pub stage_variables: Option<Vec<(String, String)>>,
    /// The account that ARNs name.
    pub account_id: String,
}

/// What an import will do.
#[derive(Debug)]
pub struct Plan {
    /// The API; absent when it is to be created.
    pub api: Option<ApiSummary>,
    /// The name it has or will have.
    pub name: String,
    /// The stage.
    pub stage: String,
    /// The stage's deployment now; absent when there is no such stage yet.
    pub deployment: Option<String>,
    /// What changes in the definition.
    pub changes: Vec<PlannedChange>,
    /// Stage variables that are set anew: name, value before, value after.
    pub variables: Vec<(String, Option<String>, String)>,
    /// What API Gateway will warn of.
    pub warnings: Vec<ImportWarning>,
    /// The export taken before the change, to go back to.
    pub before: Option<String>,
    /// What should be there afterwards.
    pub after: ApiDefinition,
    /// The text that is sent.
    pub body: String,
}

impl Plan {
    /// Returns whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.api.is_some() && self.deployment.is_some() && self.changes.is_empty() && self.variables.is_empty()
    }
}

/// Works out what importing `document` would do. Changes nothing.
///
/// # Errors
/// When the service fails, the API is ambiguous or missing, or API Gateway would refuse the document.
pub async fn plan(
    connection: &Connection,
    document: &Document,
    selector: &ApiSelector,
    options: &PlanOptions,
) -> Result<Plan, DeployError> {
    let api = find_api(connection, &selector.id_or_name).await?;
    if api.is_none() && !selector.create {
        return Err(DeployError::NoApi(selector.id_or_name.clone()));
    }
    let import_options = ImportOptions {
        mode: options.mode,
        base_path: options.base_path,
        ignore_documentation: options.ignore_documentation,
        account_id: options.account_id.clone(),
        region: connection.region.clone(),
        ..ImportOptions::default()
    };
    let mut before_text = None;
    let mut deployment = None;
    let mut variables = Vec::new();
    if let Some(found) = &api {
        let stage = rest_api::stage(connection, &found.id, &options.stage).await?;
        if let Some((id, old)) = stage {
            deployment = Some(id);
            before_text = rest_api::exported_text(connection, &found.id, &options.stage).await?;
            for (name, value) in options.stage_variables.iter().flatten() {
                let before = old.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
                if before.as_deref() != Some(value) {
                    variables.push((name.clone(), before, value.clone()));
                }
            }
        }
    }
    let before = match (&before_text, &api) {
        (Some(text), Some(found)) => Some(definition_of(&found.id, text, &import_options)?),
        _ => None,
    };
    let mut ids = SequentialIds::default();
    let imported = import(document, &import_options, before.as_ref(), &mut ids)?;
    let name = imported.definition.api.name.clone();
    let body = document.root().to_json().to_string();
    Ok(Plan {
        name: api.as_ref().map_or(name, |a| a.name.clone()),
        api,
        stage: options.stage.clone(),
        deployment,
        changes: planned_changes(before.as_ref(), &imported.definition),
        variables,
        warnings: imported.warnings,
        before: before_text,
        after: imported.definition,
        body,
    })
}

/// Reads an export back into the definition it was made from.
pub(super) fn definition_of(api_id: &str, export: &str, options: &ImportOptions) -> Result<ApiDefinition, DeployError> {
    let document = document_of_export(api_id, export.to_owned(), &format!("the export of API `{api_id}`"))?;
    let options = ImportOptions { base_path: BasePathMode::Ignore, mode: ImportMode::Overwrite, ..options.clone() };
    let imported = import(&document, &options, None, &mut SequentialIds::default())
        .map_err(|refusal| DeployError::UnreadableExport { api: api_id.to_owned(), reason: refusal.message })?;
    Ok(imported.definition)
}
