//! `gatewright.lock`: which API an environment's document became, so that a new title is no new API.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::source::{Access, write_whole};

use super::CommandError;

/// The file beside the configuration.
const FILE_NAME: &str = "gatewright.lock";

/// The contents: environment, then document (its path from the configuration's folder), then id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Lock {
    env: BTreeMap<String, BTreeMap<String, String>>,
}

impl Lock {
    /// Reads the file; a missing one is empty.
    pub(super) fn read(folder: &Path) -> Result<Self, CommandError> {
        let path = folder.join(FILE_NAME);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(CommandError::new(format!("cannot read `{}`", path.display())).with_source(error));
            }
        };
        toml::from_str(&text)
            .map_err(|e| CommandError::new(format!("`{}` cannot be understood", path.display())).with_source(e))
    }

    /// Returns the id of the API that a document became in an environment.
    pub(super) fn api_id(&self, environment: &str, document: &str) -> Option<&str> {
        self.env.get(environment)?.get(document).map(String::as_str)
    }

    /// Returns the ids of an environment's APIs.
    pub(super) fn ids(&self, environment: &str) -> Vec<String> {
        self.env.get(environment).into_iter().flat_map(|documents| documents.values().cloned()).collect()
    }

    /// Remembers an id, and writes the file when that is news. What others have written in the meantime stays.
    pub(super) fn remember(folder: &Path, environment: &str, document: &str, id: &str) -> Result<(), CommandError> {
        let path = folder.join(FILE_NAME);
        let failed = |e: std::io::Error| CommandError::new(format!("cannot write `{}`", path.display())).with_source(e);
        // Imports that end at the same time take turns; the folder itself cannot be locked everywhere.
        static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut lock = Self::read(folder)?;
        let before = lock.env.entry(environment.to_owned()).or_default().insert(document.to_owned(), id.to_owned());
        if before.as_deref() == Some(id) {
            return Ok(());
        }
        let text = toml::to_string(&lock).map_err(|e| failed(std::io::Error::other(e)))?;
        write_whole(&path, text.as_bytes(), Access::Shared).map_err(failed)
    }
}

/// Returns the name under which a document is remembered: its path from the configuration's folder.
pub(super) fn document_name(folder: &Path, spec: &str) -> String {
    let absolute = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    let path = absolute(Path::new(spec));
    path.strip_prefix(absolute(folder)).unwrap_or(&path).to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_remembered_by_environment_and_document() {
        let folder = tempfile::tempdir().expect("a folder");
        Lock::remember(folder.path(), "prod", "api.yaml", "abc").expect("it is written");
        Lock::remember(folder.path(), "prod", "other.yaml", "def").expect("it is written");
        let read = Lock::read(folder.path()).expect("it is read");
        assert_eq!(read.api_id("prod", "api.yaml"), Some("abc"));
        assert_eq!(read.api_id("test", "api.yaml"), None);
    }
}
