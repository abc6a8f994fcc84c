//! What was imported, kept beside the configuration: to go back to, and to notice an import that did not end.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

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

impl History {
    /// Returns the history of a stage. `place` names the service (an endpoint or region), `api` the API's name or id.
    #[must_use]
    pub fn of(state_folder: &Path, place: &str, api: &str, stage: &str) -> Self {
        let folder = state_folder.join("history").join(file_name(place)).join(file_name(api)).join(file_name(stage));
        Self { folder }
    }

    /// Returns the entries, oldest first. One that cannot be read is left out.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let mut entries: Vec<Entry> = files
            .filter_map(Result::ok)
            .filter(|file| file.path().extension().is_some_and(|e| e == "json"))
            .filter_map(|file| serde_json::from_slice(&std::fs::read(file.path()).ok()?).ok())
            .collect();
        entries.sort_by_key(|e| e.number);
        entries
    }

    /// Returns the number the next entry has.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        self.entries().last().map_or(1, |e| e.number.saturating_add(1))
    }

    /// Writes an entry, whole, in place of the one with its number.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn write(&self, entry: &Entry) -> Result<(), HistoryError> {
        let failed = |reason: String| HistoryError { attempt: "write", folder: self.folder.clone(), reason };
        std::fs::create_dir_all(&self.folder).map_err(|e| failed(e.to_string()))?;
        let json = serde_json::to_vec_pretty(entry).map_err(|e| failed(e.to_string()))?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(|e| failed(e.to_string()))?;
        std::io::Write::write_all(&mut file, &json).map_err(|e| failed(e.to_string()))?;
        file.as_file().sync_all().map_err(|e| failed(e.to_string()))?;
        file.persist(self.path(entry.number)).map_err(|e| failed(e.error.to_string()))?;
        let entries = self.entries();
        for old in entries.iter().rev().skip(KEPT) {
            let _ = std::fs::remove_file(self.path(old.number));
        }
        Ok(())
    }

    fn path(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number:06}.json"))
    }
}

/// Returns a text as a file name that cannot leave its folder.
fn file_name(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut name: String = text.chars().map(|c| if plain(c) { c } else { '_' }).take(80).collect();
    if name.is_empty() {
        name.push('_');
    }
    name
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
}
