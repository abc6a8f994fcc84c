//! `gatewright status`

use std::fmt::Write as _;

use crate::deploy::history::{History, State};
use crate::deploy::{DeployError, drift, exported_text, find_api, rollback};
use crate::source::render::sanitized;

use super::target::{TargetArgs, failed};
use super::{CommandError, Cx, Outcome};

/// Shows what each environment serves: which API, since when, from which revision, and whether it has drifted.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The API's name or id [default: each environment's].
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
    super::runtime()?.block_on(status(cx, args))
}

async fn status(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let mut names: Vec<Option<String>> = cx.config.settings.env.keys().cloned().map(Some).collect();
    if args.target.env.is_some()
        || names.is_empty()
        || args.target.target.is_some()
        || args.target.endpoint_url.is_some()
    {
        names = vec![args.target.env.clone()];
    }
    let mut drifted = false;
    let mut text = String::new();
    for name in names {
        let target = TargetArgs { env: name.clone(), ..args.target.clone() };
        drifted |= one(cx, &args, &target, &mut text).await?;
    }
    cx.ui.answer(&text);
    Ok(if drifted { Outcome::Findings } else { Outcome::Clean })
}

/// Writes one environment's lines and returns whether it has drifted.
async fn one(cx: &Cx, args: &Args, target_args: &TargetArgs, text: &mut String) -> Result<bool, CommandError> {
    let mut target = target_args.open(cx).await?;
    let result = async {
        let name = args.api.clone().or_else(|| target.environment.api.clone()).ok_or_else(|| {
            CommandError::new("no API is named")
                .with_hint("name it: `gatewright status NAME`, or set `api` in the environment")
        })?;
        let stage = args.stage.clone().or_else(|| target.environment.stage.clone()).unwrap_or_else(|| "dev".into());
        let label = format!("{} {}@{stage}", target.environment_name, sanitized(&name));
        let Some(api) = find_api(&target.connection, &name).await.map_err(failed)? else {
            let _ = writeln!(text, "{label}: not there");
            return Ok(false);
        };
        let deployment = rollback::current_deployment(&target.connection, &api.id, &stage).await.map_err(failed)?;
        let Some(deployment) = deployment else {
            let _ = writeln!(text, "{label}: API {} has no such stage", api.id);
            return Ok(false);
        };
        let place = super::history::place(target_args, &target.environment);
        let entries = History::of(&cx.config.state_folder(), &place, &api.name, &stage).entries();
        let _ = write!(text, "{label}: API {}, deployment {deployment}", api.id);
        let made = entries.iter().rev().find(|e| {
            e.deployment_after.as_deref() == Some(&deployment) && matches!(e.state, State::Applied | State::RolledBack)
        });
        let Some(entry) = made else {
            let _ = writeln!(text, ", not deployed from here");
            return Ok(false);
        };
        let since = jiff::Timestamp::from_second(entry.time).map(|t| t.to_string()).unwrap_or_default();
        let _ = write!(text, " since {since}");
        if let Some(version) = &entry.version {
            let _ = write!(text, ", version {}", sanitized(version));
        }
        if let Some(revision) = &entry.revision {
            let _ = write!(text, ", git {}", sanitized(revision));
        }
        let Some(meant) = &entry.export_after else {
            let _ = writeln!(text);
            return Ok(false);
        };
        let now = exported_text(&target.connection, &api.id, &stage).await.map_err(failed)?.unwrap_or_default();
        let differences = drift(&api.id, meant, &now, &target.account_id, target.connection.region())
            .map_err(|error: DeployError| failed(error))?;
        if differences.is_empty() {
            let _ = writeln!(text, ", no drift");
            return Ok(false);
        }
        let _ = writeln!(text, ", drifted:");
        text.push_str(&super::plan_text::changes_text(&differences, cx.ui.stdout_color()));
        Ok(true)
    }
    .await;
    if let Some(local) = target.local.take() {
        local.close().await;
    }
    result
}
