//! Carrying out a plan, and undoing it when a step fails.

use crate::gateway::import::{BasePathMode, ImportMode};

use super::plan::Plan;
use super::rest_api::{self, PutAnswer, PutOptions, find_api};
use super::{Connection, DeployError};

/// How a plan is carried out.
#[derive(Clone, Debug)]
pub struct ApplyOptions {
    /// Merge or overwrite.
    pub mode: ImportMode,
    /// What the document's base path becomes.
    pub base_path: BasePathMode,
    /// Whether a warning refuses the import.
    pub fail_on_warnings: bool,
    /// Whether documentation parts are left out.
    pub ignore_documentation: bool,
    /// The deployment's description.
    pub description: String,
    /// All variables of the stage that the caller sets.
    pub stage_variables: Vec<(String, String)>,
    /// The share of the stage's traffic, in percent, that gets the new deployment; all when absent or the stage is new.
    pub canary: Option<f64>,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The API's id.
    pub api_id: String,
    /// Whether it was created.
    pub created: bool,
    /// The new deployment.
    pub deployment: String,
    /// What API Gateway warned of.
    pub warnings: Vec<String>,
}

/// Hears what is being done: a verb, and on what.
pub type Progress<'a> = &'a (dyn Fn(&str, &str) + Sync);

/// How long ImportRestApi is waited for after a 429: AWS allows one call in 3 s (edge-optimized: 30 s), `limits.md`.
const THROTTLE_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// How often.
const MAX_WAITS: usize = 8;

/// Carries out a plan: sends the document, deploys it to the stage, sets the stage's variables.
///
/// # Errors
/// When a step fails; what was there before has then been put back, or the message says why not.
pub async fn apply(
    connection: &Connection,
    plan: &Plan,
    options: &ApplyOptions,
    progress: Progress<'_>,
) -> Result<Applied, DeployError> {
    let put = PutOptions {
        mode: options.mode,
        base_path: options.base_path,
        fail_on_warnings: options.fail_on_warnings,
        ignore_documentation: options.ignore_documentation,
    };
    let (answer, created) = match &plan.api {
        None => {
            progress("Creating", &format!("API `{}`", plan.name));
            (create(connection, plan, put).await?, true)
        }
        Some(api) => {
            progress("Importing", &format!("into API `{}` ({})", api.name, api.id));
            // PutRestApi discards everything on an import error, so only what follows it has to be undone.
            (rest_api::put(connection, &api.id, &plan.body, put).await?, false)
        }
    };
    match release(connection, plan, &answer.id, options, progress).await {
        Ok(deployment) => Ok(Applied { api_id: answer.id, created, deployment, warnings: answer.warnings }),
        Err(failure) => Err(undo(connection, plan, &answer.id, created, failure).await),
    }
}

/// Creates the API. When the answer was lost on the way, the API may exist all the same; it is then the one of that name.
async fn create(connection: &Connection, plan: &Plan, put: PutOptions) -> Result<PutAnswer, DeployError> {
    let mut waited = 0;
    loop {
        match rest_api::import(connection, &plan.body, put).await {
            Err(error @ DeployError::Unreachable { .. }) => {
                return match find_api(connection, &plan.name).await {
                    Ok(Some(api)) => Ok(PutAnswer { id: api.id, warnings: Vec::new() }),
                    _ => Err(error),
                };
            }
            Err(error) if error.is_throttled() && waited < MAX_WAITS => {
                waited += 1;
                tokio::time::sleep(THROTTLE_WAIT).await;
            }
            other => return other,
        }
    }
}

async fn release(
    connection: &Connection,
    plan: &Plan,
    api_id: &str,
    options: &ApplyOptions,
    progress: Progress<'_>,
) -> Result<String, DeployError> {
    progress("Deploying", &format!("to stage `{}`", plan.stage));
    let new_stage_variables: &[(String, String)] =
        if plan.deployment.is_none() { &options.stage_variables } else { &[] };
    // A canary is a part of a stage's traffic, so there is none on a stage that is only being made.
    let canary = options.canary.filter(|_| plan.deployment.is_some());
    let deployment =
        rest_api::deploy(connection, api_id, &plan.stage, &options.description, new_stage_variables, canary).await?;
    if plan.deployment.is_some() && !plan.variables.is_empty() {
        let replacements: Vec<_> =
            plan.variables.iter().map(|(name, _, value)| (format!("/variables/{name}"), value.clone())).collect();
        rest_api::update_stage(connection, api_id, &plan.stage, &replacements).await?;
    }
    Ok(deployment)
}

async fn undo(connection: &Connection, plan: &Plan, api_id: &str, created: bool, failure: DeployError) -> DeployError {
    let undone = if created {
        rest_api::delete(connection, api_id).await.map(|()| "the API that was created has been deleted".to_owned())
    } else if let Some(before) = &plan.before {
        restore(connection, plan, api_id, before).await.map(|()| "the API has been put back as it was".to_owned())
    } else {
        Ok("the stage was not there before, so nothing that is called has changed".to_owned())
    };
    let undone = undone.unwrap_or_else(|e| format!("putting it back failed too: {e}"));
    DeployError::Undone { failure: Box::new(failure), undone }
}

async fn restore(connection: &Connection, plan: &Plan, api_id: &str, before: &str) -> Result<(), DeployError> {
    let options = PutOptions {
        mode: ImportMode::Overwrite,
        base_path: BasePathMode::Ignore,
        fail_on_warnings: false,
        ignore_documentation: false,
    };
    rest_api::put(connection, api_id, before, options).await?;
    if let Some(deployment) = &plan.deployment {
        let current = rest_api::stage(connection, api_id, &plan.stage).await?;
        if current.is_some_and(|(id, _)| &id != deployment) {
            let path = [("/deploymentId".to_owned(), deployment.clone())];
            rest_api::update_stage(connection, api_id, &plan.stage, &path).await?;
        }
    }
    Ok(())
}
