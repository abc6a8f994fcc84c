//! The exports that were made last, as texts.
//!
//! A deployment does not change, so neither does what a stage that shows it exports; tools ask for that again and again
//! before they change anything.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::gateway::export::{Address, ExportOptions};

/// The most bytes of texts that are kept.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What an export is of, and how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) api_id: String,
    pub(super) deployment_id: String,
    pub(super) stage_name: String,
    /// The one that the stage is said to show.
    pub(super) documentation_version: Option<String>,
    pub(super) address: Option<Address>,
    pub(super) options: ExportOptions,
    pub(super) yaml: bool,
}

/// An export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exported {
    pub(super) text: Bytes,
    /// `info.version`
    pub(super) version: String,
}

/// The exports that were made last; the oldest goes first.
#[derive(Debug, Default)]
pub(super) struct ExportCache(Mutex<VecDeque<(Key, Exported)>>);

impl ExportCache {
    /// Returns an export, from `make` when it is not here.
    pub(super) fn get_or_make<E>(&self, key: Key, make: impl FnOnce() -> Result<Exported, E>) -> Result<Exported, E> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, exported)) = lock().iter().find(|(known, _)| *known == key) {
            return Ok(exported.clone());
        }
        let exported = make()?;
        let mut entries = lock();
        entries.push_back((key, exported.clone()));
        let mut bytes: usize = entries.iter().map(|(_, exported)| exported.text.len()).sum();
        while bytes > MAX_BYTES
            && let Some((_, oldest)) = entries.pop_front()
        {
            bytes -= oldest.text.len();
        }
        Ok(exported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::export::Specification;

    #[test]
    fn the_last_exports_are_kept_up_to_a_size() {
        let cache = ExportCache::default();
        let key = |api: usize| Key {
            api_id: api.to_string(),
            deployment_id: "d".to_owned(),
            stage_name: "s".to_owned(),
            documentation_version: None,
            address: None,
            options: ExportOptions::everything(Specification::Oas30),
            yaml: false,
        };
        let made = |bytes: usize| Exported { text: vec![b'x'; bytes].into(), version: "1".to_owned() };
        let get = |api: usize, bytes: usize| {
            let mut is_new = false;
            let exported = cache.get_or_make(key(api), || {
                is_new = true;
                Ok::<_, ()>(made(bytes))
            });
            (exported.map(|e| e.text.len()), is_new)
        };
        assert_eq!(get(1, MAX_BYTES / 2), (Ok(MAX_BYTES / 2), true));
        assert_eq!(get(1, 0), (Ok(MAX_BYTES / 2), false));
        assert_eq!(get(2, MAX_BYTES / 2), (Ok(MAX_BYTES / 2), true));
        assert_eq!(get(3, 1), (Ok(1), true));
        assert_eq!(get(1, 2), (Ok(2), true));
        assert_eq!(get(4, MAX_BYTES + 1), (Ok(MAX_BYTES + 1), true));
        assert_eq!(get(4, 3), (Ok(3), true));
    }
}
