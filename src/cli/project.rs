//! Where the project of a document's handlers is, and what its functions have been called before.

use std::path::{Path, PathBuf};

use crate::openapi::Document;
use crate::scaffold::{MANIFEST_PATH, Manifest, apply};

use super::{CommandError, Cx};

/// Returns a document's title, by which its project is called.
pub(super) fn title(document: &Document) -> String {
    document.root().get("info").and_then(|i| i.str_of("title")).unwrap_or("api").to_owned()
}

/// Returns the folder of a document's project: `project` of `[scaffold]`, else one named after the title.
pub(super) fn folder(cx: &Cx, title: &str) -> Result<PathBuf, CommandError> {
    Ok(match configured(cx)? {
        Some(folder) => folder,
        None => cx.config.folder.join(format!("{}-handlers", file_name(title))),
    })
}

/// Returns what `project` of `[scaffold]` says.
pub(super) fn configured(cx: &Cx) -> Result<Option<PathBuf>, CommandError> {
    match cx.config.settings.scaffold.get("project") {
        None => Ok(None),
        Some(toml::Value::String(path)) => Ok(Some(cx.config.folder.join(path))),
        Some(_) => Err(CommandError::new("`project` of `[scaffold]` is not a folder's path")),
    }
}

/// Returns the record of a document's project, so that its functions keep their names wherever they are named: of
/// [`folder`], else of a folder beside the configuration that was made from this document.
pub(super) fn manifest(cx: &Cx, document: &Document) -> Result<Manifest, CommandError> {
    let folder = folder(cx, &title(document))?;
    if folder.join(MANIFEST_PATH).is_file() {
        return Ok(apply::read_manifest(&folder)?);
    }
    let name = document.sources().files().next().map(|(_, file)| file.name());
    let Some(path) = name.and_then(|name| std::fs::canonicalize(name).ok()) else { return Ok(Manifest::default()) };
    let working = std::env::current_dir().unwrap_or_default();
    for beside in folders_in(&cx.config.folder).into_iter().chain([cx.config.folder.clone(), working]) {
        if !beside.join(MANIFEST_PATH).is_file() {
            continue;
        }
        let manifest = apply::read_manifest(&beside)?;
        let made_from = manifest.document.as_ref().and_then(|document| beside.join(document).canonicalize().ok());
        if made_from.as_ref() == Some(&path) {
            return Ok(manifest);
        }
    }
    Ok(Manifest::default())
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Returns a title as a folder's name.
fn file_name(title: &str) -> String {
    let mut name = String::new();
    for c in title.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let name: String = name.trim_end_matches('-').chars().take(64).collect();
    if name.is_empty() { "api".into() } else { name }
}
