//! The database of a store, which is opened anew after it has failed.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use redb::Database;

use super::{FILE_NAME, PAGE_CACHE, StoreError};

/// The database that is open now.
pub(super) struct Opened {
    /// Nothing for one that is gone with the process.
    folder: Option<PathBuf>,
    now: RwLock<Now>,
}

/// A database and how often it has been opened before. What was begun on one of them is not finished on the next.
struct Now {
    /// Nothing while it cannot be opened again.
    database: Option<Database>,
    generation: u64,
}

impl Opened {
    /// Opens the database of a folder.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, StoreError> {
        let database = open(folder)?;
        let now = Now { database: Some(database), generation: 0 };
        Ok(Self { folder: folder.map(Path::to_owned), now: RwLock::new(now) })
    }

    /// Returns the store's name in messages.
    pub(super) fn name(&self) -> String {
        self.folder.as_ref().map_or_else(|| "memory".to_owned(), |folder| folder.display().to_string())
    }

    /// Returns which of the databases that have been opened is open now.
    pub(super) fn generation(&self) -> u64 {
        self.now().generation
    }

    /// Does something with the database, unless it has been opened anew since a generation.
    pub(super) fn with<T>(
        &self,
        generation: Option<u64>,
        work: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        let now = self.now();
        if generation.is_some_and(|generation| generation != now.generation) {
            return Err(StoreError::Database("another write failed meanwhile".to_owned()));
        }
        let closed = || StoreError::Database("its file cannot be opened again after a failure".to_owned());
        Ok(work(now.database.as_ref().ok_or_else(closed)?)?)
    }

    /// Closes the database and opens it again, when it is still that of a generation: one that has failed to write does
    /// nothing any more.
    pub(super) fn reopen(&self, generation: u64) -> Result<(), StoreError> {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.generation != generation && now.database.is_some() {
            return Ok(());
        }
        now.generation += 1;
        // What is only in memory fails for no reason that goes away.
        if self.folder.is_some() {
            // Its lock has to go first.
            now.database = None;
            now.database = Some(open(self.folder.as_deref())?);
        }
        Ok(())
    }

    fn now(&self) -> RwLockReadGuard<'_, Now> {
        self.now.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(folder: Option<&Path>) -> Result<Database, StoreError> {
    let mut builder = Database::builder();
    builder.set_cache_size(PAGE_CACHE);
    let Some(folder) = folder else {
        let backend = redb::backends::InMemoryBackend::new();
        return Ok(builder.create_with_backend(backend).map_err(redb::Error::from)?);
    };
    let shown = folder.display().to_string();
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder { path: shown.clone(), source })?;
    builder.create(folder.join(FILE_NAME)).map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse(shown),
        redb::DatabaseError::UpgradeRequired(_) => StoreError::Format(shown),
        redb::DatabaseError::Storage(redb::StorageError::Io(source)) => StoreError::Folder { path: shown, source },
        error => StoreError::Database(error.to_string()),
    })
}
