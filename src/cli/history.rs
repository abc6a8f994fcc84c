//! `gatewright history`

use std::fmt::Write as _;

use crate::deploy::history::{Entry, History, State};

use super::target::TargetArgs;
use super::{CommandError, Cx, Outcome};
use crate::source::render::sanitized;

/// Lists the imports into a stage, newest first.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The API's name [default: the environment's].
    api: Option<String>,
    /// The environment of the configuration: `[env.NAME]`.
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    /// The stage.
    #[arg(long, value_name = "NAME")]
    stage: Option<String>,
    /// How the list is written.
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

pub(super) fn run(cx: &Cx, mut args: Args) -> Result<Outcome, CommandError> {
    args.target.env.clone_from(&args.env);
    let (_, environment) = args.target.environment(cx)?;
    let api = args.api.clone().or_else(|| environment.api.clone()).ok_or_else(|| {
        CommandError::new("no API is named")
            .with_hint("name it: `gatewright history NAME`, or set `api` in the environment")
    })?;
    let stage = args.stage.clone().or_else(|| environment.stage.clone()).unwrap_or_else(|| "dev".into());
    let mut entries =
        History::of(&cx.config.state_folder(), &place(&args.target, &environment), &api, &stage).entries();
    entries.reverse();
    if args.format == Format::Json {
        let json: Vec<_> = entries.iter().map(without_export).collect();
        cx.ui.answer(&format!("{}\n", serde_json::Value::Array(json)));
        return Ok(Outcome::Clean);
    }
    if entries.is_empty() {
        cx.ui.status("None", &format!("nothing was imported into `{api}`, stage `{stage}`, from here"));
    }
    let mut text = String::new();
    for entry in &entries {
        let _ = writeln!(text, "{}", line(entry));
    }
    cx.ui.answer(&text);
    Ok(Outcome::Clean)
}

/// Returns the name under which a service's imports are kept.
pub(super) fn place(target: &TargetArgs, environment: &super::Environment) -> String {
    use super::target::TargetKind;
    let endpoint = target.endpoint_url.clone().or_else(|| environment.endpoint_url.clone());
    let aws = target.target == Some(TargetKind::Aws) || environment.target.as_deref() == Some("aws");
    match endpoint {
        Some(url) => url,
        None if aws => format!(
            "aws-{}",
            target.region.clone().or_else(|| environment.region.clone()).unwrap_or_else(|| "default".into())
        ),
        None => "local".into(),
    }
}

fn line(entry: &Entry) -> String {
    let when = jiff::Timestamp::from_second(entry.time).map(|t| t.to_string()).unwrap_or_default();
    let state = match entry.state {
        State::Started => "cut off",
        State::Applied => "applied",
        State::Undone => "undone",
        State::RolledBack => "rolled back",
    };
    let [added, changed, removed] = entry.changes;
    let mut line = format!("{:>4}  {when}  {state:<11}  +{added} ~{changed} -{removed}", entry.number);
    if let Some(version) = &entry.version {
        let _ = write!(line, "  version {}", sanitized(version));
    }
    if let Some(revision) = &entry.revision {
        let _ = write!(line, "  git {}", sanitized(revision));
    }
    if let Some(deployment) = &entry.deployment_after {
        let _ = write!(line, "  deployment {}", sanitized(deployment));
    }
    line
}

fn without_export(entry: &Entry) -> serde_json::Value {
    serde_json::to_value(Entry { export_before: None, export_after: None, ..entry.clone() }).unwrap_or_default()
}
