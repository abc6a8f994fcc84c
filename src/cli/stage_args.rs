//! The arguments of commands about a stage that is deployed: which stage, and where; and how its API is named.

use super::config::Environment;
use super::target::{Target, TargetArgs};
use super::{CommandError, Cx};

/// Names a deployed stage.
#[derive(Debug, clap::Args)]
pub(super) struct StageArgs {
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
    /// Returns where the stage is.
    pub(super) fn target(&self) -> TargetArgs {
        TargetArgs { env: self.env.clone(), ..self.target.clone() }
    }

    /// Opens the way to the service.
    pub(super) async fn open(&self, cx: &Cx) -> Result<Target, CommandError> {
        self.target().open(cx).await
    }

    /// Returns the stage's name.
    pub(super) fn stage_in(&self, environment: &Environment) -> String {
        self.stage.clone().or_else(|| environment.stage.clone()).unwrap_or_else(|| "dev".into())
    }
}

/// Returns the API's name or id: as given, else the environment's.
pub(super) fn api_in(given: Option<&String>, environment: &Environment) -> Option<String> {
    given.or(environment.api.as_ref()).cloned()
}

/// Returns the same for a `command` that needs it.
pub(super) fn named_api(
    given: Option<&String>,
    environment: &Environment,
    command: &str,
) -> Result<String, CommandError> {
    api_in(given, environment).ok_or_else(|| no_api(command))
}

/// Returns what is said when no API is named.
pub(super) fn no_api(command: &str) -> CommandError {
    let hint = format!("name it: `gatewright {command} NAME`, or set `api` in `[env.NAME]` of gatewright.toml");
    CommandError::new("no API is named").with_hint(hint)
}
