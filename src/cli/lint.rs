//! `gatewright lint`

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::lint::baseline::Baseline;
use crate::lint::levels::Unknown;
use crate::lint::{self, ApiKind, Level, Levels, Options, fix, page, rules};
use crate::source::{Access, Diagnostic, Format, Severity, Sources, Span, render, write_whole};

use super::document::DocumentArgs;
use super::{CommandError, Cx, Outcome};

/// Says what API Gateway refuses, drops, or trips over.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The documents: paths, globs, `-`, or `git:REV:PATH`.
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<String>,
    /// How findings are written.
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: OutputFormat,
    /// The kind of API, instead of the one the document looks like.
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
    /// What else than errors asks for attention.
    #[arg(long, value_name = "SEVERITY")]
    deny: Option<Deny>,
    /// Report these codes only; `schema-*` stands for all that begin so.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not report these codes.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Do not report what this file knows; it is written when it is not there.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the baseline anew.
    #[arg(long, requires = "baseline")]
    update_baseline: bool,
    /// Mend in place what can be mended mechanically, and report the rest.
    #[arg(long)]
    fix: bool,
    #[command(flatten)]
    document: DocumentArgs,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum OutputFormat {
    /// Source excerpts, for people.
    #[value(alias = "text", alias = "full")]
    Terminal,
    /// One line for each.
    Concise,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// A JUnit report.
    Junit,
}

/// A kind of API.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// A REST API.
    Rest,
    /// An HTTP API.
    Http,
}

/// What asks for attention.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Deny {
    /// Warnings and errors.
    #[value(alias = "warning")]
    Warnings,
    /// Remarks, warnings and errors.
    Info,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let options = options(cx, &args)?;
    args.document.options(cx)?;
    let specs = expanded(&args.specs)?;
    let mut linted = lint_all(cx, &args, &specs, &options);
    if args.fix && mend(cx, &linted)? > 0 {
        linted = lint_all(cx, &args, &specs, &options);
    }
    let Linted { sources, found, unreadable } = linted;
    let found = match &args.baseline {
        Some(file) => against_baseline(cx, file, args.update_baseline, found, &sources)?,
        None => found,
    };
    cx.ui.answer(&rendered(&found, &sources, args.format, cx.ui.stdout_color()));
    if unreadable {
        let mut error = CommandError::new("not every document could be read");
        error.shown = true;
        return Err(error);
    }
    let limit = match args.deny {
        None => Severity::Error,
        Some(Deny::Warnings) => Severity::Warning,
        Some(Deny::Info) => Severity::Info,
    };
    Ok(if found.iter().any(|d| d.severity >= limit) { Outcome::Findings } else { Outcome::Clean })
}

fn rendered(found: &[Diagnostic], sources: &Sources, format: OutputFormat, color: bool) -> String {
    match format {
        OutputFormat::Terminal => render::terminal::render(found, sources, color),
        OutputFormat::Concise => render::concise::render(found, sources),
        OutputFormat::Json => render::json::render(found, sources),
        OutputFormat::Sarif => {
            let pages: Vec<_> = rules::ALL.iter().map(|rule| (rule, page::summary(rule), page::body(rule))).collect();
            let texts: Vec<_> = pages
                .iter()
                .map(|(rule, summary, page)| render::sarif::RuleText {
                    code: rule.code,
                    summary,
                    page,
                    severity: rule.severity,
                })
                .collect();
            render::sarif::render(found, sources, &texts)
        }
        OutputFormat::Github => render::github::render(found, sources),
        OutputFormat::Gitlab => render::gitlab::render(found, sources),
        OutputFormat::Junit => render::junit::render(found, sources),
    }
}

/// Returns the options of the configuration's `[lint]` and the command line, which goes before it.
fn options(cx: &Cx, args: &Args) -> Result<Options, CommandError> {
    let mut options = configured(&cx.config.settings.lint).map_err(|error| match &cx.config.file {
        Some(file) => CommandError { message: format!("`{}`: {}", file.display(), error.message), ..error },
        None => error,
    })?;
    if let Some(kind) = args.kind {
        options.kind = Some(match kind {
            Kind::Rest => ApiKind::Rest,
            Kind::Http => ApiKind::Http,
        });
    }
    options.levels.select(&args.select).map_err(unknown)?;
    options.levels.ignore(&args.ignore).map_err(unknown)?;
    Ok(options)
}

/// Reads `[lint]`: `kind`, and a level for each code, directly or under `[lint.rules]`.
pub(super) fn configured(table: &toml::Table) -> Result<Options, CommandError> {
    let mut options = Options::default();
    for (key, value) in table {
        match key.as_str() {
            "kind" => {
                options.kind = Some(match value.as_str() {
                    Some("rest") => ApiKind::Rest,
                    Some("http") => ApiKind::Http,
                    _ => return Err(CommandError::new("`lint.kind` is neither `rest` nor `http`")),
                });
            }
            "rules" => match value.as_table() {
                Some(rules) => {
                    for (code, level) in rules {
                        set_level(&mut options.levels, code, level, &[])?;
                    }
                }
                None => return Err(CommandError::new("`lint.rules` is not a table")),
            },
            _ => set_level(&mut options.levels, key, value, &["kind", "rules"])?,
        }
    }
    Ok(options)
}

fn set_level(levels: &mut Levels, code: &str, value: &toml::Value, keys: &[&'static str]) -> Result<(), CommandError> {
    if rules::find(code).is_none() {
        let names = rules::codes().chain(keys.iter().copied());
        let nearest = lint::levels::nearest(code, names);
        return Err(unknown(Unknown { what: "lint code or key", name: code.to_owned(), nearest }));
    }
    let level = value.as_str().and_then(Level::parse).ok_or_else(|| {
        CommandError::new(format!("`lint.{code}` is `{value}`")).with_hint("write `off`, `info`, `warning` or `error`")
    })?;
    levels.set(code, level).map_err(unknown)
}

fn unknown(error: Unknown) -> CommandError {
    let hint = match &error.nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`gatewright explain` lists the codes".to_owned(),
    };
    CommandError::new(error.to_string()).with_hint(hint)
}

/// Returns the documents' names with patterns replaced by the files they match, sorted.
fn expanded(specs: &[String]) -> Result<Vec<String>, CommandError> {
    let mut out: Vec<String> = Vec::new();
    for spec in specs {
        let pattern = spec.contains(['*', '?', '[', '{']) && !Path::new(spec).exists() && !spec.starts_with("git:");
        if !pattern {
            out.push(spec.clone());
            continue;
        }
        let glob = globset::GlobBuilder::new(spec)
            .literal_separator(true)
            .build()
            .map_err(|e| CommandError::new(format!("`{spec}` is not a pattern")).with_source(e))?
            .compile_matcher();
        let fixed: PathBuf = Path::new(spec)
            .components()
            .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
            .collect();
        let from = if fixed.as_os_str().is_empty() { Path::new(".") } else { fixed.as_path() };
        let mut matched: Vec<String> = walkdir::WalkDir::new(from)
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| entry.path().strip_prefix("./").map_or_else(|_| entry.path().to_owned(), Path::to_owned))
            .filter(|path| glob.is_match(path))
            .map(|path| path.display().to_string())
            .collect();
        if matched.is_empty() {
            return Err(CommandError::new(format!("no file matches `{spec}`")));
        }
        out.append(&mut matched);
    }
    let mut seen = std::collections::HashSet::new();
    out.retain(|name| seen.insert(name.clone()));
    Ok(out)
}

/// What was found in some documents.
struct Linted {
    sources: Sources,
    found: Vec<Diagnostic>,
    unreadable: bool,
}

/// Lints the documents side by side; the answer is in the documents' order.
fn lint_all(cx: &Cx, args: &Args, specs: &[String], options: &Options) -> Linted {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(specs.len());
    let mut order: Vec<(usize, &String)> = specs.iter().enumerate().collect();
    // The largest first, so that no worker begins it when the others are done.
    order.sort_by_key(|(_, spec)| std::cmp::Reverse(std::fs::metadata(spec).map_or(0, |file| file.len())));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((at, spec)) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((*at, lint_one(cx, args, spec, options)));
        }
        done
    };
    let mut all: Vec<(usize, Linted)> = if workers <= 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            handles.into_iter().flat_map(|handle| handle.join().expect("linting does not panic")).collect()
        })
    };
    all.sort_by_key(|(at, _)| *at);
    let mut whole = Linted { sources: Sources::new(), found: Vec::new(), unreadable: false };
    for (_, linted) in all {
        let by = whole.sources.append(&linted.sources);
        whole.found.extend(linted.found.into_iter().map(|d| d.moved(by)));
        whole.unreadable |= linted.unreadable;
    }
    whole
}

fn lint_one(cx: &Cx, args: &Args, spec: &str, options: &Options) -> Linted {
    match args.document.read(cx, spec) {
        Ok((Some(document), sources, loaded)) => {
            let found = lint::lint(&document, &loaded, options);
            Linted { sources, found, unreadable: false }
        }
        Ok((None, sources, loaded)) => {
            Linted { sources, found: lint::lint_unreadable(&loaded, options), unreadable: true }
        }
        Err(error) => {
            let mut sources = Sources::new();
            let file = sources.add(spec, "", Format::Yaml);
            let message = match &error.source {
                Some(reason) if !error.message.contains(&reason.to_string()) => format!("{}: {reason}", error.message),
                _ => error.message,
            };
            let mut finding = Diagnostic::error("unreadable", Span::new(file, 0, 0), message);
            finding.help = error.hints.into_iter().next();
            Linted { sources, found: vec![finding], unreadable: true }
        }
    }
}

/// Writes the fixes of findings into the files, and returns how many there were.
fn mend(cx: &Cx, linted: &Linted) -> Result<usize, CommandError> {
    let mut count = 0;
    for fixed in fix::apply(&linted.found, &linted.sources) {
        let file = linted.sources.file(fixed.file);
        let path = Path::new(file.name());
        // Only a file that is still as it was read is written: not standard input, nor a git revision.
        let Ok(current) = std::fs::read_to_string(path) else { continue };
        let body = current.strip_prefix('\u{feff}').unwrap_or(&current);
        if body != file.text() {
            continue;
        }
        let mark = if body.len() == current.len() { "" } else { "\u{feff}" };
        write(path, &format!("{mark}{}", fixed.text))?;
        cx.ui.status("Fixed", &format!("{} in {}", fixed.count, file.name()));
        count += fixed.count;
    }
    Ok(count)
}

fn write(path: &Path, text: &str) -> Result<(), CommandError> {
    write_whole(path, text.as_bytes(), Access::Shared)
        .map_err(|e| CommandError::new(format!("cannot write `{}`", path.display())).with_source(e))
}

fn against_baseline(
    cx: &Cx,
    file: &Path,
    update: bool,
    found: Vec<Diagnostic>,
    sources: &Sources,
) -> Result<Vec<Diagnostic>, CommandError> {
    if update || !file.exists() {
        let mut text = serde_json::to_string_pretty(&Baseline::of(&found, sources))?;
        text.push('\n');
        write(file, &text)?;
        cx.ui.status("Wrote", &format!("{} findings to {}", found.len(), file.display()));
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(file)
        .map_err(|e| CommandError::new(format!("cannot read `{}`", file.display())).with_source(e))?;
    let baseline: Baseline = serde_json::from_str(&text)
        .map_err(|e| CommandError::new(format!("`{}` is not a baseline", file.display())).with_source(e))?;
    let (new, known) = baseline.unknown(found, sources);
    if known > 0 {
        cx.ui.status("Known", &format!("{known} findings are in {}", file.display()));
    }
    Ok(new)
}
