//! `gatewright rollback`

use std::collections::BTreeMap;

use crate::deploy::history::{Entry, History, State};
use crate::deploy::permission::{self, Problem};
use crate::deploy::{Beside, Connection, DeployError, exported_definition, find_api_of_any_kind, rollback};

use super::stage_args::{StageArgs, named_api};
use super::target::failed;
use super::{CommandError, Cx, Outcome};

/// Points a stage back to an earlier deployment, at once; with `--definition` the document as well.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The API's name or id [default: the environment's].
    api: Option<String>,
    #[command(flatten)]
    stage: StageArgs,
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

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    super::runtime()?.block_on(roll_back(cx, args))
}

async fn roll_back(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let target = args.stage.open(cx).await?;
    let outcome = roll_back_on(cx, &args, &target).await;
    target.close().await;
    outcome
}

async fn roll_back_on(cx: &Cx, args: &Args, target: &super::target::Target) -> Result<Outcome, CommandError> {
    let name = named_api(args.api.as_ref(), &target.environment, "rollback")?;
    let stage = args.stage.stage_in(&target.environment);
    let state = cx.config.state_folder();
    let history = super::history::of_api(&state, &target.place(), &name, &stage);
    let Some(_lock) = history.lock().map_err(|error| failed(error.into()))? else {
        return Err(under_way(&name));
    };
    let entries = history.entries();
    if let Some(cut_off) = entries.last().filter(|e| e.state == State::Started && args.to.is_none()) {
        return undo_cut_off(cx, args, target, &history, cut_off).await;
    }
    let (api, connection) = find_api_of_any_kind(&target.connection, &name)
        .await
        .map_err(failed)?
        .ok_or_else(|| failed(DeployError::NoApi(name.clone())))?;
    let connection = &connection;
    let served = rollback::deployments_of(connection, &api.id, &stage).await.map_err(failed)?;
    let no_stage = || failed(DeployError::NoStage { api: api.name.clone(), stage: stage.clone() });
    let (now, canary) = served.ok_or_else(no_stage)?;
    if let Some(canary) = canary.filter(|_| args.to.is_none()) {
        let question = format!("End the canary of stage `{stage}` of `{}` (deployment `{canary}`)?", api.name);
        if !asked(cx, args.yes, &question)? {
            return Ok(Outcome::Clean);
        }
        rollback::drop_canary(connection, &api.id, &stage).await.map_err(failed)?;
        cx.ui.status("Rolled back", &format!("the canary of stage `{stage}` (deployment `{canary}`) has ended"));
        return Ok(Outcome::Clean);
    }
    let (deployment, export) = match wanted(&entries, args.to, &now)? {
        Some((deployment, export)) => (deployment.to_owned(), export),
        // Imported from elsewhere: the service itself knows the deployments, if not their documents.
        None => {
            let before = rollback::deployment_before(connection, &api.id, &now).await.map_err(failed)?;
            let before = before.ok_or_else(|| none("there is no deployment before the one that is served"))?;
            (before, None)
        }
    };
    let deployment = deployment.as_str();
    if now == deployment && !args.definition {
        cx.ui.status("Unchanged", &format!("stage `{stage}` serves deployment `{deployment}` already"));
        return Ok(Outcome::Clean);
    }
    if !asked(cx, args.yes, &format!("Point stage `{stage}` of `{}` to deployment `{deployment}`?", api.name))? {
        return Ok(Outcome::Clean);
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
    let variables = variables(&entries, deployment, &now);
    rollback::repoint(connection, &api.id, &stage, deployment, &variables).await.map_err(failed)?;
    cx.ui.status("Rolled back", &format!("stage `{stage}` of `{}` to deployment `{deployment}`", api.name));
    let problems = permit(cx, target, connection, &api.id, &stage).await;
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
        deployment_before: Some(now),
        deployment_after: Some(deployment.to_owned()),
        changes: [0; 3],
        subjects: Vec::new(),
        variables_before: BTreeMap::new(),
        beside_before: Beside::default(),
        permissions_pending: problems > 0,
        http: connection.kind() == crate::gateway::ApiKind::Http,
        export_before: None,
        export_after: None,
    };
    history.write(&entry).map_err(|error| failed(error.into()))?;
    if let Some(export) = export {
        rollback::restore_definition(connection, &api.id, export).await.map_err(|error| {
            let mut error = failed(error);
            error.message =
                format!("the stage was pointed back, but the definition was not restored: {}", error.message);
            error.with_hint("run `gatewright rollback --definition` with the same arguments again")
        })?;
        cx.ui.status("Restored", "the definition of that deployment");
    }
    Ok(if problems > 0 { Outcome::Findings } else { Outcome::Clean })
}

/// Returns the stage variables that imports after a deployment have set, as they were with it.
fn variables(entries: &[Entry], deployment: &str, now: &str) -> BTreeMap<String, Option<String>> {
    let applied: Vec<&Entry> = entries.iter().filter(|e| e.state == State::Applied).collect();
    let at = |id: &str| applied.iter().rposition(|e| e.deployment_after.as_deref() == Some(id));
    let mut variables = BTreeMap::new();
    if let (Some(then), Some(served)) = (at(deployment), at(now)) {
        for entry in applied.get(then + 1..=served).unwrap_or_default().iter().rev() {
            variables.extend(entry.variables_before.clone());
        }
    }
    variables
}

/// Asks, unless told not to.
pub(super) fn asked(cx: &Cx, yes: bool, question: &str) -> Result<bool, CommandError> {
    if yes {
        return Ok(true);
    }
    if !cx.ui.is_interactive() {
        return Err(nobody());
    }
    Ok(cx.ui.confirm(question))
}

/// Returns the error of a command that finds an import from here at work.
pub(super) fn under_way(api: &str) -> CommandError {
    CommandError::new(format!("an import into API `{api}` is under way; nothing was changed"))
        .with_hint("run this again when it has ended")
}

fn nobody() -> CommandError {
    CommandError::new("nobody is there to ask; nothing was changed").with_hint("pass `--yes`")
}

/// Undoes an import that was cut off.
async fn undo_cut_off(
    cx: &Cx,
    args: &Args,
    target: &super::target::Target,
    history: &History,
    entry: &Entry,
) -> Result<Outcome, CommandError> {
    let (when, number, name) = (super::history::time(entry), entry.number, &entry.name);
    cx.ui.warning(&format!("import {number} into `{name}`, stage `{}`, of {when}, was cut off", entry.stage));
    if !asked(cx, args.yes, "Undo it?")? {
        return Ok(Outcome::Clean);
    }
    let kind = if entry.http { crate::gateway::ApiKind::Http } else { crate::gateway::ApiKind::Rest };
    let undone = rollback::undo_cut_off(&target.connection.to(kind), entry).await.map_err(failed)?;
    history.write(&Entry { state: State::Undone, ..entry.clone() })?;
    cx.ui.status("Undone", &format!("import {number}: {undone}"));
    Ok(Outcome::Clean)
}

/// Lets API Gateway call the functions of the deployment that is served again; later imports may have taken that away.
/// Returns how many could not be granted.
async fn permit(cx: &Cx, target: &super::target::Target, connection: &Connection, api_id: &str, stage: &str) -> usize {
    if target.local.is_some() {
        return 0;
    }
    let account = &target.account_id;
    let granted = async {
        let Some(definition) = exported_definition(connection, api_id, stage, account).await? else {
            return Ok(Vec::new());
        };
        if permission::needed(&definition).is_empty() {
            return Ok(Vec::new());
        }
        let needed = permission::needed_by_all_stages(connection, api_id, stage, &definition, account).await?;
        let ui = cx.ui.clone();
        let progress = move |verb: &str, what: &str| ui.status(verb, what);
        Ok(permission::grant(connection, api_id, account, &needed, &[], &progress).await)
    };
    let problems = match granted.await {
        Ok(problems) => problems,
        Err::<_, DeployError>(error) => vec![Problem::Failed(error.to_string())],
    };
    for problem in &problems {
        match problem {
            Problem::NoFunction(name) => cx.ui.warning(&format!("function `{name}` does not exist")),
            Problem::Failed(reason) => cx.ui.warning(reason),
        }
    }
    problems.len()
}

fn none(what: &str) -> CommandError {
    CommandError::new(what.to_owned()).with_hint("`gatewright history` lists what there is to go back to")
}

/// What there is to go back to: a deployment and, where it is known, the document it was made of.
type Wanted<'a> = Option<(&'a str, Option<&'a str>)>;

/// Returns what to go back to; nothing when the history does not know what is served `now`.
fn wanted<'a>(entries: &'a [Entry], to: Option<u32>, now: &str) -> Result<Wanted<'a>, CommandError> {
    let applied: Vec<&Entry> = entries.iter().filter(|e| e.state == State::Applied).collect();
    let Some(number) = to else {
        // Without a number it is one step back from what is served, so that several go further back.
        let served = applied.iter().rev().find(|e| e.deployment_after.as_deref() == Some(now));
        let Some(entry) = served else { return Ok(None) };
        let before = entry
            .deployment_before
            .as_deref()
            .ok_or_else(|| none("there was no deployment before the one that is served"))?;
        return Ok(Some((before, entry.export_before.as_deref())));
    };
    let at = applied
        .iter()
        .position(|e| e.number == number)
        .ok_or_else(|| none(&format!("there is no applied import {number}")))?;
    let deployment = applied[at].deployment_after.as_deref().ok_or_else(|| none("that import made no deployment"))?;
    // What an import left is what the next one found.
    let next = applied.get(at + 1).and_then(|next| next.export_before.as_deref());
    Ok(Some((deployment, applied[at].export_after.as_deref().or(next))))
}
