//! Changes that are made together or not at all.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::gateway::{ApiDefinition, Snapshot};

use super::{Changes, Store, StoreError, api_key, decode, definition_key, is_large, is_packed, sequence, snapshot_key};

/// What a resource takes in the record of its API, where it has two methods with an integration each.
const RESOURCE_BYTES: usize = 2048;

/// Changes that become visible, and safe, together.
pub(crate) struct Transaction<'a> {
    pub(super) store: &'a Store,
    pub(super) changes: Changes,
    /// Large records that were put, as they are: who asks next need not read them again.
    pub(super) decoded: Vec<(String, Decoded)>,
}

/// A large record as it is put.
pub(super) enum Decoded {
    Definition(Arc<ApiDefinition>),
    Snapshot(Arc<Snapshot>),
}

impl Transaction<'_> {
    /// Returns the record under a key, this transaction's own changes included.
    pub(crate) fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        match self.changes.get(key) {
            Some(slot) => slot.as_ref().map(|bytes| decode(key, bytes)).transpose(),
            None => self.store.get(key),
        }
    }

    /// Returns the records whose keys begin with `prefix`, in the order they were first written, this transaction's own
    /// changes left out; for kinds that are mirrored.
    pub(crate) fn list<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<T>, StoreError> {
        self.store.list(prefix)
    }

    /// Returns the keys that begin with `prefix`, this transaction's own changes left out.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        self.store.keys(prefix)
    }

    /// Returns whether there is a record under a key; for kinds that are mirrored.
    pub(crate) fn contains(&self, key: &str) -> bool {
        self.changes.get(key).map_or_else(|| self.store.contains(key), Option::is_some)
    }

    /// Returns the definition of an API; a definition put by this transaction is not seen.
    pub(crate) fn definition(&self, api_id: &str) -> Result<Option<Arc<ApiDefinition>>, StoreError> {
        self.store.definition(api_id)
    }

    /// Writes a record. One that was there keeps its place in the order.
    pub(crate) fn put<T: Serialize>(&mut self, key: &str, value: &T) -> Result<(), StoreError> {
        self.put_of_size(key, value, 0)
    }

    /// Writes a record of about so many bytes.
    fn put_of_size<T: Serialize>(&mut self, key: &str, value: &T, size: usize) -> Result<(), StoreError> {
        let before = match self.changes.get(key) {
            Some(slot) => slot.clone(),
            None if is_large(key) => None,
            None => self.store.bytes(key)?,
        };
        let sequence = before.map_or_else(
            || self.store.read_mirror().next_sequence + self.changes.len() as u64,
            |bytes| sequence(&bytes),
        );
        let mut bytes = Vec::with_capacity(size.max(size_of_val(&sequence)));
        bytes.extend(sequence.to_be_bytes());
        let written = match is_packed(key) {
            true => rmp_serde::encode::write_named(&mut bytes, value).map_err(|e| e.to_string()),
            false => serde_json::to_writer(&mut bytes, value).map_err(|e| e.to_string()),
        };
        written.map_err(|reason| StoreError::Damaged { key: key.to_owned(), reason })?;
        // Small records stay, so they get no more room than they need; large ones need not be copied for that.
        let bytes = if is_large(key) { Bytes::from(bytes) } else { Bytes::from(bytes.into_boxed_slice()) };
        self.changes.insert(key.to_owned(), Some(bytes));
        Ok(())
    }

    /// Deletes a record.
    pub(crate) fn delete(&mut self, key: &str) {
        self.changes.insert(key.to_owned(), None);
    }

    /// Writes an API's definition, and its settings once more for lists of APIs.
    pub(crate) fn put_definition(&mut self, definition: Arc<ApiDefinition>) -> Result<(), StoreError> {
        self.put(&api_key(&definition.api.id), &definition.api)?;
        let key = definition_key(&definition.api.id);
        self.put_of_size(&key, &*definition, definition.resources.len() * RESOURCE_BYTES)?;
        debug_assert!(self.get(&key)?.as_ref() == Some(&*definition), "the record reads as it was written");
        self.decoded.push((key, Decoded::Definition(definition)));
        Ok(())
    }

    /// Writes a deployment's copy of its API.
    pub(crate) fn put_snapshot(&mut self, api_id: &str, snapshot: Snapshot) -> Result<(), StoreError> {
        let key = snapshot_key(api_id, &snapshot.deployment.id);
        self.put(&key, &snapshot)?;
        debug_assert!(self.get(&key)?.as_ref() == Some(&snapshot), "the record reads as it was written");
        self.decoded.push((key, Decoded::Snapshot(Arc::new(snapshot))));
        Ok(())
    }
}
