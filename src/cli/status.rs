//! `gatewright status`

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::deploy::history::State;
use crate::deploy::{PlannedChange, drift, exported_text, find_api_of_any_kind, rollback};
use crate::source::render::sanitized;

use super::stage_args::{StageArgs, api_in, no_api};
use super::target::{Target, TargetArgs, failed};
use super::{CommandError, Cx, Outcome};

/// Shows what each environment serves: which API, since when, from which revision, and whether it has drifted.
///
/// Ends with 1 when one has drifted from what was imported from here.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The API's name or id [default: each environment's].
    api: Option<String>,
    #[command(flatten)]
    stage: StageArgs,
    /// How the answer is written.
    #[arg(long, value_enum, default_value = "terminal", value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Terminal,
    /// One JSON document.
    Json,
}

/// What one environment serves.
#[derive(Debug, Default)]
struct Served {
    environment: String,
    name: String,
    stage: String,
    api_id: Option<String>,
    deployment: Option<String>,
    canary: Option<String>,
    /// The import that made the deployment, when it was made from here: when, version, revision, content.
    imported: Option<(String, Option<String>, Option<String>, String)>,
    /// How it differs from what was imported; absent when that is not known.
    drift: Option<Vec<PlannedChange>>,
    /// The number of an import that was cut off.
    cut_off: Option<u32>,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    super::runtime()?.block_on(status(cx, args))
}

async fn status(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let mut names: Vec<Option<String>> = cx.config.settings.env.keys().cloned().map(Some).collect();
    let asked = args.stage.target();
    if asked.env.is_some() || names.is_empty() || asked.target.is_some() || asked.endpoint_url.is_some() {
        names = vec![asked.env.clone()];
    }
    let mut all = Vec::new();
    for name in names {
        let target = TargetArgs { env: name, ..asked.clone() }.open(cx).await?;
        let served = served(cx, &args, &target).await;
        target.close().await;
        all.extend(served?);
    }
    if let (Some(name), false) = (&args.api, all.iter().any(|s| s.api_id.is_some())) {
        return Err(CommandError::new(format!("there is no API `{}`", sanitized(name)))
            .with_hint("`--env`, `--target` or `--endpoint-url` say where to look"));
    }
    let text = match args.format {
        Format::Json => format!("{}\n", Json::Array(all.iter().map(json).collect())),
        Format::Terminal => all.iter().map(|served| lines(served, cx.ui.stdout_color())).collect(),
    };
    cx.ui.answer(&text);
    let drifted = all.iter().any(|s| s.drift.as_ref().is_some_and(|drift| !drift.is_empty()));
    Ok(if drifted { Outcome::Findings } else { Outcome::Clean })
}

/// Returns what an environment serves, of each API that is meant.
async fn served(cx: &Cx, args: &Args, target: &Target) -> Result<Vec<Served>, CommandError> {
    let mut names: Vec<String> = api_in(args.api.as_ref(), &target.environment).into_iter().collect();
    if names.is_empty() {
        names = super::lock::Lock::read(&cx.config.folder)?.ids(&target.environment_name);
    }
    if names.is_empty() {
        return Err(no_api("status"));
    }
    let stage = args.stage.stage_in(&target.environment);
    let mut all = Vec::new();
    for name in names {
        all.push(one(cx, target, name, stage.clone()).await?);
    }
    Ok(all)
}

async fn one(cx: &Cx, target: &Target, name: String, stage: String) -> Result<Served, CommandError> {
    let mut served = Served { environment: target.environment_name.clone(), stage, ..Served::default() };
    let found = find_api_of_any_kind(&target.connection, &name).await.map_err(failed)?;
    served.name = found.as_ref().map_or(name, |(api, _)| api.name.clone());
    let Some((api, connection)) = found else { return Ok(served) };
    let connection = &connection;
    served.api_id = Some(api.id.clone());
    let Some((deployment, canary)) =
        rollback::deployments_of(connection, &api.id, &served.stage).await.map_err(failed)?
    else {
        return Ok(served);
    };
    let history = super::history::of_api(&cx.config.state_folder(), &target.place(), &api.name, &served.stage);
    served.cut_off = history.cut_off().map(|entry| entry.number);
    served.canary = canary;
    let entries = history.entries();
    let made_it = |e: &&crate::deploy::history::Entry| {
        e.deployment_after.as_deref() == Some(&deployment) && matches!(e.state, State::Applied | State::RolledBack)
    };
    if let Some(last) = entries.iter().rev().find(made_it) {
        // A return to a deployment says since when; the import that made it says what it is.
        let made = entries.iter().rev().filter(made_it).find(|e| e.state == State::Applied).unwrap_or(last);
        let when = super::history::time(last);
        served.imported = Some((when, made.version.clone(), made.revision.clone(), made.content.clone()));
        if let Some(meant) = &made.export_after {
            let now = exported_text(connection, &api.id, &served.stage).await.map_err(failed)?.unwrap_or_default();
            let differences = drift(connection.kind(), &api.id, meant, &now, &target.account_id, connection.region())
                .map_err(failed)?;
            served.drift = Some(differences);
        }
    }
    served.deployment = Some(deployment);
    Ok(served)
}

fn lines(served: &Served, color: bool) -> String {
    let mut text = format!("{} {}@{}: ", sanitized(&served.environment), sanitized(&served.name), served.stage);
    let Some(api_id) = &served.api_id else { return text + "not there\n" };
    let Some(deployment) = &served.deployment else {
        let _ = writeln!(text, "API {api_id} has no such stage");
        return text;
    };
    let _ = write!(text, "API {api_id}, deployment {deployment}");
    if let Some(canary) = &served.canary {
        let _ = write!(text, ", canary {canary}");
    }
    match &served.imported {
        None => text.push_str(", not deployed from here"),
        Some((when, version, revision, content)) => {
            let _ = write!(text, " since {when}");
            if let Some(version) = version {
                let _ = write!(text, ", version {}", sanitized(version));
            }
            if let Some(revision) = revision {
                let _ = write!(text, ", git {}", sanitized(revision));
            }
            if !content.is_empty() {
                let _ = write!(text, ", content {}", sanitized(content));
            }
        }
    }
    match &served.drift {
        None => text.push('\n'),
        Some(drift) if drift.is_empty() => text.push_str(", no drift\n"),
        Some(drift) => {
            text.push_str(", drifted:\n");
            text.push_str(&super::plan_text::changes_text(drift, color));
        }
    }
    if let Some(number) = served.cut_off {
        let _ = writeln!(
            text,
            "  import {number} was cut off: import again to finish it, or `gatewright rollback` to undo it"
        );
    }
    text
}

fn json(served: &Served) -> Json {
    let (when, version, revision, content) = match &served.imported {
        Some((when, version, revision, content)) => (Some(when), version.as_ref(), revision.as_ref(), Some(content)),
        None => (None, None, None, None),
    };
    json!({
        "environment": served.environment,
        "api": { "id": served.api_id, "name": served.name },
        "stage": served.stage,
        "deployment": served.deployment,
        "canary": served.canary,
        "since": when,
        "version": version,
        "revision": revision,
        "content": content,
        "drift": served.drift.as_ref().map(|drift| super::import::changes_json(drift)),
        "cutOff": served.cut_off,
    })
}
