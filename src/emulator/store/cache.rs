//! Decoded records, the recently used ones.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::StoreError;

/// The most bytes of records that a cache keeps decoded, in their size on disk; the last one is kept in any case.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Keeps up to a number of decoded records; the least recently used one goes first.
pub(super) struct Cache<T> {
    capacity: usize,
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    entries: BTreeMap<String, Entry<T>>,
    /// The sum of the entries' sizes.
    bytes: usize,
    clock: u64,
    /// Grows with each removal, so that what was loaded before one is not kept after it.
    removals: u64,
}

struct Entry<T> {
    value: Arc<T>,
    /// When it was last asked for.
    used: u64,
    /// Its size on disk, in bytes.
    bytes: usize,
}

impl<T> Inner<T> {
    fn remove(&mut self, key: &str) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.bytes;
        }
    }

    fn insert(&mut self, key: String, value: Arc<T>, bytes: usize, capacity: usize) {
        self.remove(&key);
        self.clock += 1;
        self.bytes += bytes;
        self.entries.insert(key, Entry { value, used: self.clock, bytes });
        while self.entries.len() > 1 && (self.entries.len() > capacity || self.bytes > MAX_BYTES) {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.remove(&oldest);
        }
    }
}

impl<T> Cache<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, inner: Mutex::new(Inner { entries: BTreeMap::new(), bytes: 0, clock: 0, removals: 0 }) }
    }

    /// Returns the record, from `load`, with its size on disk, when it is not here.
    pub(super) fn get_or_load(
        &self,
        key: &str,
        load: impl FnOnce() -> Result<Option<(T, usize)>, StoreError>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let removals = {
            let mut inner = self.lock();
            inner.clock += 1;
            let clock = inner.clock;
            if let Some(entry) = inner.entries.get_mut(key) {
                entry.used = clock;
                return Ok(Some(Arc::clone(&entry.value)));
            }
            inner.removals
        };
        let Some((value, bytes)) = load()? else { return Ok(None) };
        let value = Arc::new(value);
        let mut inner = self.lock();
        if inner.removals == removals {
            inner.insert(key.to_owned(), Arc::clone(&value), bytes, self.capacity);
        }
        Ok(Some(value))
    }

    /// Keeps a record that was just written, in place of what was here.
    pub(super) fn insert(&self, key: String, value: Arc<T>, bytes: usize) {
        let mut inner = self.lock();
        inner.removals += 1;
        inner.insert(key, value, bytes, self.capacity);
    }

    pub(super) fn remove(&self, key: &str) {
        let mut inner = self.lock();
        inner.removals += 1;
        inner.remove(key);
    }

    pub(super) fn clear(&self) {
        let mut inner = self.lock();
        inner.removals += 1;
        inner.entries.clear();
        inner.bytes = 0;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(cache: &Cache<u8>, key: &str) -> bool {
        cache.get_or_load(key, || Ok(None)).expect("reads").is_some()
    }

    #[test]
    fn the_least_recently_used_goes_when_there_are_too_many() {
        let cache = Cache::new(2);
        cache.insert("a".into(), Arc::new(1), 10);
        cache.insert("b".into(), Arc::new(2), 10);
        assert!(kept(&cache, "a"));
        cache.insert("c".into(), Arc::new(3), 10);
        assert!(kept(&cache, "a") && !kept(&cache, "b") && kept(&cache, "c"));
    }

    #[test]
    fn large_records_push_others_out_but_not_themselves() {
        let cache = Cache::new(9);
        cache.insert("a".into(), Arc::new(1), MAX_BYTES / 2);
        cache.insert("b".into(), Arc::new(2), MAX_BYTES / 2);
        assert!(kept(&cache, "a") && kept(&cache, "b"));
        cache.insert("a".into(), Arc::new(3), MAX_BYTES * 2);
        assert!(kept(&cache, "a") && !kept(&cache, "b"));
        cache.insert("c".into(), Arc::new(4), 1);
        assert!(!kept(&cache, "a") && kept(&cache, "c"));
    }

    #[test]
    fn what_was_loaded_before_a_write_does_not_replace_it() {
        let cache = Cache::new(2);
        let old = cache.get_or_load("a", || {
            cache.insert("a".into(), Arc::new(2), 1);
            Ok(Some((1, 1)))
        });
        assert_eq!(old.expect("reads").as_deref(), Some(&1));
        assert_eq!(cache.get_or_load("a", || Ok(None)).expect("reads").as_deref(), Some(&2));
    }
}
