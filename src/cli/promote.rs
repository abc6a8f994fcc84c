//! `gatewright promote`

use crate::deploy::{find_api, rollback};

use super::target::{TargetArgs, failed};
use super::{CommandError, Cx, Outcome};

/// Sends all traffic of a stage to its canary and ends the canary.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The API's name or id [default: the environment's].
    api: Option<String>,
    /// The environment of the configuration: `[env.NAME]`.
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    /// The stage.
    #[arg(long, value_name = "NAME")]
    stage: Option<String>,
}

pub(super) fn run(cx: &Cx, mut args: Args) -> Result<Outcome, CommandError> {
    args.target.env.clone_from(&args.env);
    super::runtime()?.block_on(async {
        let target = args.target.open(cx).await?;
        let outcome = promote(cx, &args, &target).await;
        target.close().await;
        outcome
    })
}

async fn promote(cx: &Cx, args: &Args, target: &super::target::Target) -> Result<Outcome, CommandError> {
    let name = args.api.clone().or_else(|| target.environment.api.clone()).ok_or_else(|| {
        CommandError::new("no API is named")
            .with_hint("name it: `gatewright promote NAME`, or set `api` in the environment")
    })?;
    let stage = args.stage.clone().or_else(|| target.environment.stage.clone()).unwrap_or_else(|| "dev".into());
    let api = find_api(&target.connection, &name)
        .await
        .map_err(failed)?
        .ok_or_else(|| CommandError::new(format!("there is no API `{name}`")))?;
    match rollback::promote(&target.connection, &api.id, &stage).await.map_err(failed)? {
        Some(deployment) => {
            cx.ui.status("Promoted", &format!("stage `{stage}` of `{}` to deployment `{deployment}`", api.name));
            Ok(Outcome::Clean)
        }
        None => Err(CommandError::new(format!("stage `{stage}` of `{}` has no canary", api.name))
            .with_hint("`gatewright import --canary PERCENT` makes one")),
    }
}
