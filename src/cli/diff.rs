//! `gatewright diff`

mod changed;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diff::{self, Accepted, AcceptedFile, Level, Options, Policy, Report, render};
use crate::gateway::ApiKind;
use crate::openapi::Document;
use crate::source::emit::emit;
use crate::source::{Access, Format, Severity, write_whole};

use super::deployed::{self, DeployedName};
use super::document::{DocumentArgs, show};
use super::target::TargetArgs;
use super::{CommandError, Cx, Outcome};

/// Shows what changed between two documents, or between a deployed API and a document.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The old document: a path, `-`, `git:REV:PATH`, `aws:API[@STAGE]` or `local:API[@STAGE]`. With `--since`: where
    /// to look for documents, as are all names after it.
    #[arg(required_unless_present = "since")]
    old: Option<String>,
    /// The new document, named the same way. Without it, OLD is the new one and is compared with what
    /// is deployed in the environment.
    new: Option<String>,
    /// With `--three-way`: what is deployed, `aws:API[@STAGE]` or `local:API[@STAGE]`.
    live: Option<String>,
    #[arg(hide = true)]
    more: Vec<String>,
    /// Compare every document that changed since this git revision, in one report.
    #[arg(long, value_name = "REV", conflicts_with_all = ["three_way", "unified"])]
    since: Option<String>,
    /// Compare three: OLD and NEW, the base and the head of a branch, with LIVE, what is deployed.
    #[arg(long, conflicts_with_all = ["stat", "unified", "accept"])]
    three_way: bool,
    /// Compare the text of the two documents, each whole and in one form.
    #[arg(long, short = 'U', conflicts_with = "stat")]
    unified: bool,
    /// How changes are written.
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: OutputFormat,
    /// Count the changes of each operation, instead of `--format`.
    #[arg(long)]
    stat: bool,
    /// What asks for attention (exit status 1) [default: breaking, or any against a deployed API].
    #[arg(long, value_name = "LEVEL")]
    fail_on: Option<FailOn>,
    /// Accept the change of this fingerprint, or all changes of this check, and write it down.
    #[arg(long, value_name = "ID", requires = "reason")]
    accept: Vec<String>,
    /// Why a change is accepted.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The day after which it no longer is, such as `2027-03-31`.
    #[arg(long, value_name = "DATE", requires = "accept")]
    expires: Option<String>,
    /// The file of accepted changes, instead of `gatewright-accepted.toml` beside the configuration.
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
    /// Leave out changes of prose: descriptions, summaries, tags.
    #[arg(long)]
    no_documentation: bool,
    /// The address of anything that speaks API Gateway's protocol, for a deployed API.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// The AWS region of a deployed API.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The profile of the AWS configuration, for a deployed API.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    #[command(flatten)]
    document: DocumentArgs,
}

/// How changes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OutputFormat {
    /// Grouped by operation, for people.
    Terminal,
    /// One JSON document.
    Json,
    /// A pull request's comment.
    Markdown,
    /// One self-contained page.
    Html,
    /// Annotations on GitHub.
    Github,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Release notes.
    Changelog,
    /// A count for each operation.
    Stat,
}

/// What asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Breaking changes.
    Breaking,
    /// Warnings and breaking changes.
    Warning,
    /// Any change.
    Any,
    /// Nothing.
    None,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let options = configured(cx, !args.no_documentation)?;
    if let Some(revision) = &args.since {
        return since(cx, &args, revision, &options);
    }
    if !args.more.is_empty() || args.live.is_some() != args.three_way {
        return Err(CommandError::new("two documents are compared")
            .with_hint("three with `--three-way`, many with `--since REV`"));
    }
    let (old, new) = sides(cx, &args)?;
    if let Some(live) = &args.live {
        return three_way(cx, &args, (&old, &new, live), &options);
    }
    if args.unified {
        return unified(cx, &args, &old, &new);
    }
    let is_deployed = |name: &str| DeployedName::parse(name).is_some();
    let deployed = is_deployed(&old) || is_deployed(&new);
    let report = compare(cx, &args, &old, &new, &options)?;
    let fail_on = args.fail_on.unwrap_or(if deployed { FailOn::Any } else { FailOn::Breaking });
    conclude(cx, &args, report, &options, fail_on)
}

/// Compares every document that changed since a revision. Those that cannot be read do not hide the others.
fn since(cx: &Cx, args: &Args, revision: &str, options: &Options) -> Result<Outcome, CommandError> {
    let paths: Vec<&str> =
        args.old.iter().chain(&args.new).chain(&args.live).chain(&args.more).map(String::as_str).collect();
    let mut report = Report::default();
    let mut unreadable = None;
    let pairs = changed::documents(revision, &paths)?;
    for submodule in changed::submodules(revision)? {
        let name = crate::source::render::sanitized(&submodule);
        cx.ui.warning(&format!(
            "the submodule `{name}` changed and is not compared: run `gatewright diff --since` in it"
        ));
    }
    for pair in pairs {
        let read = |name: &Option<String>, which: &str| {
            name.as_deref().map(|name| document(cx, args, name, which)).transpose()
        };
        let old = read(&pair.old.as_ref().map(|path| format!("git:{revision}:{path}")), "old");
        match old.and_then(|old| Ok((old, read(&pair.new, "new")?))) {
            Ok((old, new)) => report.append(pair.name(), diff::diff_either(old.as_ref(), new.as_ref(), options)),
            Err(error) => unreadable = Some(unreadable.unwrap_or(error)),
        }
    }
    let outcome = conclude(cx, args, report, options, args.fail_on.unwrap_or(FailOn::Breaking))?;
    unreadable.map_or(Ok(outcome), Err)
}

/// Applies what is accepted, writes the report, and says how the command ends.
fn conclude(
    cx: &Cx,
    args: &Args,
    mut report: Report,
    options: &Options,
    fail_on: FailOn,
) -> Result<Outcome, CommandError> {
    let file = args.accepted.clone().unwrap_or_else(|| cx.config.folder.join("gatewright-accepted.toml"));
    let mut accepted = read_accepted(&file)?;
    if !args.accept.is_empty() {
        accept(args, &report, &mut accepted)?;
        let text = toml::to_string_pretty(&accepted).map_err(CommandError::from)?;
        write_whole(&file, text.as_bytes(), Access::Shared)
            .map_err(|e| CommandError::new(format!("cannot write `{}`", file.display())).with_source(e))?;
    }
    accepted.apply(&mut report, options.policy.today);
    let format = if args.stat { OutputFormat::Stat } else { args.format };
    let text = match format {
        OutputFormat::Terminal => render::terminal::render(&report, cx.ui.stdout_color()),
        OutputFormat::Json => render::json::render(&report),
        OutputFormat::Markdown => render::markdown::render(&report),
        OutputFormat::Html => render::html::render(&report),
        OutputFormat::Github => render::github::render(&report),
        OutputFormat::Sarif => render::sarif::render(&report),
        OutputFormat::Junit => render::junit::render(&report),
        OutputFormat::Changelog => render::changelog::render(&report),
        OutputFormat::Stat => render::stat::render(&report),
    };
    cx.ui.answer(&text);
    let limit = match fail_on {
        FailOn::Breaking => Level::Error,
        FailOn::Warning => Level::Warning,
        FailOn::Any => Level::Info,
        FailOn::None => return Ok(Outcome::Clean),
    };
    Ok(if report.highest().is_some_and(|level| level >= limit) { Outcome::Findings } else { Outcome::Clean })
}

/// Returns the names of the two sides: with one document alone, the old one is what the environment has deployed.
fn sides(cx: &Cx, args: &Args) -> Result<(String, String), CommandError> {
    let old = args.old.as_deref().unwrap_or_default();
    if let Some(new) = &args.new {
        if old == "-" && new == "-" {
            return Err(CommandError::new("both documents cannot be read from standard input"));
        }
        return Ok((old.to_owned(), new.clone()));
    }
    if old == "-" {
        return Err(CommandError::new("a document from standard input is compared with a second one that is named"));
    }
    let environment = match &args.document.env {
        Some(name) => cx.config.environment(name)?.clone(),
        None => cx.config.settings.env.get("default").cloned().unwrap_or_default(),
    };
    let api = match environment.api {
        Some(api) => api,
        None => {
            let document = document(cx, args, old, "new")?;
            let title = document.root().get("info").and_then(|info| info.str_of("title")).unwrap_or_default();
            if title.is_empty() {
                return Err(CommandError::new(format!("`{}` has no `info.title` to find its API by", old))
                    .with_hint("name the API: `gatewright diff SPEC local:API`"));
            }
            title.to_owned()
        }
    };
    let kind = environment.target.as_deref().unwrap_or("local");
    let stage = environment.stage.map(|stage| format!("@{stage}")).unwrap_or_default();
    Ok((format!("{kind}:{api}{stage}"), old.to_owned()))
}

fn compare(cx: &Cx, args: &Args, old: &str, new: &str, options: &Options) -> Result<Report, CommandError> {
    let (before, after) = (side(cx, args, old, "old")?, side(cx, args, new, "new")?);
    let Some(place) = before.account().or(after.account()) else {
        return Ok(diff::diff(before.document(), after.document(), options));
    };
    let kind = before.kind().or(after.kind()).unwrap_or(ApiKind::Rest);
    let completed = |side: &Side| completed(cx, side, &place, kind);
    let (old, new) = (completed(&before)?, completed(&after)?);
    let mut report = diff::diff_deployed(&old, &new, kind, (&place.0, &place.1), options);
    report.notes.extend([&before, &after].into_iter().flat_map(Side::undeployed).cloned());
    Ok(report)
}

/// Returns a side's document with the integrations an import would give it: what it adds is no drift.
fn completed(
    cx: &Cx,
    side: &Side,
    (account_id, region): &(String, String),
    kind: ApiKind,
) -> Result<Document, CommandError> {
    let document = match side {
        Side::Deployed(deployed) => return Ok(deployed.document.clone()),
        Side::Written(document) => document,
    };
    let place = (region.as_str(), account_id.as_str(), crate::gateway::partition(region));
    super::import::completed(cx, document, place, kind).map(|(document, _)| document)
}

/// Shows what a branch changes, what of it is live already, and what else an import would change.
fn three_way(cx: &Cx, args: &Args, names: (&str, &str, &str), options: &Options) -> Result<Outcome, CommandError> {
    let (base, head) = (side(cx, args, names.0, "old")?, side(cx, args, names.1, "new")?);
    let live = side(cx, args, names.2, "deployed")?;
    let place = live.account().unwrap_or_else(|| ("000000000000".into(), "us-east-1".into()));
    let kind = live.kind().unwrap_or_else(|| ApiKind::of(live.document()));
    let completed = |side: &Side| completed(cx, side, &place, kind);
    let (base, head, live) = (completed(&base)?, completed(&head)?, completed(&live)?);
    let between = |a: &Document, b: &Document| diff::diff_deployed(a, b, kind, (&place.0, &place.1), options);
    let (branch, import) = (between(&base, &head), between(&live, &head));
    let lines = diff::three_way(&branch, &import);
    match args.format {
        OutputFormat::Json => cx.ui.answer(&render::three_way::json(&lines)),
        _ => cx.ui.answer(&render::three_way::terminal(&lines)),
    }
    let breaking = lines.iter().any(|line| line.change.level == Level::Error && !line.is_live());
    let drifted = lines.iter().any(diff::ThreeWay::is_drift);
    let fails = match args.fail_on.unwrap_or(FailOn::Breaking) {
        FailOn::None => false,
        FailOn::Any => !lines.is_empty(),
        FailOn::Warning | FailOn::Breaking => breaking || drifted,
    };
    Ok(if fails { Outcome::Findings } else { Outcome::Clean })
}

/// Shows the documents' texts side by side, both as `bundle` writes them.
fn unified(cx: &Cx, args: &Args, old: &str, new: &str) -> Result<Outcome, CommandError> {
    let (before, after) = (side(cx, args, old, "old")?, side(cx, args, new, "new")?);
    let text = |side: &Side| emit(side.document().root(), Format::Yaml);
    let (a, b) = (text(&before), text(&after));
    let lines = similar::TextDiff::from_lines(&a, &b);
    let text = lines.unified_diff().header(old, new).to_string();
    cx.ui.answer(&crate::source::render::sanitized(&text));
    Ok(if a == b || args.fail_on == Some(FailOn::None) { Outcome::Clean } else { Outcome::Findings })
}

/// One side of a comparison.
enum Side {
    Written(Document),
    Deployed(deployed::Deployed),
}

impl Side {
    fn document(&self) -> &Document {
        match self {
            Self::Written(document) => document,
            Self::Deployed(deployed) => &deployed.document,
        }
    }

    /// Returns what a deployed API has that the stage does not serve yet.
    fn undeployed(&self) -> &[String] {
        match self {
            Self::Written(_) => &[],
            Self::Deployed(deployed) => &deployed.undeployed,
        }
    }

    /// Returns the kind of API, of one that is deployed.
    fn kind(&self) -> Option<ApiKind> {
        match self {
            Self::Written(_) => None,
            Self::Deployed(deployed) => Some(deployed.kind),
        }
    }

    /// Returns whose a deployed API is: the account and the region.
    fn account(&self) -> Option<(String, String)> {
        match self {
            Self::Written(_) => None,
            Self::Deployed(deployed) => Some((deployed.account_id.clone(), deployed.region.clone())),
        }
    }
}

/// Reads one side; `which` says which one it is when it cannot be.
fn side(cx: &Cx, args: &Args, name: &str, which: &str) -> Result<Side, CommandError> {
    let Some(deployed) = DeployedName::parse(name) else {
        return document(cx, args, name, which).map(Side::Written);
    };
    let target = TargetArgs {
        env: args.document.env.clone(),
        target: None,
        endpoint_url: args.endpoint_url.clone(),
        region: args.region.clone(),
        profile: args.profile.clone(),
    };
    deployed::load(cx, &deployed, &target).map(Side::Deployed)
}

/// Reads a document. One without paths has nothing wrong to be compared by.
fn document(cx: &Cx, args: &Args, name: &str, which: &str) -> Result<Document, CommandError> {
    let failed = |mut error: CommandError| {
        error.message = format!("the {which} document: {}", error.message);
        error
    };
    let (document, sources, diagnostics) = args.document.read(cx, name).map_err(failed)?;
    let errors: Vec<_> =
        diagnostics.into_iter().filter(|d| d.severity == Severity::Error && d.code != "no-paths").collect();
    match document {
        Some(document) if errors.is_empty() => Ok(document),
        _ => {
            show(cx, &sources, &errors);
            let mut error = failed(CommandError::new(format!("`{name}` has errors")));
            error.shown = true;
            error.hints.push(format!("the {which} document, `{name}`, cannot be compared"));
            Err(error)
        }
    }
}

/// Returns the options by `[diff]` of the configuration: `levels`, `require-sunset`, `sunset-days`, `beta-sunset-days`.
pub(super) fn configured(cx: &Cx, documentation: bool) -> Result<Options, CommandError> {
    let table = &cx.config.settings.diff;
    let wrong = |what: String| CommandError::new(format!("`[diff]` in the configuration: {what}"));
    let mut levels = BTreeMap::new();
    let mut policy = Policy { today: Some(today()), ..Policy::default() };
    for (key, value) in table {
        match (key.as_str(), value) {
            ("levels", toml::Value::Table(table)) => {
                for (id, level) in table {
                    if !diff::ids().any(|known| known == id) {
                        return Err(wrong(format!("there is no check `{id}`")));
                    }
                    let level = match level.as_str() {
                        Some("off") => None,
                        Some(name) => Some(Level::parse(name).ok_or_else(|| wrong(format!("`{name}` is no level")))?),
                        None => return Err(wrong(format!("the level of `{id}` is not a text"))),
                    };
                    levels.insert(id.clone(), level);
                }
            }
            ("require-sunset", toml::Value::Boolean(value)) => policy.require_sunset = *value,
            ("sunset-days", toml::Value::Integer(days)) => policy.stable_days = *days,
            ("beta-sunset-days", toml::Value::Integer(days)) => policy.beta_days = *days,
            _ => return Err(wrong(format!("`{key}` is not known, or its value is of the wrong kind"))),
        }
    }
    Ok(Options { levels, policy, documentation, ..Options::default() })
}

fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Marks the changes of a report that `gatewright-accepted.toml` beside the configuration accepts.
pub(super) fn apply_accepted(cx: &Cx, report: &mut Report) -> Result<(), CommandError> {
    let accepted = read_accepted(&cx.config.folder.join("gatewright-accepted.toml"))?;
    accepted.apply(report, Some(today()));
    Ok(())
}

fn read_accepted(file: &std::path::Path) -> Result<AcceptedFile, CommandError> {
    match std::fs::read_to_string(file) {
        Ok(text) => toml::from_str(&text)
            .map_err(|e| CommandError::new(format!("`{}` holds no accepted changes", file.display())).with_source(e)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(AcceptedFile::default()),
        Err(error) => Err(CommandError::new(format!("cannot read `{}`", file.display())).with_source(error)),
    }
}

fn accept(args: &Args, report: &Report, accepted: &mut AcceptedFile) -> Result<(), CommandError> {
    if let Some(day) = &args.expires
        && day.parse::<jiff::civil::Date>().is_err()
    {
        return Err(CommandError::new(format!("`{day}` is not a date")).with_hint("write it like `2027-03-31`"));
    }
    for id in &args.accept {
        let chosen: Vec<_> = report.changes.iter().filter(|c| c.fingerprint == *id || c.id == id).collect();
        if chosen.is_empty() {
            return Err(CommandError::new(format!("no change is `{id}`"))
                .with_hint("`--format json` shows the `fingerprint` and the `id` of each change"));
        }
        for change in chosen {
            accepted.entries.retain(|entry| entry.fingerprint != change.fingerprint);
            accepted.entries.push(Accepted {
                fingerprint: change.fingerprint.clone(),
                id: change.id.to_owned(),
                change: change.message.clone(),
                reason: args.reason.clone().unwrap_or_default(),
                expires: args.expires.clone(),
            });
        }
    }
    Ok(())
}
