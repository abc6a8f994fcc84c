//! From a document's origin to a [`Document`].

use std::sync::Arc;

use crate::source::{Diagnostic, LoadError, Loader, Node, Origin, Sources};

use super::refs::{self, Files};
use super::{Document, Version, overlay, parameters, swagger2, v31, v32, validate, version};

/// What may vary in loading.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// What `${name}` becomes. When absent, or without values, names without a value stay as they are and are warned
    /// of; when there are values, a name without one is an error.
    pub parameters: std::collections::BTreeMap<String, String>,
    /// OpenAPI Overlay files, applied in their order.
    pub overlays: Vec<Origin>,
    /// Whether the document is not held against OpenAPI's grammar, for readers that do not pass on what that finds.
    pub unvalidated: bool,
}

/// Reads a document and everything it refers to.
///
/// The document is absent when nothing could be made of it; the diagnostics then hold an error. A document that is
/// there although the diagnostics hold errors has gaps, such as references that lead nowhere.
///
/// # Errors
/// When the document itself cannot be read. A file it refers to that cannot be read is a diagnostic.
pub fn load(
    loader: &Loader,
    origin: &Origin,
    options: &LoadOptions,
) -> Result<(Option<Document>, Sources, Vec<Diagnostic>), LoadError> {
    let text = loader.read(origin)?;
    Ok(load_text(loader, origin, text, options))
}

/// Makes a document of a text that is already in memory, as if it had been read from `origin`.
#[must_use]
pub fn load_text(
    loader: &Loader,
    origin: &Origin,
    text: impl Into<Arc<str>>,
    options: &LoadOptions,
) -> (Option<Document>, Sources, Vec<Diagnostic>) {
    load_shared(loader, origin, text.into(), options)
}

fn load_shared(
    loader: &Loader,
    origin: &Origin,
    text: Arc<str>,
    options: &LoadOptions,
) -> (Option<Document>, Sources, Vec<Diagnostic>) {
    let given = !options.parameters.is_empty();
    let prepare = |node: Node, text: &str, diagnostics: &mut Vec<Diagnostic>| {
        parameters::substituted(&node, text, &options.parameters, given, diagnostics)
    };
    let mut files = Files::new(loader, origin, text, &prepare);
    overlay_all(&mut files, loader, options);
    let Some(root) = files.root(0) else { return (None, files.sources, files.diagnostics) };
    let version = match version::detect(root) {
        Ok(version) => version,
        Err(error) => {
            files.diagnostics.push(*error);
            return (None, files.sources, files.diagnostics);
        }
    };
    if root.get("paths").is_none() && version != Version::V31 {
        let place = root.entries().next().map_or(root.span, |first| first.key.span);
        let error = Diagnostic::error("no-paths", place, "the document has no `paths`")
            .with_help("add `paths:`, with `{}` when there are none yet");
        files.diagnostics.push(error);
    }
    if version == Version::V31 {
        files.identify();
    }
    let bundled = refs::bundled(&mut files, version);
    let Files { sources, mut diagnostics, .. } = files;
    let root = if version == Version::V31 { v32::to_31(&bundled, &mut diagnostics) } else { bundled };
    if !options.unvalidated {
        validate::validate(&root, version, &mut diagnostics);
    }
    let document = match version {
        Version::V2 => Document::new(swagger2::to_30(&root, &mut diagnostics), version, sources.clone()),
        Version::V30 => Document::new(root, version, sources.clone()),
        Version::V31 => Document::new(v31::to_30(&root, &mut diagnostics), version, sources.clone()).with_written(root),
    };
    // References are followed out of turn, and what is used twice is converted twice; findings are told once, in the
    // order of the text.
    diagnostics.sort_by_key(|d| d.span.map(|span| (span.file, span.start)));
    diagnostics.dedup();
    (Some(document), sources, diagnostics)
}

/// Applies the overlays to the document itself, before its references are followed.
fn overlay_all(files: &mut Files<'_>, loader: &Loader, options: &LoadOptions) {
    for origin in &options.overlays {
        let Some(root) = files.root(0).cloned() else { return };
        let name = origin.name();
        let text = match loader.read(origin) {
            Ok(text) => text,
            Err(error) => {
                let reason = std::error::Error::source(&error).map(|s| format!(": {s}")).unwrap_or_default();
                files.diagnostics.push(Diagnostic::error("overlay-unreadable", None, format!("{error}{reason}")));
                continue;
            }
        };
        if let Some(overlay) = files.read_beside(&name, text.into()) {
            let document = overlay::applied(root, &overlay, &mut files.diagnostics);
            files.set_root(0, document);
        }
    }
}
