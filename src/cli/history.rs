//! `gatewright history`

use std::fmt::Write as _;

use crate::deploy::history::{Entry, History, State};

use super::stage_args::{StageArgs, named_api};
use super::{CommandError, Cx, Outcome};
use crate::source::render::sanitized;

/// Lists the imports into a stage, newest first.
///
/// Each has a number, which `gatewright rollback --to` takes. What is listed was imported from this folder.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The API's name or id [default: the environment's].
    api: Option<String>,
    #[command(flatten)]
    stage: StageArgs,
    /// Also list what changed.
    #[arg(long)]
    stat: bool,
    /// List at most so many.
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<usize>,
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

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let where_it_is = args.stage.target();
    let (_, environment) = where_it_is.environment(cx)?;
    let api = named_api(args.api.as_ref(), &environment, "history")?;
    let stage = args.stage.stage_in(&environment);
    let place = match where_it_is.place_offline(cx)? {
        Some(place) => place,
        None => super::runtime()?.block_on(async {
            let target = where_it_is.open(cx).await?;
            let place = target.place();
            target.close().await;
            Ok::<_, CommandError>(place)
        })?,
    };
    let state = cx.config.state_folder();
    let history = of_api(&state, &place, &api, &stage);
    let under_way = matches!(history.lock(), Ok(None));
    let mut entries = history.entries();
    if entries.is_empty() {
        return Err(CommandError::new(format!("nothing was imported into `{api}`, stage `{stage}`, from here"))
            .with_hint("`--env`, `--target` or `--endpoint-url`, and `--stage`, say where; `gatewright status` shows what is there"));
    }
    entries.reverse();
    entries.truncate(args.limit.unwrap_or(usize::MAX));
    if args.format == Format::Json {
        let json: Vec<_> = entries.iter().map(without_export).collect();
        cx.ui.answer(&format!("{}\n", serde_json::Value::Array(json)));
        return Ok(Outcome::Clean);
    }
    let mut text = String::new();
    for (at, entry) in entries.iter().enumerate() {
        let _ = writeln!(text, "{}", line(entry, at == 0 && under_way));
        if args.stat {
            for subject in &entry.subjects {
                let _ = writeln!(text, "      {}", super::plan_text::one_line(subject));
            }
        }
    }
    cx.ui.answer(&text);
    Ok(Outcome::Clean)
}

/// Returns the place of HTTP APIs; one may have the name of a REST API.
pub(super) fn http_place(place: &str) -> String {
    format!("{place}-http")
}

/// Returns the history of an API's stage, by the API's name or id.
pub(super) fn of_api(state: &std::path::Path, place: &str, api: &str, stage: &str) -> History {
    let places = [place.to_owned(), http_place(place)];
    let named = places.iter().map(|place| History::of(state, place, api, stage));
    let by_id = places.iter().filter_map(|place| {
        let name = History::name_of_id(state, place, api)?;
        Some(History::of(state, place, &name, stage))
    });
    let found = named.chain(by_id).find(|history| !history.is_empty());
    found.unwrap_or_else(|| History::of(state, place, api, stage))
}

fn line(entry: &Entry, under_way: bool) -> String {
    let when = time(entry);
    let state = match entry.state {
        State::Started if under_way => "under way",
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

/// Returns when an import began, as RFC 3339 has it.
pub(super) fn time(entry: &Entry) -> String {
    jiff::Timestamp::from_second(entry.time).map(|t| t.to_string()).unwrap_or_default()
}

fn without_export(entry: &Entry) -> serde_json::Value {
    let mut json = serde_json::to_value(Entry { export_before: None, export_after: None, ..entry.clone() });
    if let Ok(serde_json::Value::Object(members)) = &mut json {
        for internal in ["exportBefore", "exportAfter", "variablesBefore", "besideBefore"] {
            members.remove(internal);
        }
        members.insert("when".into(), time(entry).into());
    }
    json.unwrap_or_default()
}
