//! What the embedded gateway keeps, on disk, in an embedded ACID store.
//!
//! Entities are records under text keys (`stage/{api}/{name}`). Small ones are mirrored in memory;
//! API definitions and deployments' snapshots stay on disk, the recently used ones decoded beside
//! it, so that a thousand idle APIs cost little. A write is one transaction: all of its records or
//! none, and [`Store::write`] returns when they are safe on disk. Writes that wait together share
//! one commit.
//!
//! Nothing here knows what the records mean.

mod cache;
mod commit;
mod database;
mod transaction;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use bytes::Bytes;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::gateway::{ApiDefinition, Snapshot};

use cache::Cache;
use commit::Committer;
use database::Opened;
use transaction::Decoded;
pub(crate) use transaction::Transaction;

/// All records: key to sequence number and JSON; definitions and snapshots are MessagePack, which takes half the time to
/// write.
const RECORDS: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("records");
/// The key of the record that holds the version of the format.
const FORMAT_KEY: &str = "format";
/// The version of the format.
const FORMAT: &str = "1";
/// Kinds that are written as MessagePack. Records that begin as JSON does are read too.
const PACKED_KINDS: [&str; 2] = ["definition/", "snapshot/"];
/// Kinds that are not mirrored in memory.
const LARGE_KINDS: [&str; 4] = ["definition/", "snapshot/", "httpsnapshot/", "code/"];
/// The page cache of the database in bytes: the mirror and the decoded definitions do the rest.
const PAGE_CACHE: usize = 8 * 1024 * 1024;
/// The file within the state folder.
const FILE_NAME: &str = "gateway.redb";

/// Why the store did not do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process has it.
    #[error("`{0}` is in use by another gatewright server")]
    InUse(String),
    /// The folder cannot be made or written.
    #[error("cannot use `{path}` as the state folder")]
    Folder {
        /// The folder.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file was written by a version of gatewright that this one does not know.
    #[error("`{0}` was written by another version of gatewright; move it away to start afresh")]
    Format(String),
    /// A record cannot be read.
    #[error("the record `{key}` is damaged: {reason}")]
    Damaged {
        /// Its key.
        key: String,
        /// Why.
        reason: String,
    },
    /// The database failed.
    #[error("the store failed: {0}")]
    Database(String),
}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// A record's sequence number and text; nothing when it is deleted.
type Slot = Option<Bytes>;

/// The changes of one transaction.
pub(crate) type Changes = BTreeMap<String, Slot>;

/// The records.
pub struct Store {
    database: Arc<Opened>,
    mirror: RwLock<Mirror>,
    /// Who holds it writes: with the generation of the database that the mirror is of.
    writing: Mutex<u64>,
    committer: Committer,
    definitions: Cache<ApiDefinition>,
    snapshots: Cache<Snapshot>,
    versions: Versions,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Mirror {
    small: BTreeMap<String, Bytes>,
    /// Large records that are on their way to the disk, with the number of their commit.
    pending: BTreeMap<String, (u64, Slot)>,
    /// What small records were before writes that are not on the disk yet, in the order of the writes.
    before: Vec<Before>,
    next_sequence: u64,
    next_commit: u64,
}

/// What a record was before a write.
struct Before {
    /// The number of the commit of the write.
    number: u64,
    key: String,
    /// Nothing when there was none, and for large records.
    slot: Slot,
}

/// Counters that grow with each change of a kind of records, for caches built from them.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    stages: AtomicU64,
    keys: AtomicU64,
    domains: AtomicU64,
    function_urls: AtomicU64,
}

impl Versions {
    /// Returns the version of stages and deployments.
    pub(crate) fn stages(&self) -> u64 {
        self.stages.load(Ordering::Acquire)
    }

    /// Returns the version of API keys, usage plans and their keys.
    pub(crate) fn keys(&self) -> u64 {
        self.keys.load(Ordering::Acquire)
    }

    /// Returns the version of domain names and their mappings.
    pub(crate) fn domains(&self) -> u64 {
        self.domains.load(Ordering::Acquire)
    }

    /// Returns the version of function URLs and of the policies that open them.
    pub(crate) fn function_urls(&self) -> u64 {
        self.function_urls.load(Ordering::Acquire)
    }

    fn bump_all(&self) {
        for counter in [&self.stages, &self.keys, &self.domains, &self.function_urls] {
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn bump(&self, key: &str) {
        let counter = match key.split('/').next() {
            Some("stage" | "snapshot" | "httpstage" | "httpsnapshot" | "httpapi") => &self.stages,
            Some("apikey" | "usageplan" | "usageplankey") => &self.keys,
            Some("domain" | "mapping" | "routingrule") => &self.domains,
            Some("functionurl" | "functionpolicy") => &self.function_urls,
            _ => return,
        };
        counter.fetch_add(1, Ordering::AcqRel);
    }
}

impl Store {
    /// Opens the store of a folder, or one that is gone with the process.
    ///
    /// # Errors
    /// When the folder cannot be used, or another server has it.
    pub fn open(folder: Option<&Path>) -> Result<Arc<Self>, StoreError> {
        Self::of(Opened::open(folder)?)
    }

    /// Returns the store of a database.
    fn of(database: Opened) -> Result<Arc<Self>, StoreError> {
        let database = Arc::new(database);
        let mirror = load_mirror(&database)?;
        Ok(Arc::new(Self {
            committer: Committer::start(Arc::clone(&database))?,
            database,
            mirror: RwLock::new(mirror),
            writing: Mutex::new(0),
            definitions: Cache::new(64),
            snapshots: Cache::new(32),
            versions: Versions::default(),
        }))
    }

    pub(crate) fn versions(&self) -> &Versions {
        &self.versions
    }

    /// Returns the record under a key.
    pub(crate) fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.bytes(key)?.map(|bytes| decode(key, &bytes)).transpose()
    }

    /// Returns whether there is a record under a key; for kinds that are mirrored.
    pub(crate) fn contains(&self, key: &str) -> bool {
        self.read_mirror().small.contains_key(key)
    }

    /// Returns the records whose keys begin with `prefix`, in the order they were first written; for kinds that are
    /// mirrored.
    pub(crate) fn list<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<T>, StoreError> {
        let mut records: Vec<(String, Bytes)> = {
            let mirror = self.read_mirror();
            prefixed(&mirror.small, prefix).map(|(k, v)| (k.clone(), v.clone())).collect()
        };
        records.sort_by_key(|(_, bytes)| sequence(bytes));
        records.iter().map(|(key, bytes)| decode(key, bytes)).collect()
    }

    /// Returns the keys that begin with `prefix`, sorted; for kinds that are mirrored.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        prefixed(&self.read_mirror().small, prefix).map(|(key, _)| key.clone()).collect()
    }

    /// Returns the definition of an API as it is now.
    pub(crate) fn definition(&self, api_id: &str) -> Result<Option<Arc<ApiDefinition>>, StoreError> {
        let key = definition_key(api_id);
        self.definitions.get_or_load(&key, || self.sized(&key))
    }

    /// Returns a deployment with the definition as it was then.
    pub(crate) fn snapshot(&self, api_id: &str, deployment_id: &str) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let key = snapshot_key(api_id, deployment_id);
        self.snapshots.get_or_load(&key, || self.sized(&key))
    }

    /// Returns the record under a key, and its size.
    fn sized<T: DeserializeOwned>(&self, key: &str) -> Result<Option<(T, usize)>, StoreError> {
        self.bytes(key)?.map(|bytes| Ok((decode(key, &bytes)?, bytes.len()))).transpose()
    }

    /// Carries out one transaction and waits until it is safe on disk. Nothing is changed when `change` fails.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (value, receipt) = {
            let mut writing: MutexGuard<'_, u64> = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
            let generation = self.database.begin()?;
            self.renew(&mut writing, generation);
            let mut transaction = Transaction { store: self, changes: Changes::new(), decoded: Vec::new() };
            let value = change(&mut transaction)?;
            if transaction.changes.is_empty() {
                return Ok(value);
            }
            let Transaction { changes, decoded, .. } = transaction;
            let number = self.apply(&changes, decoded);
            (value, self.committer.submit(number, generation, changes))
        };
        let committed = receipt.recv().unwrap_or_else(|_| Err("the writer has stopped".to_owned()));
        match committed {
            Ok(number) => {
                self.settle(number);
                Ok(value)
            }
            Err(reason) => {
                let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
                self.renew(&mut writing, self.database.generation());
                Err(StoreError::Database(reason).into())
            }
        }
    }

    /// Makes changes visible to readers, and returns the number of their commit.
    fn apply(&self, changes: &Changes, decoded: Vec<(String, Decoded)>) -> u64 {
        let mut mirror = self.mirror.write().unwrap_or_else(PoisonError::into_inner);
        mirror.next_commit += 1;
        let number = mirror.next_commit;
        for (key, slot) in changes {
            let before = if is_large(key) {
                mirror.pending.insert(key.clone(), (number, slot.clone()));
                self.forget_decoded(key);
                None
            } else if let Some(bytes) = slot {
                mirror.small.insert(key.clone(), bytes.clone())
            } else {
                mirror.small.remove(key)
            };
            mirror.before.push(Before { number, key: key.clone(), slot: before });
            let next = slot.as_ref().map_or(0, |bytes| sequence(bytes) + 1);
            mirror.next_sequence = mirror.next_sequence.max(next);
        }
        for (key, value) in decoded {
            let Some(Some(bytes)) = changes.get(&key) else { continue };
            match value {
                Decoded::Definition(definition) => self.definitions.insert(key, definition, bytes.len()),
                Decoded::Snapshot(snapshot) => self.snapshots.insert(key, snapshot, bytes.len()),
            }
        }
        drop(mirror);
        for key in changes.keys() {
            self.versions.bump(key);
        }
        number
    }

    /// Forgets large records that have reached the disk.
    fn settle(&self, number: u64) {
        let mut mirror = self.mirror.write().unwrap_or_else(PoisonError::into_inner);
        mirror.pending.retain(|_, (pending, _)| *pending > number);
        mirror.before.retain(|before| before.number > number);
    }

    fn forget_decoded(&self, key: &str) {
        self.definitions.remove(key);
        self.snapshots.remove(key);
    }

    /// Makes the mirror what the disk has, when the database has been opened anew since the last write: what was begun
    /// before and failed goes. A commit whose end alone has failed may be there all the same.
    fn renew(&self, last: &mut u64, generation: u64) {
        if *last == generation {
            return;
        }
        *last = generation;
        match load_mirror(&self.database) {
            Ok(loaded) => {
                let mut mirror = self.mirror.write().unwrap_or_else(PoisonError::into_inner);
                *mirror = Mirror { next_commit: mirror.next_commit, ..loaded };
                drop(mirror);
                self.definitions.clear();
                self.snapshots.clear();
                self.versions.bump_all();
            }
            Err(_) => self.undo(),
        }
    }

    /// Takes back what is not on the disk, while that cannot be read.
    fn undo(&self) {
        let mut mirror = self.mirror.write().unwrap_or_else(PoisonError::into_inner);
        // Receipts of writes that went well may be on their way.
        let committed = self.committer.committed();
        let mut undone: Vec<Before> = mirror.before.extract_if(.., |before| before.number > committed).collect();
        while let Some(Before { key, slot, .. }) = undone.pop() {
            if is_large(&key) {
                if mirror.pending.get(&key).is_some_and(|(pending, _)| *pending > committed) {
                    mirror.pending.remove(&key);
                }
                self.forget_decoded(&key);
            } else if let Some(bytes) = slot {
                mirror.small.insert(key.clone(), bytes);
            } else {
                mirror.small.remove(&key);
            }
            self.versions.bump(&key);
        }
    }

    fn bytes(&self, key: &str) -> Result<Slot, StoreError> {
        {
            let mirror = self.read_mirror();
            if !is_large(key) {
                return Ok(mirror.small.get(key).cloned());
            }
            if let Some((_, slot)) = mirror.pending.get(key) {
                return Ok(slot.clone());
            }
        }
        self.database.with(None, |database| {
            let table = database.begin_read()?.open_table(RECORDS)?;
            let value = table.get(key)?;
            Ok(value.map(|guard| Bytes::copy_from_slice(guard.value())))
        })
    }

    fn read_mirror(&self) -> std::sync::RwLockReadGuard<'_, Mirror> {
        self.mirror.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the key of an API's settings.
pub(crate) fn api_key(api_id: &str) -> String {
    format!("api/{api_id}")
}

/// Returns the key of an API's definition.
pub(crate) fn definition_key(api_id: &str) -> String {
    format!("definition/{api_id}")
}

/// Returns the key of a deployment's copy of its API.
pub(crate) fn snapshot_key(api_id: &str, deployment_id: &str) -> String {
    format!("snapshot/{api_id}/{deployment_id}")
}

fn is_large(key: &str) -> bool {
    LARGE_KINDS.iter().any(|kind| key.starts_with(kind))
}

fn is_packed(key: &str) -> bool {
    PACKED_KINDS.iter().any(|kind| key.starts_with(kind))
}

/// Returns the sequence number of a record: its first eight bytes.
fn sequence(bytes: &[u8]) -> u64 {
    bytes.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

fn decode<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    let text = bytes.get(8..).unwrap_or_default();
    let read = match is_packed(key) && text.first() != Some(&b'{') {
        true => rmp_serde::from_slice(text).map_err(|e| e.to_string()),
        false => serde_json::from_slice(text).map_err(|e| e.to_string()),
    };
    read.map_err(|reason| StoreError::Damaged { key: key.to_owned(), reason })
}

fn prefixed<'a, V>(map: &'a BTreeMap<String, V>, prefix: &'a str) -> impl Iterator<Item = (&'a String, &'a V)> {
    map.range::<str, _>((Bound::Included(prefix), Bound::Unbounded)).take_while(move |(key, _)| key.starts_with(prefix))
}

fn load_mirror(database: &Opened) -> Result<Mirror, StoreError> {
    let found = database.with(None, |database| {
        let found = read_records(database)?;
        if found.is_none() {
            begin_records(database)?;
        }
        Ok(found)
    })?;
    let (format, mirror) = found.unwrap_or_else(|| (FORMAT.as_bytes().to_vec(), Mirror::default()));
    match format == FORMAT.as_bytes() {
        true => Ok(mirror),
        false => Err(StoreError::Format(database.name().to_owned())),
    }
}

/// Returns the format and the records; nothing when there is no table of them yet.
fn read_records(database: &Database) -> Result<Option<(Vec<u8>, Mirror)>, redb::Error> {
    let table = match database.begin_read()?.open_table(RECORDS) {
        Ok(table) => table,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut mirror = Mirror::default();
    let mut format = Vec::new();
    for entry in table.iter()? {
        let (key, value) = entry?;
        if key.value() == FORMAT_KEY {
            format = value.value().to_vec();
            continue;
        }
        mirror.next_sequence = mirror.next_sequence.max(sequence(value.value()) + 1);
        if !is_large(key.value()) {
            mirror.small.insert(key.value().to_owned(), Bytes::copy_from_slice(value.value()));
        }
    }
    Ok(Some((format, mirror)))
}

fn begin_records(database: &Database) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    write.open_table(RECORDS)?.insert(FORMAT_KEY, FORMAT.as_bytes())?;
    Ok(write.commit()?)
}

#[cfg(test)]
mod tests;
