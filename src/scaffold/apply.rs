//! From a project's files to a folder: what changes, what stays, and the writing of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::source::{Access, write_whole};

use super::manifest::{MANIFEST_PATH, Manifest, ManifestFile, ManifestOperation, Owner, digest};
use super::operations::anonymous;
use super::parallel::in_parallel;
use super::project::{Project, ProjectFile};
use super::{BASE_PATH, shared};

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
    /// Handlers whose operation has another name now: the old file and the new.
    pub renamed: Vec<(String, String)>,
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

/// Compares a project with a folder.
///
/// # Errors
/// When a file cannot be read, or a shared one cannot be brought up to date.
pub fn compare<'p>(project: &'p Project, folder: &Path, manifest: &'p Manifest) -> Result<Changes<'p>, ApplyError> {
    let mut changes = Changes {
        manifest: Manifest {
            version: 1,
            document: project.document.clone().or_else(|| manifest.document.clone()),
            package: Some(project.package.clone()),
            library: None,
            choices: project.choices.clone(),
            operations: project.operations.clone(),
            files: BTreeMap::new(),
        },
        before: Cow::Borrowed(manifest),
        ..Changes::default()
    };
    let bases = read_bases(folder)?;
    let read_and_digested = in_parallel(
        &project.files,
        || (),
        |(), _, file| Ok::<_, ApplyError>((read(&located(folder, &file.path))?, digest(&file.text))),
    );
    for (file, known_now) in project.files.iter().zip(read_and_digested) {
        let (old, new_digest) = known_now?;
        // What a run that was cut off has not come to is not known yet.
        let known = manifest.files.get(&file.path).filter(|known| old.is_some() || known.next.is_none());
        let template_changed = known.and_then(|known| known.template.as_ref()).is_some_and(|t| *t != file.template);
        if file.owner == Owner::User {
            match &old {
                Some(old) if template_changed => {
                    merge(&mut changes, file, old, bases.get(&file.path).map(AsRef::as_ref));
                }
                // Kept as it is: also gone, where that is how the user wants it.
                Some(_) => {}
                None if known.is_some() && file.is_optional() => {}
                None => {
                    changes.bases.insert(file.path.clone(), Cow::Borrowed(&file.text));
                }
            }
        }
        let new = match (file.owner, &old) {
            (Owner::User, Some(_)) => None,
            (Owner::User, None) if known.is_some() && file.is_optional() => None,
            (Owner::Shared, Some(old)) => {
                let text = shared::brought_up_to_date(&file.path, old, &file.text);
                Some(Cow::Owned(text.map_err(|message| ApplyError::Shared {
                    path: located(folder, &file.path).display().to_string(),
                    message,
                })?))
            }
            (Owner::Tool, Some(old)) => {
                let ours = same(old, &file.text) || known.is_some_and(|known| known.has_made(old));
                if !ours {
                    changes.edited.push(file.path.clone());
                }
                Some(Cow::Borrowed(file.text.as_str()))
            }
            (_, None) => Some(Cow::Borrowed(file.text.as_str())),
        };
        let sha256 = match (file.owner, known) {
            // What a once-written file was like when it was written stays on record.
            (Owner::User, Some(known)) if old.is_some() && !template_changed => known.sha256.clone(),
            _ => new_digest,
        };
        let template = (file.owner == Owner::User).then(|| file.template.clone());
        changes.manifest.files.insert(
            file.path.clone(),
            ManifestFile { owner: file.owner, sha256, template, next: None, moved_to: None },
        );
        if let Some(new) = new
            && !old.as_deref().is_some_and(|old| same(old, &new))
        {
            let action = if old.is_some() { Action::Update } else { Action::Create };
            changes.changes.push(Change { path: file.path.clone(), action, old, new: Some(new) });
        }
    }
    let wanted: HashSet<&str> = project.files.iter().map(|file| file.path.as_str()).collect();
    for (path, known) in manifest.files.iter().filter(|(path, _)| !wanted.contains(path.as_str())) {
        if project.ignored.contains(path) {
            continue;
        }
        // A manifest is a file of the user's folder: a path that leaves it is not followed.
        if !is_inside(path) {
            continue;
        }
        let Some(old) = read(&located(folder, path))? else { continue };
        let action = match known.owner {
            Owner::Tool if known.has_made(&old) => Action::Remove,
            Owner::Tool => {
                changes.edited.push(path.clone());
                Action::Remove
            }
            Owner::User | Owner::Shared => {
                changes.manifest.files.insert(path.clone(), ManifestFile { next: None, ..known.clone() });
                Action::Unhooked
            }
        };
        changes.changes.push(Change { path: path.clone(), action, old: Some(old), new: None });
    }
    for operation in &project.operations {
        let is_gone = |known: &&ManifestOperation| !project.operations.iter().any(|now| now.key == known.key);
        let known = || manifest.operations.iter();
        let before = known()
            .find(|known| known.key == operation.key)
            .or_else(|| {
                let place = anonymous(&operation.key);
                known().find(|known| anonymous(&known.key) == place && is_gone(known))
            })
            .or_else(|| {
                let module = project.named.get(&operation.key)?;
                known().find(|known| known.module == *module && is_gone(known))
            });
        let security = |operation: &ManifestOperation| operation.security.clone();
        if let (Some(old), Some(new)) = (before.and_then(security), security(operation))
            && old != new
        {
            changes.secured.push((operation.key.clone(), old, new));
        }
        if let Some(before) = before.filter(|before| before.module != operation.module) {
            let file = |module: &str| format!("src/handlers/{module}.rs");
            changes.renamed.push((file(&before.module), file(&operation.module)));
        }
    }
    remember_renames(&mut changes, &wanted, folder, manifest)?;
    changes.changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(changes)
}

/// Records where handlers without an operation would go, and keeps those renames that can still be made: the old file is
/// there, and nothing is written into the new one yet.
fn remember_renames(
    changes: &mut Changes<'_>,
    wanted: &HashSet<&str>,
    folder: &Path,
    manifest: &Manifest,
) -> Result<(), ApplyError> {
    let mut renamed = std::mem::take(&mut changes.renamed);
    for (path, known) in &manifest.files {
        if let Some(moved) = &known.moved_to
            && !wanted.contains(path.as_str())
            && !renamed.iter().any(|(old, _)| old == path)
        {
            let now = renamed.iter().find(|(old, _)| old == moved).map_or(moved, |(_, new)| new);
            renamed.push((path.clone(), now.clone()));
        }
    }
    // Of several files for one, those come first that the user has written something into.
    let mut possible = Vec::new();
    for (old, new) in &renamed {
        let Some(entry) = changes.manifest.files.get_mut(old).filter(|_| wanted.contains(new.as_str())) else {
            continue;
        };
        if !wanted.contains(old.as_str()) {
            entry.moved_to = Some(new.clone());
        }
        let is_untouched = |path: &str| -> Result<bool, ApplyError> {
            let text = read(&located(folder, path))?;
            Ok(text.is_none_or(|text| manifest.files.get(path).is_some_and(|known| known.has_made(&text))))
        };
        // Also into one that itself moves.
        if is_untouched(new)? || renamed.iter().any(|(other, _)| other == new) {
            possible.push((is_untouched(old)?, old.clone(), new.clone()));
        }
    }
    possible.sort_by_key(|(is_untouched, ..)| *is_untouched);
    for (_, old, new) in possible {
        if !changes.renamed.iter().any(|(_, taken)| *taken == new) {
            changes.renamed.push((old, new));
        }
    }
    Ok(())
}

/// Returns the manifest that is in a folder while files are written there, where a run may have written none, some or all
/// of its changes; none where there is nothing to write.
fn underway(changes: &Changes<'_>) -> Option<Manifest> {
    let mut underway = None;
    for change in &changes.changes {
        let is_created = change.action == Action::Create;
        let Some(after) = changes.manifest.files.get(&change.path) else { continue };
        let is_recorded = match after.owner {
            Owner::Tool => is_created || change.action == Action::Update,
            // A merge that is not done is done again.
            Owner::User => is_created,
            Owner::Shared => false,
        };
        if is_recorded {
            let files =
                &mut underway.get_or_insert_with(|| Manifest { version: 1, ..changes.before.as_ref().clone() }).files;
            let known = files.entry(change.path.clone()).or_insert_with(|| after.clone());
            known.next = Some(after.sha256.clone());
        }
    }
    underway
}

/// Brings a file of the user up to date with its template: in it where that is clean, beside it otherwise.
fn merge<'p>(changes: &mut Changes<'p>, file: &'p ProjectFile, old: &str, base: Option<&str>) {
    let Some(base) = base else { return };
    changes.bases.insert(file.path.clone(), Cow::Borrowed(&file.text));
    if same(base, &file.text) || same(old, &file.text) {
        return;
    }
    let change = match diffy::merge(&base.replace("\r\n", "\n"), &old.replace("\r\n", "\n"), &file.text) {
        Ok(merged) if same(&merged, old) => return,
        Ok(merged) => Change {
            path: file.path.clone(),
            action: Action::Update,
            old: Some(old.to_owned()),
            new: Some(merged.into()),
        },
        Err(_) => {
            changes.conflicts.push(file.path.clone());
            Change {
                path: format!("{}.gatewright-new", file.path),
                action: Action::Create,
                old: None,
                new: Some(Cow::Borrowed(&file.text)),
            }
        }
    };
    changes.changes.push(change);
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
    /// Returns whether writing would change anything.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.changes.iter().any(|change| change.action != Action::Unhooked)
    }

    /// Writes the changes: each file whole, the manifest last. A folder that is not there yet appears whole.
    ///
    /// In a folder that is there, what is about to be written is recorded first: a run that is cut off, by whatever, is
    /// made good by the next one, also when the document has changed meanwhile.
    ///
    /// # Errors
    /// When a file cannot be written. Files written before it stay, each whole; of a new folder, nothing stays.
    pub fn write(&self, folder: &Path) -> Result<(), ApplyError> {
        let old_bases = read_bases(folder)?;
        let created = |path: &str| self.changes.iter().any(|c| c.action == Action::Create && c.path == path);
        let created: Vec<&String> = self.bases.keys().filter(|path| created(path)).collect();
        let first_bases = self.with_bases(&old_bases, |path| created.contains(&path));
        let last_bases = self.with_bases(first_bases.as_ref().unwrap_or(&old_bases), |_| true);
        let mut writes: Vec<(&str, &str)> = Vec::new();
        for change in &self.changes {
            if let (Action::Create | Action::Update, Some(text)) = (change.action, &change.new) {
                writes.push((&change.path, text));
            }
        }
        if let Err(error) = std::fs::symlink_metadata(folder)
            && error.kind() == std::io::ErrorKind::NotFound
        {
            let (bases, manifest) = std::thread::scope(|scope| {
                let bases = scope.spawn(|| last_bases.as_ref().or(first_bases.as_ref()).map(text_of));
                let manifest = text_of(&self.manifest);
                (bases.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), manifest)
            });
            writes.extend(bases.iter().map(|bases| (BASE_PATH, bases.as_str())));
            writes.push((MANIFEST_PATH, &manifest));
            return write_new(folder, &writes);
        }
        if let Some(bases) = &first_bases {
            record(folder, BASE_PATH, bases)?;
        }
        if let Some(underway) = underway(self) {
            record(folder, MANIFEST_PATH, &underway)?;
        }
        make_folders(folder, &writes)?;
        let written = in_parallel(&writes, || (), |(), _, (path, text)| write(&located(folder, path), text));
        written.into_iter().collect::<Result<(), _>>()?;
        for change in self.changes.iter().filter(|change| change.action == Action::Remove) {
            let path = located(folder, &change.path);
            std::fs::remove_file(&path).map_err(|source| failed("remove", &path, source))?;
        }
        if let Some(bases) = &last_bases {
            record(folder, BASE_PATH, bases)?;
        }
        if read(&located(folder, MANIFEST_PATH))?.as_deref() != Some(text_of(&self.manifest).as_str()) {
            record(folder, MANIFEST_PATH, &self.manifest)?;
        }
        Ok(())
    }

    /// Returns `bases` with those of this run that `is_wanted`, where that makes a difference.
    fn with_bases<'b>(&'b self, bases: &'b Bases<'_>, is_wanted: impl Fn(&String) -> bool) -> Option<Bases<'b>> {
        let ours = || self.bases.iter().filter(|(path, _)| is_wanted(path));
        if ours().all(|(path, text)| bases.get(path) == Some(text)) {
            return None;
        }
        let known = bases.iter().filter(|(path, _)| self.manifest.files.contains_key(*path));
        let borrowed = |text: &'b Cow<'_, str>| Cow::Borrowed(text.as_ref());
        Some(known.chain(ours()).map(|(path, text)| (path.clone(), borrowed(text))).collect())
    }
}

fn text_of(record: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(record).unwrap_or_default() + "\n"
}

/// Writes one of our own records.
fn record(folder: &Path, path: &str, record: &impl serde::Serialize) -> Result<(), ApplyError> {
    let text = text_of(record);
    make_folders(folder, &[(path, &text)])?;
    write(&located(folder, path), &text)
}

/// Writes a folder that is not there yet: under another name beside it, which then becomes its own.
fn write_new(folder: &Path, writes: &[(&str, &str)]) -> Result<(), ApplyError> {
    let beside = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(beside).map_err(|source| failed("write", beside, source))?;
    // It goes again, with all that is in it, when anything fails.
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gatewright-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o777));
    }
    let temporary = builder.tempdir_in(beside).map_err(|source| failed("write", folder, source))?;
    make_folders(temporary.path(), writes)?;
    // Threads that make files in one folder wait for each other: each is given another half of the folders.
    let half = writes.len().div_ceil(2);
    let (first, second) = writes.split_at(half);
    let spread: Vec<(&str, &str)> =
        (0..half).flat_map(|at| [first.get(at), second.get(at)]).flatten().copied().collect();
    let written = in_parallel(
        &spread,
        || (),
        |(), _, (path, text)| {
            let inside = temporary.path().join(path);
            std::fs::write(inside, text).map_err(|source| failed("write", &located(folder, path), source))
        },
    );
    written.into_iter().collect::<Result<(), _>>()?;
    std::fs::rename(temporary.path(), folder).map_err(|source| failed("write", folder, source))?;
    // What it named is the project's now.
    let _ = temporary.keep();
    Ok(())
}

/// Makes the folders that files are written to.
fn make_folders(folder: &Path, writes: &[(&str, &str)]) -> Result<(), ApplyError> {
    let folders: HashSet<&str> =
        writes.iter().map(|(path, _)| path.rsplit_once('/').map_or("", |(to, _)| to)).collect();
    for inner in folders.into_iter().collect::<BTreeSet<_>>() {
        let path = if inner.is_empty() { folder.to_owned() } else { located(folder, inner) };
        std::fs::create_dir_all(&path).map_err(|source| failed("write", &path, source))?;
    }
    Ok(())
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

    /// Returns whether a project compiles without the file, so that the user may delete it.
    fn is_optional(&self) -> bool {
        !self.path.starts_with("src/") || self.path == "src/auth.rs"
    }
}

#[cfg(test)]
mod tests {
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
        // What is neither text is the user's edit.
        std::fs::write(located(folder, a), "mine").unwrap();
        let changes = compared(folder, &[(a, "3", Owner::Tool), (mine, "3", Owner::User)]);
        assert_eq!(changes.edited, [a]);
        changes.write(folder).unwrap();
        let manifest = std::fs::read_to_string(folder.join(MANIFEST_PATH)).unwrap();
        assert!(!manifest.contains("next"), "{manifest}");
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
