//! Whether what is deployed is what was meant.

use crate::gateway::ApiKind;
use crate::gateway::export::{ExportOptions, Specification};
use crate::gateway::import::ImportOptions;

use super::changes::{API_SETTINGS, Action, Canonical, PlannedChange, planned_changes};
use super::plan::{Meant, definition_of};
use super::rest_api::document_of_export;
use super::{Connection, DeployError, exported_text, undeployed};

/// Returns how what a stage serves, by its export, differs from what was meant; empty when it does not.
///
/// # Errors
/// When the export cannot be read.
pub fn verify(
    connection: &Connection,
    api_id: &str,
    export: &str,
    meant: &Canonical,
    account_id: &str,
) -> Result<Vec<PlannedChange>, DeployError> {
    let options = options(account_id, &connection.region);
    let served = definition_of(connection.kind, api_id, export, &options)?;
    Ok(meant.changes_to(&Canonical::of(&served)))
}

/// Returns how many operations an export lacks that the API has as they were meant, by type, target and method of their
/// integrations; nothing when the differences are more than what such an export leaves out. Not every implementation of
/// the protocol exports all it keeps.
///
/// # Errors
/// When the service fails.
pub async fn kept_unexported(
    connection: &Connection,
    api_id: &str,
    meant: &Meant,
    differences: &[PlannedChange],
) -> Result<Option<usize>, DeployError> {
    let Meant::Rest(definition) = meant else { return Ok(None) };
    let is_operation = |change: &&PlannedChange| change.subject.contains(" /");
    let is_left_out = |change: &PlannedChange| match change.action {
        Action::Add => false,
        Action::Remove => true,
        Action::Change => {
            change.subject == API_SETTINGS && change.details.iter().all(|d| d.after.is_none() || d.member == "version")
        }
    };
    let operations = differences.iter().filter(is_operation).count();
    if operations == 0 || !differences.iter().all(is_left_out) {
        return Ok(None);
    }
    let export = crate::gateway::export::export(
        definition,
        None,
        &connection.region,
        ExportOptions::everything(Specification::Oas30),
    );
    let document = document_of_export(api_id, export.to_string(), "what is meant")?;
    Ok(undeployed(connection, api_id, &document).await?.is_empty().then_some(operations))
}

/// Returns the definition that a stage serves, or nothing when there is no such stage.
///
/// # Errors
/// When the service fails or its export cannot be read.
pub async fn exported_definition(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    account_id: &str,
) -> Result<Option<Meant>, DeployError> {
    let Some(export) = exported_text(connection, api_id, stage).await? else { return Ok(None) };
    definition_of(connection.kind, api_id, &export, &options(account_id, &connection.region)).map(Some)
}

/// Returns how two exports of an API differ, ids and order apart.
///
/// # Errors
/// When one of them cannot be read.
pub fn drift(
    kind: ApiKind,
    api_id: &str,
    meant: &str,
    now: &str,
    account_id: &str,
    region: &str,
) -> Result<Vec<PlannedChange>, DeployError> {
    if meant == now {
        return Ok(Vec::new());
    }
    let options = options(account_id, region);
    let meant = definition_of(kind, api_id, meant, &options)?;
    Ok(planned_changes(Some(&meant), &definition_of(kind, api_id, now, &options)?))
}

fn options(account_id: &str, region: &str) -> ImportOptions {
    ImportOptions { account_id: account_id.to_owned(), region: region.to_owned(), ..ImportOptions::default() }
}
