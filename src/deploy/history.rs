//! What was imported, kept beside the configuration: to go back to, and to notice an import that did not end.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::source::{Access, write_whole};

use super::Beside;

/// One import into a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its number, from 1.
    pub number: u32,
    /// Seconds since 1970.
    pub time: i64,
    /// How far it got.
    pub state: State,
    /// The API's id; empty while it is being created.
    pub api_id: String,
    /// The API's name.
    pub name: String,
    /// The stage.
    pub stage: String,
    /// `info.version`
    pub version: Option<String>,
    /// The git revision the document was at.
    pub revision: Option<String>,
    /// The hash of what was sent.
    pub content: String,
    /// The stage's deployment before.
    pub deployment_before: Option<String>,
    /// The stage's deployment after.
    pub deployment_after: Option<String>,
    /// What changed, counted: added, changed, removed.
    pub changes: [usize; 3],
    /// What changed, by name: `~ GET /pets`. Values are not kept.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// The stage variables that were set, as they were before; those whose names speak of a secret are left out.
    #[serde(default)]
    pub variables_before: BTreeMap<String, Option<String>>,
    /// The settings, tags, keys and plans that were set, as they were before.
    #[serde(default)]
    pub beside_before: Beside,
    /// Whether it is an HTTP API.
    #[serde(default)]
    pub http: bool,
    /// Whether a function was not there yet to be given its permission; the next import tries again.
    #[serde(default)]
    pub permissions_pending: bool,
    /// The export taken before; the document to put back.
    pub export_before: Option<String>,
    /// The export taken after; what drift is told by.
    #[serde(default)]
    pub export_after: Option<String>,
}

/// How far an import got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Begun. An entry that stays so was cut off.
    Started,
    /// Done.
    Applied,
    /// Failed, and put back.
    Undone,
    /// A return to an earlier deployment.
    RolledBack,
}

/// The imports into one stage of one API at one place.
#[derive(Clone, Debug)]
pub struct History {
    folder: PathBuf,
}

/// An API that this process alone imports into from here.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the lock is the open file")] File);

/// Why the history could not be read or written.
#[derive(Debug, Error)]
#[error("cannot {attempt} the history in `{}`: {reason}", folder.display())]
pub struct HistoryError {
    attempt: &'static str,
    folder: PathBuf,
    reason: String,
}

/// Entries kept per stage; older ones are removed.
const KEPT: usize = 50;

/// Digits that the number in a file's name has at least.
const DIGITS: usize = 6;

impl History {
    /// Returns the history of a stage. `place` names the service and the account, `api` the API's name.
    #[must_use]
    pub fn of(state_folder: &Path, place: &str, api: &str, stage: &str) -> Self {
        let folder = state_folder.join("history").join(file_name(place)).join(file_name(api)).join(file_name(stage));
        Self { folder }
    }

    /// Returns the name under which the history of the API of this id is kept, if there is any.
    #[must_use]
    pub fn name_of_id(state_folder: &Path, place: &str, id: &str) -> Option<String> {
        let folder = state_folder.join("history").join(file_name(place));
        let stages = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|api| api.path());
        let stages = stages.filter_map(|api| std::fs::read_dir(api).ok()).flatten().filter_map(Result::ok);
        stages
            .filter_map(|stage| {
                let history = Self { folder: stage.path() };
                let numbers = history.numbers().into_iter().rev();
                numbers.filter_map(|number| history.entry(number)).find(|entry| entry.api_id == id)
            })
            .max_by_key(|entry| entry.time)
            .map(|entry| entry.name)
    }

    /// Takes the API for this process, until what is returned is dropped or the process ends in whatever way. Returns
    /// nothing when another import from here has it.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn lock(&self) -> Result<Option<Lock>, HistoryError> {
        let failed =
            |e: std::io::Error| HistoryError { attempt: "lock", folder: self.folder.clone(), reason: e.to_string() };
        // One API, however many stages: a document that is sent is sent to the API.
        let folder = self.folder.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"));
        let file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Returns the last import when it was cut off: begun, not ended, and not under way any more.
    #[must_use]
    pub fn cut_off(&self) -> Option<Entry> {
        let last = self.last().filter(|entry| entry.state == State::Started)?;
        matches!(self.lock(), Ok(Some(_))).then_some(last)
    }

    /// Returns the entries, oldest first. One that cannot be read is left out.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.numbers().into_iter().filter_map(|number| self.entry(number)).collect()
    }

    /// Returns the last entry that can be read. Others are not looked at: each holds two exports.
    #[must_use]
    pub fn last(&self) -> Option<Entry> {
        self.numbers().into_iter().rev().find_map(|number| self.entry(number))
    }

    /// Returns whether nothing was imported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers().is_empty()
    }

    /// Returns the number the next entry has.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        self.numbers().last().map_or(1, |number| number.saturating_add(1))
    }

    /// Returns the numbers of the entries, by the names of their files, in their order.
    fn numbers(&self) -> Vec<u32> {
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let number = |name: &str| {
            let digits = name.strip_suffix(".json").filter(|digits| digits.len() >= DIGITS)?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        let mut numbers: Vec<u32> = files.filter_map(|file| number(file.file_name().to_str()?)).collect();
        numbers.sort_unstable();
        numbers
    }

    fn entry(&self, number: u32) -> Option<Entry> {
        serde_json::from_slice(&std::fs::read(self.path(number)).ok()?).ok()
    }

    /// Writes an entry, whole, in place of the one with its number.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn write(&self, entry: &Entry) -> Result<(), HistoryError> {
        let failed = |reason: String| HistoryError { attempt: "write", folder: self.folder.clone(), reason };
        std::fs::create_dir_all(&self.folder).map_err(|e| failed(e.to_string()))?;
        let json = serde_json::to_vec_pretty(entry).map_err(|e| failed(e.to_string()))?;
        let path = self.path(entry.number);
        write_whole(&path, &json, Access::Private).map_err(|e| failed(e.to_string()))?;
        for old in self.numbers().into_iter().rev().skip(KEPT) {
            let _ = std::fs::remove_file(self.path(old));
        }
        Ok(())
    }

    fn path(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number:0DIGITS$}.json"))
    }
}

/// Returns a text as a file name that cannot leave its folder. Texts that differ have names that differ.
fn file_name(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name: String = text.chars().map(|c| if plain(c) { c } else { '_' }).take(80).collect();
    // File systems that fold case would take two names for one.
    if name == text && !name.is_empty() && !name.bytes().any(|b| b.is_ascii_uppercase()) {
        return name;
    }
    let hash: String = Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{name}.{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u32) -> Entry {
        Entry {
            number,
            time: 0,
            state: State::Applied,
            api_id: "a".into(),
            name: "../a".into(),
            stage: "dev".into(),
            version: None,
            revision: None,
            content: String::new(),
            deployment_before: None,
            deployment_after: None,
            changes: [0; 3],
            subjects: Vec::new(),
            variables_before: BTreeMap::new(),
            beside_before: Beside::default(),
            permissions_pending: false,
            http: false,
            export_before: None,
            export_after: None,
        }
    }

    #[test]
    fn entries_are_numbered_and_limited() {
        let folder = tempfile::tempdir().expect("a folder");
        let history = History::of(folder.path(), "http://127.0.0.1:1", "../a", "dev");
        for _ in 0..KEPT + 3 {
            history.write(&entry(history.next_number())).expect("it can be written");
        }
        let entries = history.entries();
        assert_eq!(entries.len(), KEPT);
        assert_eq!(entries.first().map(|e| e.number), Some(4));
        assert!(history.folder.starts_with(folder.path()));
        assert!(!history.folder.to_string_lossy().contains(".."));
    }

    #[test]
    fn names_that_look_alike_are_kept_apart() {
        let names = ["my api", "my_api", "my-api", "My-api", ""].map(file_name);
        let different: std::collections::BTreeSet<_> = names.iter().map(|n| n.to_lowercase()).collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
    }

    #[test]
    fn an_import_that_is_under_way_is_not_cut_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let history = History::of(folder.path(), "local", "a", "dev");
        let lock = history.lock().expect("it can be locked").expect("nobody has it");
        history.write(&Entry { state: State::Started, ..entry(1) }).expect("it is written");
        assert!(history.lock().expect("it can be tried").is_none());
        assert!(history.cut_off().is_none());
        drop(lock);
        assert_eq!(history.cut_off().map(|e| e.number), Some(1));
    }
}
