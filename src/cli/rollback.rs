//! `gatewright rollback`

use crate::deploy::history::{Entry, History, State};
use crate::deploy::{find_api, rollback};

use super::target::{TargetArgs, failed};
use super::{CommandError, Cx, Outcome};

/// Points a stage back to an earlier deployment, at once; with `--definition` the document as well.
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
    /// Back to how it was after import N of `gatewright history` [default: before the last one].
    #[arg(long, value_name = "N")]
    to: Option<u32>,
    /// Also put the definition back that the deployment was made of.
    #[arg(long)]
    definition: bool,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(cx: &Cx, mut args: Args) -> Result<Outcome, CommandError> {
    args.target.env.clone_from(&args.env);
    super::runtime()?.block_on(roll_back(cx, args))
}

async fn roll_back(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let mut target = args.target.open(cx).await?;
    let outcome = roll_back_on(cx, &args, &target).await;
    if let Some(local) = target.local.take() {
        local.close().await;
    }
    outcome
}

async fn roll_back_on(cx: &Cx, args: &Args, target: &super::target::Target) -> Result<Outcome, CommandError> {
    let name = args.api.clone().or_else(|| target.environment.api.clone()).ok_or_else(|| {
        CommandError::new("no API is named")
            .with_hint("name it: `gatewright rollback NAME`, or set `api` in the environment")
    })?;
    let stage = args.stage.clone().or_else(|| target.environment.stage.clone()).unwrap_or_else(|| "dev".into());
    let api = find_api(&target.connection, &name)
        .await
        .map_err(failed)?
        .ok_or_else(|| CommandError::new(format!("there is no API `{name}`")))?;
    if args.to.is_none()
        && let Some(canary) = rollback::drop_canary(&target.connection, &api.id, &stage).await.map_err(failed)?
    {
        cx.ui.status("Rolled back", &format!("the canary of stage `{stage}` (deployment `{canary}`) has ended"));
        return Ok(Outcome::Clean);
    }
    let place = super::history::place(&args.target, &target.environment);
    let history = History::of(&cx.config.state_folder(), &place, &api.name, &stage);
    let entries = history.entries();
    let (deployment, export) = wanted(&entries, args.to)?;
    let now = rollback::current_deployment(&target.connection, &api.id, &stage).await.map_err(failed)?;
    if now.as_deref() == Some(deployment) && !args.definition {
        cx.ui.status("Unchanged", &format!("stage `{stage}` serves deployment `{deployment}` already"));
        return Ok(Outcome::Clean);
    }
    if !args.yes {
        if !cx.ui.is_interactive() {
            return Err(CommandError::new("nobody is there to ask; nothing was changed").with_hint("pass `--yes`"));
        }
        if !cx.ui.confirm(&format!("Point stage `{stage}` of `{}` to deployment `{deployment}`?", api.name)) {
            return Ok(Outcome::Clean);
        }
    }
    let export = match (args.definition, export) {
        (true, None) => {
            return Err(CommandError::new(
                "the history does not hold the definition of that deployment; nothing was changed",
            )
            .with_hint("import the document of that revision instead"));
        }
        (true, Some(export)) => Some(export),
        (false, _) => None,
    };
    rollback::repoint(&target.connection, &api.id, &stage, deployment).await.map_err(failed)?;
    cx.ui.status("Rolled back", &format!("stage `{stage}` of `{}` to deployment `{deployment}`", api.name));
    if let Some(export) = export {
        rollback::restore_definition(&target.connection, &api.id, export).await.map_err(failed)?;
        cx.ui.status("Restored", "the definition of that deployment");
    }
    let entry = Entry {
        number: history.next_number(),
        time: jiff::Timestamp::now().as_second(),
        state: State::RolledBack,
        api_id: api.id.clone(),
        name: api.name.clone(),
        stage: stage.clone(),
        version: None,
        revision: None,
        content: String::new(),
        deployment_before: now,
        deployment_after: Some(deployment.to_owned()),
        changes: [0; 3],
        export_before: None,
        export_after: None,
    };
    history.write(&entry)?;
    Ok(Outcome::Clean)
}

/// Returns the deployment to go back to and, where it is known, the document it was made of.
fn wanted(entries: &[Entry], to: Option<u32>) -> Result<(&str, Option<&str>), CommandError> {
    let applied: Vec<&Entry> = entries.iter().filter(|e| e.state == State::Applied).collect();
    let none = |what: &str| {
        CommandError::new(what.to_owned()).with_hint("`gatewright history` lists what there is to go back to")
    };
    match to {
        None => {
            // An import that was cut off is undone to what it found.
            if let Some(cut_off) = entries.last().filter(|e| e.state == State::Started)
                && let Some(deployment) = &cut_off.deployment_before
            {
                return Ok((deployment, cut_off.export_before.as_deref()));
            }
            let last = applied.last().ok_or_else(|| none("nothing was imported from here"))?;
            let deployment = last
                .deployment_before
                .as_deref()
                .ok_or_else(|| none("there was no deployment before the last import"))?;
            Ok((deployment, last.export_before.as_deref()))
        }
        Some(number) => {
            let at = applied
                .iter()
                .position(|e| e.number == number)
                .ok_or_else(|| none(&format!("there is no applied import {number}")))?;
            let deployment =
                applied[at].deployment_after.as_deref().ok_or_else(|| none("that import made no deployment"))?;
            // What an import left is what the next one found.
            let next = applied.get(at + 1).and_then(|next| next.export_before.as_deref());
            Ok((deployment, next.or(applied[at].export_after.as_deref())))
        }
    }
}
