//! Naming a document on the command line, the same way for every command.

use std::path::PathBuf;

use crate::openapi::{self, Document, LoadOptions};
use crate::source::{Diagnostic, LoadError, Loader, Origin, Severity, Sources, render};

use super::{CommandError, Cx};

/// How a document is read. Flattened into the arguments of every command that takes one.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Reading the document")]
pub(super) struct DocumentArgs {
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
        Loader { ref_root: self.ref_root.clone(), allow_remote_refs: self.allow_remote_refs }
    }

    /// Returns what varies in loading.
    ///
    /// # Errors
    /// When something the options name cannot be read.
    pub(super) fn options(&self, _cx: &Cx) -> Result<LoadOptions, CommandError> {
        Ok(LoadOptions::default())
    }
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
