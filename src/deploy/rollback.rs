//! Back to an earlier deployment, and, when asked, to the definition before it.

use crate::gateway::import::{BasePathMode, ImportMode};

use super::rest_api::{self, PutOptions};
use super::{Connection, DeployError};

/// Points a stage to an earlier deployment.
///
/// # Errors
/// When the service refuses: the deployment may be gone.
pub async fn repoint(connection: &Connection, api_id: &str, stage: &str, deployment: &str) -> Result<(), DeployError> {
    rest_api::update_stage(connection, api_id, stage, &[("/deploymentId".into(), deployment.into())]).await
}

/// Puts an exported document back as the API's definition. What is called does not change until it is deployed.
///
/// # Errors
/// When the service refuses.
pub async fn restore_definition(connection: &Connection, api_id: &str, export: &str) -> Result<(), DeployError> {
    let options = PutOptions {
        mode: ImportMode::Overwrite,
        base_path: BasePathMode::Ignore,
        fail_on_warnings: false,
        ignore_documentation: false,
    };
    rest_api::put(connection, api_id, export, options).await.map(drop)
}

/// Returns the deployment that a stage serves, or nothing when there is no such stage.
///
/// # Errors
/// When the service fails.
pub async fn current_deployment(
    connection: &Connection,
    api_id: &str,
    stage: &str,
) -> Result<Option<String>, DeployError> {
    Ok(rest_api::stage(connection, api_id, stage).await?.map(|(deployment, _)| deployment))
}

/// Sends all traffic of a stage to its canary's deployment and ends the canary. Returns that deployment, or
/// nothing when there is no canary.
///
/// # Errors
/// When the service fails.
pub async fn promote(connection: &Connection, api_id: &str, stage: &str) -> Result<Option<String>, DeployError> {
    let Some((deployment, has_overrides)) = rest_api::canary(connection, api_id, stage).await? else { return Ok(None) };
    rest_api::promote_canary(connection, api_id, stage, has_overrides).await?;
    Ok(Some(deployment))
}

/// Ends the canary of a stage without promoting it. Returns the deployment it had, if there was one.
///
/// # Errors
/// When the service fails.
pub async fn drop_canary(connection: &Connection, api_id: &str, stage: &str) -> Result<Option<String>, DeployError> {
    let Some((deployment, _)) = rest_api::canary(connection, api_id, stage).await? else { return Ok(None) };
    rest_api::remove_canary(connection, api_id, stage).await?;
    Ok(Some(deployment))
}
