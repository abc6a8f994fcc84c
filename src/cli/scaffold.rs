//! `gatewright scaffold`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::openapi::Document;
use crate::scaffold::apply::{self, Action, Change, Changes};
use crate::scaffold::template::Templates;
use crate::scaffold::{Detail, Manifest, Per, Project, ScaffoldOptions, adopt, generate};

use super::document::DocumentArgs;
use super::{CommandError, Cx, Outcome};

/// Writes a Cargo project of Rust Lambda handlers.
///
/// What is made from the document is written again at every run; handlers are written once and are yours.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
    #[command(flatten)]
    document: DocumentArgs,
    /// The project's folder [default: `project` of the configuration].
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// How operations are spread over Lambda functions [default: `per` of the configuration, else as before, else
    /// operation].
    #[arg(long, value_name = "UNIT")]
    per: Option<Per>,
    /// The package's name, instead of one from the document's title.
    #[arg(long)]
    name: Option<String>,
    /// The version of the event's format where the document does not say: 1.0 for REST APIs, 2.0 for HTTP APIs.
    #[arg(long, value_name = "VERSION", value_parser = ["1.0", "2.0"])]
    payload: Option<String>,
    /// Leaves out schemas that no operation uses.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    only_used: Option<bool>,
    /// Writes nothing; the exit status is 1 when the project is not up to date.
    #[arg(long, conflicts_with_all = ["dry_run", "force"])]
    check: bool,
    /// Writes nothing, and shows what would change.
    #[arg(long)]
    dry_run: bool,
    /// Rewrites generated files even where they were edited by hand, or where other files are in their place.
    #[arg(long)]
    force: bool,
    /// Templates that replace the built-in ones of the same name, or add files of their own [default: `templates` of the
    /// configuration, else as before; `built-in` for none].
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Writes what the templates are given, as JSON, and nothing else.
    #[arg(long)]
    context: bool,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let loaded = args.document.load(cx, &args.spec)?;
    super::document::show(cx, loaded.document.sources(), &loaded.diagnostics);
    scaffold(cx, &args, &loaded.document)
}

/// Returns the folder of the user's own templates for a project: the one given, else what the configuration says, else the
/// one of before.
fn chosen_templates(
    cx: &Cx,
    given: Option<&Path>,
    folder: &Path,
    manifest: &Manifest,
) -> Result<Option<PathBuf>, CommandError> {
    if given.is_some_and(|given| given == Path::new(BUILT_IN)) {
        return Ok(None);
    }
    if let Some(chosen) = templates_folder(cx, given)? {
        return Ok(Some(chosen));
    }
    let Some(before) = &manifest.choices.templates else { return Ok(None) };
    let before = folder.join(before);
    if !before.is_dir() {
        let message = format!("the templates that the project was made with are not in `{}`", before.display());
        return Err(CommandError::new(message)
            .with_hint(format!("say where they are: `--templates DIR`, or `--templates {BUILT_IN}` to do without")));
    }
    Ok(Some(before))
}

/// What stands for no templates of one's own.
const BUILT_IN: &str = "built-in";

/// Returns what `[scaffold]` of the configuration says, and what the project was asked to be like where it says nothing.
pub(super) fn options(cx: &Cx, manifest: &Manifest) -> Result<ScaffoldOptions, CommandError> {
    let mut table = cx.config.settings.scaffold.clone();
    let (says_per, says_only_used) = (table.contains_key("per"), table.contains_key("only-used"));
    let before = &manifest.choices;
    // Read by those who look for folders.
    table.remove("templates");
    table.remove("project");
    let http = match table.remove("payload").as_ref().map(|version| version.as_str().map(str::to_owned)) {
        None => before.payload.as_deref() == Some("2.0"),
        Some(Some(version)) if matches!(version.as_str(), "1.0" | "2.0") => version == "2.0",
        Some(_) => return Err(CommandError::new("`payload` of `[scaffold]` is not \"1.0\" or \"2.0\"")),
    };
    let options: ScaffoldOptions = table
        .try_into()
        .map_err(|error: toml::de::Error| CommandError::new("`[scaffold]` is not understood").with_source(error))?;
    let per = before.per.filter(|_| !says_per).unwrap_or(options.per);
    let only_used = before.only_used.filter(|_| !says_only_used).unwrap_or(options.only_used);
    Ok(ScaffoldOptions { http, per, only_used, ..options })
}

/// Writes the project of a document with the built-in templates, or brings it up to date.
pub(super) fn write_project(
    cx: &Cx,
    document: &Document,
    options: &ScaffoldOptions,
    folder: &Path,
) -> Result<(), CommandError> {
    let manifest = apply::read_manifest(folder)?;
    let own = chosen_templates(cx, None, folder, &manifest)?;
    let templates = Templates::with_overrides(&overrides(own.as_deref())?)?;
    let mut project = generate(document, options, &manifest, &templates, Detail::Files)?;
    project.choices.templates.clone_from(&manifest.choices.templates);
    // The payload goes with the kind of API that is run this time.
    project.choices.payload.clone_from(&manifest.choices.payload);
    let changes = apply::compare(&project, folder, &manifest)?;
    report(cx, &changes, folder);
    write(cx, &project, &changes, folder, false)?;
    Ok(())
}

fn scaffold(cx: &Cx, args: &Args, document: &Document) -> Result<Outcome, CommandError> {
    let folder = match &args.output {
        Some(folder) => folder.clone(),
        None => super::project::configured(cx)?.ok_or_else(|| {
            CommandError::new("there is no folder to write to")
                .with_hint("name it: `--output DIR`, or `project = \"DIR\"` in `[scaffold]` of `gatewright.toml`")
        })?,
    };
    let manifest = apply::read_manifest(&folder)?;
    let own = chosen_templates(cx, args.templates.as_deref(), &folder, &manifest)?;
    let templates = Templates::with_overrides(&overrides(own.as_deref())?)?;
    let mut options = options(cx, &manifest)?;
    options.per = args.per.unwrap_or(options.per);
    options.name = args.name.clone().or(options.name);
    options.only_used = args.only_used.unwrap_or(options.only_used);
    if let Some(version) = &args.payload {
        options.http = version == "2.0";
    }
    let detail = if args.context { Detail::Context } else { Detail::Files };
    let mut project = generate(document, &options, &manifest, &templates, detail)?;
    project.document = recorded(&args.spec, &folder);
    project.choices.templates = own.and_then(|own| from_folder(&own, &folder));
    if args.context {
        let text = serde_json::to_string_pretty(&project.context)?;
        cx.ui.answer(&format!("{text}\n"));
        return Ok(Outcome::Clean);
    }
    super::document::show(cx, document.sources(), &project.diagnostics);
    let changes = apply::compare(&project, &folder, &manifest)?;
    report(cx, &changes, &folder);
    if args.dry_run || args.check {
        for change in &changes.changes {
            cx.ui.answer(&crate::source::render::sanitized(&difference(change)));
        }
        let stale = args.check && changes.is_stale();
        return Ok(if stale { Outcome::Findings } else { Outcome::Clean });
    }
    write(cx, &project, &changes, &folder, args.force)
}

/// Returns the document's path from the project's folder, so that both can move together.
fn recorded(spec: &str, folder: &Path) -> Option<String> {
    let crate::source::Origin::File(path) = crate::source::Origin::parse(spec)? else { return None };
    from_folder(&path, folder)
}

/// Returns a path from a folder.
fn from_folder(path: &Path, folder: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let folder = std::path::absolute(folder).ok()?;
    let shared = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// Writes what changes, unless a generated file was edited by hand and `force` is not given.
fn write(cx: &Cx, project: &Project, changes: &Changes, folder: &Path, force: bool) -> Result<Outcome, CommandError> {
    let named = |paths: &[String]| paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    if !changes.foreign.is_empty() && !force {
        let message = format!("files that gatewright has not written are in its way: {}", named(&changes.foreign));
        return Err(CommandError::new(message)
            .with_hint("move them, name another folder, or run again with `--force` to write over them"));
    }
    if !changes.edited.is_empty() && !force {
        return Err(CommandError::new(format!("generated files were edited by hand: {}", named(&changes.edited)))
            .with_hint("move the edits to a handler, or run again with `--force` to lose them"));
    }
    changes.write(folder)?;
    for (label, what) in &project.skipped {
        cx.ui.status("No handler", &format!("{label}: {what}"));
    }
    let is_new = changes.changes.iter().any(|change| change.path == "Cargo.toml" && change.action == Action::Create);
    for change in changes.changes.iter().filter(|change| !is_new && change.path.starts_with("src/handlers/")) {
        let is_handler = change.path != "src/handlers/mod.rs" && !change.path.ends_with(".gatewright-new");
        if change.action == Action::Create && is_handler {
            cx.ui.status("New handler", &change.path);
        }
    }
    let written = changes.changes.iter().filter(|change| change.action != Action::Unhooked).count();
    if written == 0 {
        cx.ui.status("Unchanged", &format!("{} ({} operations)", folder.display(), project.operations.len()));
    } else {
        cx.ui.status("Scaffolded", &format!("{} ({written} files written)", folder.display()));
        cx.ui.hint(&format!("the handlers are in `{}`", folder.join("src").join("handlers").display()));
    }
    let missing = adopt::missing(project, folder);
    if !missing.is_empty() {
        cx.ui.warning("the crate was there before, and does not compile until you complete it");
        for what in &missing {
            cx.ui.hint(what);
        }
    }
    Ok(if changes.conflicts.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

/// How many operations are named in one line.
const NAMED: usize = 5;

/// Says which operations ask a client for something else: their code is the same, who may call it is not.
fn report_security(cx: &Cx, changes: &Changes) {
    let mut by_change: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (operation, old, new) in &changes.secured {
        by_change.entry((old, new)).or_default().push(operation);
    }
    for ((old, new), operations) in by_change {
        let more = operations.len().saturating_sub(NAMED);
        let named = operations.iter().take(NAMED).map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        cx.ui.status("Security", &format!("{named}{more}: `{new}` instead of `{old}`"));
    }
}

/// Says what needs the user's eye: edited files, handlers without an operation, operations with a new name.
fn report(cx: &Cx, changes: &Changes, folder: &Path) {
    report_security(cx, changes);
    for (old, _) in &changes.renamed {
        cx.ui.warning(&format!("the operation of `{old}` has another name now"));
    }
    let place = if folder == Path::new(".") { String::new() } else { format!("in `{}`, ", folder.display()) };
    for (index, (old, new)) in apply::in_safe_order(&changes.renamed).iter().enumerate() {
        let lead = if index == 0 { format!("{place}keep the handlers: ") } else { String::new() };
        cx.ui.hint(&format!("{lead}`git mv -f {old} {new}`"));
    }
    if changes.strands_handlers {
        cx.ui.hint("then let them name what they are for by its new name: `cargo check --tests` leads to each line");
    }
    for path in &changes.conflicts {
        cx.ui.warning(&format!("the template of `{path}` has changed where you have changed the file"));
        cx.ui.hint(&format!("take over what is new from `{path}.gatewright-new`, then delete it"));
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

/// Returns the folder of the user's own templates: the one given, else `templates` of `[scaffold]`.
pub(super) fn templates_folder(cx: &Cx, folder: Option<&Path>) -> Result<Option<PathBuf>, CommandError> {
    let configured = match cx.config.settings.scaffold.get("templates") {
        None => None,
        Some(toml::Value::String(path)) => Some(cx.config.folder.join(path)),
        Some(_) => return Err(CommandError::new("`templates` of `[scaffold]` is not a folder's path")),
    };
    Ok(folder.map(Path::to_owned).or(configured))
}

/// Reads the templates of a folder over the built-in ones: the one given, else `templates` of `[scaffold]`.
pub(super) fn templates(cx: &Cx, folder: Option<&Path>) -> Result<Templates, CommandError> {
    Ok(Templates::with_overrides(&overrides(templates_folder(cx, folder)?.as_deref())?)?)
}

/// Reads the templates of integrations and authorizers alone: `templates` of `[scaffold]` over the built-in ones.
pub(super) fn document_templates(cx: &Cx) -> Result<Templates, CommandError> {
    Ok(Templates::of_documents(&overrides(templates_folder(cx, None)?.as_deref())?)?)
}

fn overrides(folder: Option<&Path>) -> Result<BTreeMap<String, String>, CommandError> {
    let mut overrides = BTreeMap::new();
    let Some(folder) = folder else { return Ok(overrides) };
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
    Ok(overrides)
}
