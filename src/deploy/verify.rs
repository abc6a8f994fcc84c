//! Whether what is deployed is what was meant.

use crate::gateway::ApiKind;
use crate::gateway::import::ImportOptions;

use super::changes::{PlannedChange, planned_changes};
use super::plan::{Meant, definition_of};
use super::{Connection, DeployError, exported_text};

/// What a stage serves, held against what was meant.
#[derive(Clone, Debug)]
pub struct Verified {
    /// How it differs; empty when it does not.
    pub differences: Vec<PlannedChange>,
    /// The stage's export.
    pub export: String,
}

/// Exports what a stage serves and compares it with `meant`.
///
/// # Errors
/// When the service fails or its export cannot be read.
pub async fn verify(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    meant: &Meant,
    account_id: &str,
) -> Result<Verified, DeployError> {
    let export = exported_text(connection, api_id, stage)
        .await?
        .ok_or_else(|| DeployError::NoStage { api: api_id.to_owned(), stage: stage.to_owned() })?;
    let options = options(account_id, &connection.region);
    let differences = planned_changes(Some(meant), &definition_of(connection.kind, api_id, &export, &options)?);
    Ok(Verified { differences, export })
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
