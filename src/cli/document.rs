//! Naming a document on the command line, the same way for every command.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::openapi::{self, Document, LoadOptions};
use crate::source::{Diagnostic, Entry, LoadError, Loader, Node, Origin, Severity, Sources, read_text, render};

use super::{CommandError, Cx};

/// How a document is read. Flattened into the arguments of every command that takes one.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Reading the document")]
pub(super) struct DocumentArgs {
    /// The environment of the configuration whose parameters are used.
    #[arg(long, value_name = "NAME")]
    pub(super) env: Option<String>,
    /// What `${NAME}` in the document becomes; goes before the environment's.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(super) vars: Vec<String>,
    /// A file of parameters: TOML, JSON or YAML.
    #[arg(long = "var-file", value_name = "FILE")]
    pub(super) var_files: Vec<PathBuf>,
    /// An OpenAPI Overlay to apply, after those of the configuration.
    #[arg(long = "overlay", value_name = "FILE")]
    pub(super) overlays: Vec<PathBuf>,
    /// The folder that `$ref`s may not leave, instead of the document's own.
    #[arg(long, value_name = "DIR")]
    pub(super) ref_root: Option<PathBuf>,
    /// Fetch `$ref`s to `https:` addresses.
    #[arg(long)]
    pub(super) allow_remote_refs: bool,
}

/// A document without errors, and what there is to say about it.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The document.
    pub(super) document: Document,
    /// Warnings and remarks.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl DocumentArgs {
    /// Reads the document of this name: a path, `-`, or `git:REV:PATH`.
    ///
    /// # Errors
    /// When it cannot be read or has errors; these have then been shown.
    pub(super) fn load(&self, cx: &Cx, name: &str) -> Result<Loaded, CommandError> {
        let (document, sources, diagnostics) = self.read(cx, name)?;
        let (errors, diagnostics): (Vec<_>, Vec<_>) =
            diagnostics.into_iter().partition(|d| d.severity == Severity::Error);
        match document {
            Some(document) if errors.is_empty() => Ok(Loaded { document, diagnostics }),
            _ => {
                show(cx, &sources, &errors);
                let mut error = CommandError::new(format!("`{name}` has errors"));
                error.shown = true;
                Err(error)
            }
        }
    }

    /// Reads the document of this name, errors and all, for commands that show the findings themselves.
    ///
    /// # Errors
    /// When the file itself cannot be read.
    pub(super) fn read(
        &self,
        cx: &Cx,
        name: &str,
    ) -> Result<(Option<Document>, Sources, Vec<Diagnostic>), CommandError> {
        let origin = Origin::parse(name).ok_or_else(|| {
            CommandError::new(format!("`{name}` is a deployed API, and this command takes a document"))
        })?;
        let (loader, options) = (self.loader(), self.options(cx)?);
        openapi::load(&loader, &origin, &options).map_err(|error| unreadable(error, name))
    }

    /// Returns what reads the files.
    pub(super) fn loader(&self) -> Loader {
        Loader { ref_root: self.ref_root.clone(), allow_remote_refs: self.allow_remote_refs, ..Loader::default() }
    }

    /// Returns what varies in loading: the environment's parameters, then those of files, then those given singly.
    ///
    /// # Errors
    /// When the environment is not in the configuration, or a file of parameters cannot be read.
    pub(super) fn options(&self, cx: &Cx) -> Result<LoadOptions, CommandError> {
        let mut parameters = BTreeMap::new();
        if let Some(name) = &self.env {
            parameters.extend(cx.config.environment(name)?.parameters.clone());
        }
        for file in &self.var_files {
            parameters.extend(read_parameters(file)?);
        }
        for var in &self.vars {
            let (name, value) = var.split_once('=').ok_or_else(|| {
                CommandError::new(format!("`--var {var}` has no value")).with_hint("write `--var NAME=VALUE`")
            })?;
            parameters.insert(name.to_owned(), value.to_owned());
        }
        let here = std::env::current_dir().unwrap_or_default();
        let configured = cx.config.settings.overlays.iter().map(|path| {
            let path = cx.config.folder.join(path);
            path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path)
        });
        let overlays = configured.chain(self.overlays.iter().cloned()).map(Origin::File).collect();
        Ok(LoadOptions { parameters, overlays, ..LoadOptions::default() })
    }
}

fn read_parameters(path: &Path) -> Result<BTreeMap<String, String>, CommandError> {
    let name = path.display().to_string();
    let text = Loader::default().read(&Origin::File(path.to_owned()))?;
    let not_parameters =
        |reason: String| CommandError::new(format!("`{name}` holds no parameters")).with_source(reason);
    if path.extension().is_some_and(|e| e == "toml") {
        let table: toml::Table = toml::from_str(&text).map_err(|e| not_parameters(e.message().to_owned()))?;
        let text_of = |value: toml::Value| match value {
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        return Ok(table.into_iter().map(|(name, value)| (name, text_of(value))).collect());
    }
    let (_, root, diagnostics) = read_text(&mut Sources::new(), &name, text);
    if let Some(error) = diagnostics.iter().find(|d| d.severity == Severity::Error) {
        return Err(not_parameters(error.message.clone()));
    }
    let entries = root.as_ref().and_then(Node::as_map).ok_or_else(|| not_parameters("it is not an object".into()))?;
    let pair = |e: &Entry| match e.value.scalar_text() {
        Some(text) => Ok((e.key.text.to_string(), text.to_string())),
        None => Err(not_parameters(format!("`{}` is {}", e.key.text, e.value.kind().with_article()))),
    };
    entries.iter().map(pair).collect()
}

fn unreadable(error: LoadError, name: &str) -> CommandError {
    let hint = match &error {
        LoadError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound && !name.contains('.') => {
            Some("a document is named by its path, by `-` for standard input, or by `git:REV:PATH`")
        }
        _ => None,
    };
    let error = CommandError::from(error);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// Writes findings to stderr, with their source lines.
pub(super) fn show(cx: &Cx, sources: &Sources, diagnostics: &[Diagnostic]) {
    /// So many are shown; a document that is wrong throughout is not made clearer by ten thousand lines.
    const SHOWN: usize = 50;
    let shown = diagnostics.get(..SHOWN).unwrap_or(diagnostics);
    cx.ui.talk(&render::terminal::render(shown, sources, cx.ui.stderr_color()));
    if diagnostics.len() > SHOWN {
        cx.ui.talk(&format!("… and {} more\n", diagnostics.len() - SHOWN));
    }
}
