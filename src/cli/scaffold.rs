//! `gatewright scaffold`

use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::openapi::{Document, LoadOptions};
use crate::scaffold::apply::{self, Action, Change, Changes};
use crate::scaffold::template::Templates;
use crate::scaffold::{Per, ScaffoldOptions, generate};
use crate::source::{Diagnostic, Loader, Origin, Severity, Sources};

use super::{CommandError, Cx, Outcome};

/// Writes a Cargo project of Rust Lambda handlers.
///
/// What is made from the document is written again at every run; handlers are written once and are yours.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
    /// The project's folder.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// How operations are spread over Lambda functions.
    #[arg(long, value_name = "UNIT", default_value = "operation")]
    per: Per,
    /// The package's name, instead of one from the document's title.
    #[arg(long)]
    name: Option<String>,
    /// Leaves out schemas that no operation uses.
    #[arg(long)]
    only_used: bool,
    /// Writes nothing; the exit status is 1 when the project is not up to date.
    #[arg(long, conflicts_with_all = ["dry_run", "force"])]
    check: bool,
    /// Writes nothing, and shows what would change.
    #[arg(long)]
    dry_run: bool,
    /// Rewrites generated files even where they were edited by hand.
    #[arg(long)]
    force: bool,
    /// Templates that replace the built-in ones of the same name.
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Writes what the templates are given, as JSON, and nothing else.
    #[arg(long)]
    context: bool,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let origin = Origin::parse(&args.spec)
        .ok_or_else(|| CommandError::new(format!("`{}` is a deployed API, not a document", args.spec)))?;
    let (document, sources, diagnostics) = crate::openapi::load(&Loader::default(), &origin, &LoadOptions::default())?;
    let failed = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    show(cx, &sources, &diagnostics);
    let Some(document) = document else {
        let mut error = CommandError::new(format!("`{}` cannot be read as an OpenAPI document", args.spec));
        error.shown = failed;
        return Err(error);
    };
    let templates = templates(args.templates.as_deref())?;
    let options = ScaffoldOptions { per: args.per, name: args.name.clone(), only_used: args.only_used };
    scaffold(cx, &args, &document, &options, &templates)
}

fn scaffold(
    cx: &Cx,
    args: &Args,
    document: &Document,
    options: &ScaffoldOptions,
    templates: &Templates,
) -> Result<Outcome, CommandError> {
    let manifest = apply::read_manifest(&args.output)?;
    let project = generate(document, options, &manifest, templates)?;
    if args.context {
        let text = serde_json::to_string_pretty(&project.context)?;
        cx.ui.answer(&format!("{text}\n"));
        return Ok(Outcome::Clean);
    }
    show(cx, document.sources(), &project.diagnostics);
    let changes = apply::compare(&project, &args.output, &manifest)?;
    report(cx, &changes);
    if args.dry_run || args.check {
        for change in &changes.changes {
            cx.ui.answer(&crate::source::render::sanitized(&difference(change)));
        }
        let stale = args.check && changes.is_stale();
        return Ok(if stale { Outcome::Findings } else { Outcome::Clean });
    }
    if !changes.edited.is_empty() && !args.force {
        let files = changes.edited.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
        return Err(CommandError::new(format!("generated files were edited by hand: {files}"))
            .with_hint("move the edits to a handler, or run again with `--force` to lose them"));
    }
    changes.write(&args.output)?;
    for (label, what) in &project.skipped {
        cx.ui.status("No handler", &format!("{label}: {what}"));
    }
    let written = changes.changes.iter().filter(|change| change.action != Action::Unhooked).count();
    let folder = args.output.display();
    if written == 0 {
        cx.ui.status("Unchanged", &format!("{folder} ({} operations)", project.operations.len()));
    } else {
        cx.ui.status("Scaffolded", &format!("{folder} ({written} files written)"));
        cx.ui.hint(&format!("the handlers are in `{}`", args.output.join("src").join("handlers").display()));
    }
    Ok(Outcome::Clean)
}

/// Says what needs the user's eye: edited files, handlers without an operation, operations with a new name.
fn report(cx: &Cx, changes: &Changes) {
    for (old, new) in &changes.renamed {
        cx.ui.warning(&format!("the operation of `{old}` has another name now"));
        cx.ui.hint(&format!("keep the handler: `git mv -f {old} {new}`"));
    }
    for change in changes.changes.iter().filter(|change| change.action == Action::Unhooked) {
        if !changes.renamed.iter().any(|(old, _)| *old == change.path) {
            cx.ui.warning(&format!("`{}` has no operation any more; the file is kept", change.path));
        }
    }
}

fn difference(change: &Change) -> String {
    let old = change.old.as_deref().unwrap_or_default();
    let new = match change.action {
        Action::Unhooked => old,
        _ => change.new.as_deref().unwrap_or_default(),
    };
    let from = if change.old.is_some() { format!("a/{}", change.path) } else { "/dev/null".into() };
    let to = if change.action == Action::Remove { "/dev/null".into() } else { format!("b/{}", change.path) };
    TextDiff::from_lines(old, new).unified_diff().header(&from, &to).to_string()
}

/// Reads the templates of a folder over the built-in ones.
pub(super) fn templates(folder: Option<&Path>) -> Result<Templates, CommandError> {
    let mut overrides = std::collections::BTreeMap::new();
    let Some(folder) = folder else { return Ok(Templates::with_overrides(&overrides)?) };
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            CommandError::new(format!("cannot read the templates in `{}`", folder.display())).with_source(error)
        })?;
        let path = entry.path();
        if !entry.file_type().is_file() || path.extension().is_none_or(|extension| extension != "hbs") {
            continue;
        }
        let name = path.strip_prefix(folder).unwrap_or(path).with_extension("");
        let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        let text = std::fs::read_to_string(path)
            .map_err(|error| CommandError::new(format!("cannot read `{}`", path.display())).with_source(error))?;
        overrides.insert(name, text);
    }
    Ok(Templates::with_overrides(&overrides)?)
}

fn show(cx: &Cx, sources: &Sources, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        let place = diagnostic.span.map(|span| sources.locate(span));
        let place = place.map(|at| format!("{}:{}:{}: ", at.file, at.line, at.column)).unwrap_or_default();
        let text = format!("{place}{} [{}]", diagnostic.message, diagnostic.code);
        match diagnostic.severity {
            Severity::Error => cx.ui.error(&CommandError::new(text)),
            Severity::Warning => cx.ui.warning(&text),
            Severity::Info => cx.ui.hint(&text),
        }
    }
}
