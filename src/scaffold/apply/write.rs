//! The writing of what changes: each file whole, a new project all at once.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use crate::parallel::{beside, in_parallel};

use super::super::BASE_PATH;
use super::super::manifest::{MANIFEST_PATH, Manifest, Owner};
use super::{Action, ApplyError, Bases, Changes, failed, is_inside, located, read, read_bases, write};

impl Changes<'_> {
    /// Writes the changes: each file whole, the manifest last. A folder that is not there yet appears whole.
    ///
    /// In a folder that is there, what is about to be written is recorded first: a run that is cut off, by whatever, is
    /// made good by the next one, also when the document has changed meanwhile.
    ///
    /// # Errors
    /// When a file cannot be written. Files written before it stay, each whole; of a new folder, nothing stays.
    pub fn write(&self, folder: &Path) -> Result<(), ApplyError> {
        let old_bases = read_bases(folder)?;
        let created = self.changes.iter().filter(|change| change.action == Action::Create);
        let created: HashSet<&String> = created.map(|change| &change.path).collect();
        let first_bases = self.with_bases(&old_bases, |path| created.contains(path));
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
            let bases = last_bases.as_ref().or(first_bases.as_ref());
            let (manifest, bases) = beside(|| bases.map(text_of), || text_of(&self.manifest));
            writes.extend(bases.iter().map(|bases| (BASE_PATH, bases.as_str())));
            writes.push((MANIFEST_PATH, &manifest));
            return write_new(folder, &writes);
        }
        self.remove_temporary(folder);
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

    /// Removes the temporary files of a run that was cut off: those of records, and where it wrote files, those of files.
    /// What cannot be removed is in nobody's way.
    fn remove_temporary(&self, folder: &Path) {
        let is_underway = self.before.files.values().any(|file| file.next.is_some());
        let paths = self.before.files.keys().filter(|path| is_underway && is_inside(path));
        let folders: BTreeSet<&str> =
            paths.map(|path| path.rsplit_once('/').map_or("", |(inside, _)| inside)).chain([".gatewright"]).collect();
        for inside in folders {
            let inside = if inside.is_empty() { folder.to_owned() } else { located(folder, inside) };
            for entry in std::fs::read_dir(inside).into_iter().flatten().flatten() {
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                if is_file && entry.file_name().to_str().is_some_and(is_temporary) {
                    let _ = std::fs::remove_file(entry.path());
                }
            }
        }
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

/// Returns whether a file's name is one that [`write`] gives to what it has not written whole yet.
fn is_temporary(name: &str) -> bool {
    let drawn = name.strip_prefix(".gatewright-");
    drawn.is_some_and(|drawn| drawn.len() == 6 && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric()))
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
