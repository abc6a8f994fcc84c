//! The arguments of commands about a stage that is deployed: which API, which stage, where.

use super::config::Environment;
use super::target::{Target, TargetArgs};
use super::{CommandError, Cx};

/// Names a deployed API and its stage.
#[derive(Debug, clap::Args)]
pub(super) struct StageArgs {
    /// The API's name or id [default: the environment's].
    pub(super) api: Option<String>,
    /// The environment of the configuration: `[env.NAME]`.
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    /// The stage [default: the environment's, else dev].
    #[arg(long, value_name = "NAME")]
    stage: Option<String>,
}

impl StageArgs {
    /// Returns where the API is.
    pub(super) fn target(&self) -> TargetArgs {
        TargetArgs { env: self.env.clone(), ..self.target.clone() }
    }

    /// Opens the way to the service.
    pub(super) async fn open(&self, cx: &Cx) -> Result<Target, CommandError> {
        self.target().open(cx).await
    }

    /// Returns the API's name or id, if one is named.
    pub(super) fn api_in(&self, environment: &Environment) -> Option<String> {
        self.api.clone().or_else(|| environment.api.clone())
    }

    /// Returns the API's name or id, which `command` needs.
    pub(super) fn named_api(&self, environment: &Environment, command: &str) -> Result<String, CommandError> {
        self.api_in(environment).ok_or_else(|| no_api(command))
    }

    /// Returns the stage's name.
    pub(super) fn stage_in(&self, environment: &Environment) -> String {
        self.stage.clone().or_else(|| environment.stage.clone()).unwrap_or_else(|| "dev".into())
    }
}

/// Returns what is said when no API is named.
pub(super) fn no_api(command: &str) -> CommandError {
    let hint = format!("name it: `gatewright {command} NAME`, or set `api` in the environment");
    CommandError::new("no API is named").with_hint(hint)
}
