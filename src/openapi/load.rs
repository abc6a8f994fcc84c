//! From a document's origin to a [`Document`].

use crate::source::{Diagnostic, LoadError, Loader, Origin, Sources};

use super::refs::{self, Files};
use super::{Document, Version, swagger2, v31, version};

/// What may vary in loading.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {}

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
    text: String,
    _options: &LoadOptions,
) -> (Option<Document>, Sources, Vec<Diagnostic>) {
    let prepare = |node, _: &mut Vec<Diagnostic>| node;
    let mut files = Files::new(loader, origin, text, &prepare);
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
    let root = refs::bundled(&mut files, version);
    let Files { sources, mut diagnostics, .. } = files;
    let root = match version {
        Version::V2 => swagger2::to_30(&root, &mut diagnostics),
        Version::V30 => root,
        Version::V31 => v31::to_30(&root, &mut diagnostics),
    };
    (Some(Document::new(root, version, sources.clone())), sources, diagnostics)
}
