//! From a document's origin to a [`Document`].

use crate::source::{Diagnostic, Format, LoadError, Loader, Origin, Sources, yaml};

use super::{Document, Version};

/// What may vary in loading.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {}

/// Reads a document and everything it refers to.
///
/// The document is absent when nothing could be made of it; the diagnostics then hold an error.
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
    _loader: &Loader,
    origin: &Origin,
    text: String,
    _options: &LoadOptions,
) -> (Option<Document>, Sources, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let format = if text.trim_start().starts_with('{') { Format::Json } else { Format::Yaml };
    let file = sources.add(origin.name(), text, format);
    let (root, diagnostics) = yaml::parse(file, sources.file(file).text());
    let Some(root) = root else { return (None, sources, diagnostics) };
    sources.set_root(file, root.clone());
    let document = Document { root, version: Version::V30, sources: sources.clone() };
    (Some(document), sources, diagnostics)
}
