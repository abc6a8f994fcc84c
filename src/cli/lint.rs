//! `gatewright lint`

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::lint::{self, ApiKind, Options};
use crate::openapi::{self, LoadOptions};
use crate::source::{Diagnostic, Format, Loader, Origin, Severity, Sources, Span, render};

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
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum OutputFormat {
    /// Source excerpts, for people.
    Terminal,
    /// One line for each.
    Concise,
    /// One JSON document.
    Json,
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
    Warnings,
    /// Remarks, warnings and errors.
    Info,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let options = options(&args);
    let origins = origins(&args.specs)?;
    let mut sources = Sources::new();
    let mut found = Vec::new();
    let mut unreadable = false;
    for linted in lint_all(&origins, &options) {
        let by = sources.append(&linted.sources);
        found.extend(linted.found.into_iter().map(|d| d.moved(by)));
        unreadable |= linted.unreadable;
    }
    let text = match args.format {
        OutputFormat::Terminal => render::terminal::render(&found, &sources, cx.ui.stdout_color()),
        OutputFormat::Concise => render::concise::render(&found, &sources),
        OutputFormat::Json => render::json::render(&found, &sources),
    };
    cx.ui.answer(&text);
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

fn options(args: &Args) -> Options {
    let kind = args.kind.map(|kind| match kind {
        Kind::Rest => ApiKind::Rest,
        Kind::Http => ApiKind::Http,
    });
    Options { kind, ..Options::default() }
}

fn origins(specs: &[String]) -> Result<Vec<Origin>, CommandError> {
    let mut out = Vec::new();
    for spec in specs {
        let origin = Origin::parse(spec).ok_or_else(|| {
            CommandError::new(format!("`{spec}` is a deployed API, not a document"))
                .with_hint("`gatewright diff` compares a document with a deployed API")
        })?;
        out.push(origin);
    }
    Ok(out)
}

/// What was found in one document.
struct Linted {
    sources: Sources,
    found: Vec<Diagnostic>,
    unreadable: bool,
}

/// Lints the documents side by side; the answers are in the documents' order.
fn lint_all(origins: &[Origin], options: &Options) -> Vec<Linted> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(origins.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((at, origin)) = origins.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((at, lint_one(origin, options)));
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
    all.into_iter().map(|(_, linted)| linted).collect()
}

fn lint_one(origin: &Origin, options: &Options) -> Linted {
    match openapi::load(&Loader::default(), origin, &LoadOptions::default()) {
        Ok((Some(document), sources, loaded)) => {
            let found = lint::lint(&document, &loaded, options);
            Linted { sources, found, unreadable: false }
        }
        Ok((None, sources, loaded)) => {
            Linted { sources, found: lint::lint_unreadable(&loaded, options), unreadable: false }
        }
        Err(error) => {
            let mut sources = Sources::new();
            let file = sources.add(origin.name(), "", Format::Yaml);
            let mut message = error.to_string();
            if let Some(reason) = std::error::Error::source(&error) {
                message = format!("{message}: {reason}");
            }
            let found = vec![Diagnostic::error("unreadable", Span::new(file, 0, 0), message)];
            Linted { sources, found, unreadable: true }
        }
    }
}
