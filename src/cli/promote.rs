//! `gatewright promote`

use crate::deploy::history::Entry;
use crate::deploy::{DeployError, exported_text, find_api, rollback};

use super::stage_args::{StageArgs, named_api};
use super::target::failed;
use super::{CommandError, Cx, Outcome};

/// Sends all traffic of a stage to its canary and ends the canary.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The API's name or id [default: the environment's].
    api: Option<String>,
    #[command(flatten)]
    stage: StageArgs,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    super::runtime()?.block_on(async {
        let target = args.stage.open(cx).await?;
        let outcome = promote(cx, &args, &target).await;
        target.close().await;
        outcome
    })
}

async fn promote(cx: &Cx, args: &Args, target: &super::target::Target) -> Result<Outcome, CommandError> {
    let name = named_api(args.api.as_ref(), &target.environment, "promote")?;
    let stage = args.stage.stage_in(&target.environment);
    let connection = &target.connection;
    let api = find_api(connection, &name).await.map_err(failed)?;
    let api = api.ok_or_else(|| failed(DeployError::NoApi(name)))?;
    let history = super::history::of_api(&cx.config.state_folder(), &target.place(), &api.name, &stage);
    let Some(_lock) = history.lock().map_err(|error| failed(error.into()))? else {
        return Err(super::rollback::under_way(&api.name));
    };
    let canary = rollback::deployments_of(connection, &api.id, &stage).await.map_err(failed)?;
    let no_stage = || failed(DeployError::NoStage { api: api.name.clone(), stage: stage.clone() });
    let Some(canary) = canary.ok_or_else(no_stage)?.1 else {
        return Err(CommandError::new(format!("stage `{stage}` of `{}` has no canary", api.name))
            .with_hint("`gatewright import --canary PERCENT` makes one"));
    };
    let question = format!("Send all traffic of stage `{stage}` of `{}` to deployment `{canary}`?", api.name);
    if !super::rollback::asked(cx, args.yes, &question)? {
        return Ok(Outcome::Clean);
    }
    let promoted = rollback::promote(connection, &api.id, &stage).await.map_err(failed)?.unwrap_or(canary);
    cx.ui.status("Promoted", &format!("stage `{stage}` of `{}` to deployment `{promoted}`", api.name));
    // Only now does an export show what the canary's import left, by which drift is told.
    let made_it = |entry: &Entry| entry.deployment_after.as_ref() == Some(&promoted) && entry.export_after.is_none();
    if let Some(mut entry) = history.entries().into_iter().rev().find(made_it) {
        entry.export_after = exported_text(connection, &api.id, &stage).await.map_err(failed)?;
        history.write(&entry).map_err(|error| failed(error.into()))?;
    }
    Ok(Outcome::Clean)
}
