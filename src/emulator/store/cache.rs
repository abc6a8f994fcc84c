//! Decoded records, the recently used ones.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::StoreError;

/// Keeps up to a number of decoded records; the least recently used one goes first.
pub(super) struct Cache<T> {
    capacity: usize,
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    entries: BTreeMap<String, (Arc<T>, u64)>,
    clock: u64,
    /// Grows with each removal, so that what was loaded before one is not kept after it.
    removals: u64,
}

impl<T> Cache<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, inner: Mutex::new(Inner { entries: BTreeMap::new(), clock: 0, removals: 0 }) }
    }

    /// Returns the record, from `load` when it is not here.
    pub(super) fn get_or_load(
        &self,
        key: &str,
        load: impl FnOnce() -> Result<Option<T>, StoreError>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let removals = {
            let mut inner = self.lock();
            inner.clock += 1;
            let clock = inner.clock;
            if let Some((value, used)) = inner.entries.get_mut(key) {
                *used = clock;
                return Ok(Some(Arc::clone(value)));
            }
            inner.removals
        };
        let Some(value) = load()?.map(Arc::new) else { return Ok(None) };
        let mut inner = self.lock();
        if inner.removals == removals {
            let clock = inner.clock;
            inner.entries.insert(key.to_owned(), (Arc::clone(&value), clock));
            if inner.entries.len() > self.capacity {
                let oldest = inner.entries.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone());
                if let Some(oldest) = oldest {
                    inner.entries.remove(&oldest);
                }
            }
        }
        Ok(Some(value))
    }

    pub(super) fn remove(&self, key: &str) {
        let mut inner = self.lock();
        inner.removals += 1;
        inner.entries.remove(key);
    }

    pub(super) fn clear(&self) {
        let mut inner = self.lock();
        inner.removals += 1;
        inner.entries.clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
