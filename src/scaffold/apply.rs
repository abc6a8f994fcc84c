//! From a project's files to a folder: what changes, what stays, and the writing of it.

mod compare;
mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::source::{Access, write_whole};

use super::manifest::{MANIFEST_PATH, Manifest, Owner};
use super::project::ProjectFile;
use super::{BASE_PATH, shared};

pub use compare::compare;

/// What happens to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'p> {
    /// The path from the project's folder.
    pub path: String,
    /// What is done.
    pub action: Action,
    /// The text that is there.
    pub old: Option<String>,
    /// The text that will be there: the project's, or one that was made of it and of what is there.
    pub new: Option<Cow<'p, str>>,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Written for the first time.
    Create,
    /// Rewritten.
    Update,
    /// Removed: nothing in the document asks for it any more.
    Remove,
    /// The user's, kept though its operation is gone.
    Unhooked,
}

/// What a run would do to a folder.
#[derive(Clone, Debug, Default)]
pub struct Changes<'p> {
    /// The files that change, sorted by path; files that stay as they are are not among them.
    pub changes: Vec<Change<'p>>,
    /// Tool-owned files that were edited by hand since they were written.
    pub edited: Vec<String>,
    /// Files in the place of tool-owned ones that no run has written.
    pub foreign: Vec<String>,
    /// Handlers whose operation has another name now: the old file and the new.
    pub renamed: Vec<(String, String)>,
    /// Whether the user has written something into one of those, which no operation runs until it is moved.
    pub strands_handlers: bool,
    /// Operations, as `GET /pets`, that ask a client for something else now: what they did, and what they do.
    pub secured: Vec<(String, String, String)>,
    /// Files of the user whose template has changed where they have too: the new text goes beside them.
    pub conflicts: Vec<String>,
    manifest: Manifest,
    /// The manifest that was there.
    before: Cow<'p, Manifest>,
    /// The texts of once-written files as they were generated, for the merge when a template changes.
    bases: Bases<'p>,
}

/// Texts of once-written files, by path.
type Bases<'p> = BTreeMap<String, Cow<'p, str>>;

/// Why a project is not written.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// A file cannot be read or written.
    #[error("cannot {attempt} `{path}`")]
    Io {
        /// `read`, `write`, `remove`
        attempt: &'static str,
        /// The file.
        path: String,
        /// The reason.
        #[source]
        source: std::io::Error,
    },
    /// The manifest is not one.
    #[error("`{path}` is not a manifest of this program")]
    Manifest {
        /// The file.
        path: String,
        /// The reason.
        #[source]
        source: serde_json::Error,
    },
    /// A file that both sides keep up cannot be brought up to date.
    #[error("`{path}` cannot be brought up to date: {message}")]
    Shared {
        /// The file.
        path: String,
        /// The reason.
        message: String,
    },
}

/// Reads the manifest of a folder; an empty one when there is none.
///
/// # Errors
/// When it cannot be read or is not one.
pub fn read_manifest(folder: &Path) -> Result<Manifest, ApplyError> {
    let path = located(folder, MANIFEST_PATH);
    let mut manifest = match read(&path)? {
        None => Manifest::default(),
        Some(text) => serde_json::from_str(&text)
            .map_err(|source| ApplyError::Manifest { path: path.display().to_string(), source })?,
    };
    if let Some(text) = read(&located(folder, "Cargo.toml"))? {
        let (package, library) = shared::names_of(&text);
        if manifest.package.is_none() && !manifest.files.is_empty() {
            manifest.package = package;
        }
        manifest.library = library;
    }
    Ok(manifest)
}

/// Returns the renames in an order in which none writes over a file that another has yet to move, through a third name
/// where there is no such order.
#[must_use]
pub fn in_safe_order(renamed: &[(String, String)]) -> Vec<(String, String)> {
    let mut pending: Vec<(String, String)> = renamed.to_vec();
    let mut ordered = Vec::with_capacity(pending.len());
    while !pending.is_empty() {
        let free = pending.iter().position(|(_, new)| !pending.iter().any(|(old, _)| old == new));
        if let Some(at) = free {
            ordered.push(pending.remove(at));
        } else {
            let (old, new) = pending.remove(0);
            let aside = format!("{old}.moved");
            ordered.push((old, aside.clone()));
            pending.push((aside, new));
        }
    }
    ordered
}

impl Changes<'_> {
    /// Returns whether the project does not follow its document: writing would change something, or a handler is yet to
    /// be moved to where its operation is.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.strands_handlers || self.changes.iter().any(|change| change.action != Action::Unhooked)
    }
}

/// Reads the texts of once-written files as they were generated.
fn read_bases(folder: &Path) -> Result<Bases<'static>, ApplyError> {
    let path = located(folder, BASE_PATH);
    match read(&path)? {
        None => Ok(BTreeMap::new()),
        Some(text) => serde_json::from_str(&text)
            .map_err(|source| ApplyError::Manifest { path: path.display().to_string(), source }),
    }
}

/// Returns whether texts are the same but for line endings, which git may have changed.
fn same(a: &str, b: &str) -> bool {
    a == b || ((a.contains('\r') || b.contains('\r')) && a.replace("\r\n", "\n") == b.replace("\r\n", "\n"))
}

pub(crate) fn is_inside(path: &str) -> bool {
    !path.is_empty() && !path.contains(['\\', ':']) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn located(folder: &Path, path: &str) -> PathBuf {
    path.split('/').fold(folder.to_owned(), |folder, part| folder.join(part))
}

fn failed(attempt: &'static str, path: &Path, source: std::io::Error) -> ApplyError {
    ApplyError::Io { attempt, path: path.display().to_string(), source }
}

fn read(path: &Path) -> Result<Option<String>, ApplyError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed("read", path, source)),
    }
}

/// Writes a file whole: to a temporary file beside it, which then takes its name.
fn write(path: &Path, text: &str) -> Result<(), ApplyError> {
    write_whole(path, text.as_bytes(), Access::Generated).map_err(|source| failed("write", path, source))
}

impl ProjectFile {
    /// Returns whether the file is written again at every run.
    #[must_use]
    pub fn is_rewritten(&self) -> bool {
        self.owner != Owner::User
    }
}

#[cfg(test)]
mod tests {
    use super::super::manifest::ManifestFile;
    use super::super::project::Project;
    use super::*;

    fn created(path: &str, text: &str) -> Change<'static> {
        Change { path: path.to_owned(), action: Action::Create, old: None, new: Some(text.to_owned().into()) }
    }

    /// A name that no file system takes.
    fn impossible() -> String {
        format!("src/{}", "x".repeat(300))
    }

    #[test]
    fn a_new_folder_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("a/project");
        let mut changes = Changes { changes: vec![created("src/lib.rs", "//! x\n")], ..Changes::default() };
        changes.changes.push(created(&impossible(), ""));
        let error = changes.write(&project).unwrap_err();
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        let inside = || std::fs::read_dir(folder.path().join("a")).unwrap().count();
        assert_eq!(inside(), 0);
        changes.changes.pop();
        changes.write(&project).unwrap();
        assert_eq!(inside(), 1);
        assert_eq!(std::fs::read_to_string(project.join("src/lib.rs")).unwrap(), "//! x\n");
        assert!(project.join(MANIFEST_PATH).exists());
    }

    #[test]
    fn what_is_there_stays_when_writing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path();
        std::fs::create_dir_all(project.join("src")).unwrap();
        std::fs::write(project.join("src/mine.rs"), "mine").unwrap();
        let changes =
            Changes { changes: vec![created("src/lib.rs", "x"), created(&impossible(), "")], ..Changes::default() };
        assert!(changes.write(project).is_err());
        assert_eq!(std::fs::read_to_string(project.join("src/mine.rs")).unwrap(), "mine");
        assert_eq!(read_manifest(project).unwrap(), Manifest::default(), "the manifest is the last");
        let left = std::fs::read_dir(project.join("src")).unwrap().count();
        assert_eq!(left, 2, "only whole files are there");
    }

    fn project(files: &[(&str, &str, Owner)]) -> Project {
        let file = |(path, text, owner): &(&str, &str, Owner)| ProjectFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
            owner: *owner,
            template: String::new(),
        };
        Project { files: files.iter().map(file).collect(), ..Project::default() }
    }

    fn compared(folder: &Path, files: &[(&str, &str, Owner)]) -> Changes<'static> {
        let project: &'static Project = Box::leak(Box::new(project(files)));
        let manifest: &'static Manifest = Box::leak(Box::new(read_manifest(folder).unwrap()));
        compare(project, folder, manifest).unwrap()
    }

    #[test]
    fn a_run_that_was_cut_off_is_made_good_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (a, b, c, mine) = ("src/gen/a.rs", "src/gen/b.rs", "src/gen/c.rs", "src/handlers/mine.rs");
        compared(folder, &[(a, "1", Owner::Tool), (b, "1", Owner::Tool)]).write(folder).unwrap();
        let mut second = compared(folder, &[(a, "2", Owner::Tool), (c, "2", Owner::Tool), (mine, "2", Owner::User)]);
        second.changes.push(created(&impossible(), ""));
        assert!(second.write(folder).is_err());
        // It may have come to any of the files.
        for reached in [[true, true, true], [false, false, false], [true, false, true], [false, true, false]] {
            for (path, reached) in [(a, reached[0]), (c, reached[1]), (mine, reached[2])] {
                let path = located(folder, path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                match (reached, path.ends_with("a.rs")) {
                    (true, _) => std::fs::write(&path, "2").unwrap(),
                    (false, true) => std::fs::write(&path, "1").unwrap(),
                    (false, false) => drop(std::fs::remove_file(&path)),
                }
            }
            let changes = compared(folder, &[(a, "3", Owner::Tool), (mine, "3", Owner::User)]);
            assert_eq!(changes.edited, [""; 0], "{reached:?}");
            let changed = |path: &str| changes.changes.iter().find(|change| change.path == path).map(|c| c.action);
            assert_eq!(changed(a), Some(Action::Update));
            assert_eq!(changed(b), Some(Action::Remove));
            assert_eq!(changed(c), reached[1].then_some(Action::Remove));
            assert_eq!(changed(mine), (!reached[2]).then_some(Action::Create));
        }
        // What the run had not written whole goes; what is named otherwise is the user's.
        for name in ["src/gen/.gatewright-a1B2c3", ".gatewright/.gatewright-a1B2c3", "src/gen/.gatewright-notes.txt"] {
            std::fs::write(located(folder, name), "half").unwrap();
        }
        // What is neither text is the user's edit.
        std::fs::write(located(folder, a), "mine").unwrap();
        let changes = compared(folder, &[(a, "3", Owner::Tool), (mine, "3", Owner::User)]);
        assert_eq!(changes.edited, [a]);
        changes.write(folder).unwrap();
        let manifest = std::fs::read_to_string(folder.join(MANIFEST_PATH)).unwrap();
        assert!(!manifest.contains("next"), "{manifest}");
        let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap().path().to_owned());
        let left: Vec<_> = entries.filter(|path| path.to_string_lossy().contains("/.gatewright-")).collect();
        assert_eq!(left, [folder.join("src/gen/.gatewright-notes.txt")]);
        assert_eq!(read_bases(folder).unwrap(), BTreeMap::from([(mine.to_owned(), "3".into())]));
    }

    #[test]
    fn renames_do_not_write_over_each_other() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect()
        };
        let ordered = |list: &[(&str, &str)]| in_safe_order(&pairs(list));
        assert_eq!(ordered(&[("a", "b"), ("b", "c")]), pairs(&[("b", "c"), ("a", "b")]));
        assert_eq!(ordered(&[("a", "b"), ("b", "a")]), pairs(&[("a", "a.moved"), ("b", "a"), ("a.moved", "b")]));
    }

    #[test]
    fn once_written_texts_are_kept_for_the_merge() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        let known =
            ManifestFile { owner: Owner::User, sha256: String::new(), template: None, next: None, moved_to: None };
        let mut changes = Changes { changes: vec![created("src/a.rs", "a")], ..Changes::default() };
        changes.manifest.files.insert("src/a.rs".into(), known.clone());
        changes.bases.insert("src/a.rs".into(), "a".into());
        changes.write(&project).unwrap();
        let mut more = Changes { changes: vec![created("src/b.rs", "b")], ..Changes::default() };
        more.manifest.files.insert("src/a.rs".into(), known);
        more.bases.insert("src/b.rs".into(), "b".into());
        more.write(&project).unwrap();
        let bases = read_bases(&project).unwrap();
        assert_eq!(bases, BTreeMap::from([("src/a.rs".into(), "a".into()), ("src/b.rs".into(), "b".into())]));
    }
}
