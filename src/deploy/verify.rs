//! Whether what is deployed is what was meant.

use crate::gateway::ApiKind;
use crate::gateway::import::ImportOptions;

use super::changes::{Canonical, PlannedChange, planned_changes};
use super::plan::{Meant, definition_of};
use super::{Connection, DeployError, exported_text};

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
