//! The database of a store, which is opened anew after it has failed.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use redb::Database;

use super::{FILE_NAME, PAGE_CACHE, StoreError};

/// How long writes are refused after one has failed, at first and at the most: each opens the database anew.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Opens the database; for the first time, or again.
type Open = Box<dyn Fn(bool) -> Result<Database, StoreError> + Send + Sync>;

/// The database that is open now.
pub(super) struct Opened {
    name: String,
    open: Open,
    now: RwLock<Now>,
    pause: Mutex<Pause>,
}

/// A database and how often it has been opened before. What was begun on one of them is not finished on the next.
struct Now {
    /// Nothing while it cannot be opened again.
    database: Option<Database>,
    generation: u64,
}

#[derive(Default)]
struct Pause {
    /// Nothing after a write that went well.
    until: Option<Instant>,
    length: Duration,
}

impl Opened {
    /// Opens the database of a folder, or one that is gone with the process.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, StoreError> {
        match folder.map(Path::to_owned) {
            None => Self::with_opener("memory".to_owned(), Box::new(in_memory)),
            Some(folder) => {
                let name = folder.display().to_string();
                Self::with_opener(name, Box::new(move |is_first| in_folder(&folder, is_first)))
            }
        }
    }

    pub(super) fn with_opener(name: String, open: Open) -> Result<Self, StoreError> {
        let now = Now { database: Some(open(true)?), generation: 0 };
        Ok(Self { name, open, now: RwLock::new(now), pause: Mutex::default() })
    }

    /// Returns the store's name in messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns which of the databases that have been opened a write begins on now, unless one has failed a moment ago.
    pub(super) fn begin(&self) -> Result<u64, StoreError> {
        if self.is_pausing() {
            return Err(StoreError::Database("the disk has refused a write a moment ago".to_owned()));
        }
        self.generation_of_open()
    }

    /// Returns which of the databases that have been opened is the last.
    pub(super) fn generation(&self) -> u64 {
        self.now().generation
    }

    /// Opens the database again when it is not open, and returns its generation.
    fn generation_of_open(&self) -> Result<u64, StoreError> {
        let now = self.now();
        let (is_open, generation) = (now.database.is_some(), now.generation);
        drop(now);
        if is_open {
            return Ok(generation);
        }
        self.reopen(generation).inspect_err(|_| self.pause())
    }

    /// Does something with the database, unless it has been opened anew since a generation.
    pub(super) fn with<T>(
        &self,
        generation: Option<u64>,
        work: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        // Who reads does not wait for somebody to write.
        if generation.is_none() && self.now().database.is_none() && !self.is_pausing() {
            self.generation_of_open()?;
        }
        let now = self.now();
        if generation.is_some_and(|generation| generation != now.generation) {
            return Err(StoreError::Database("another write failed meanwhile".to_owned()));
        }
        let closed = || StoreError::Database("its file cannot be opened again after a failure".to_owned());
        Ok(work(now.database.as_ref().ok_or_else(closed)?)?)
    }

    /// Notes that a write went well.
    pub(super) fn succeeded(&self) {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = Pause::default();
    }

    /// Notes that a write to the database of a generation has failed, and opens it anew: after that it does nothing any
    /// more. What else was begun on it is refused.
    pub(super) fn failed(&self, generation: u64) {
        if self.now().generation != generation {
            return;
        }
        // Where it cannot be opened yet, who needs it tries again.
        let _ = self.reopen(generation);
        self.pause();
    }

    fn pause(&self) {
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        pause.length = (pause.length * 2).clamp(PAUSE, LONGEST_PAUSE);
        pause.until = Some(Instant::now() + pause.length);
    }

    fn is_pausing(&self) -> bool {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        pause.until.is_some_and(|until| Instant::now() < until)
    }

    /// Closes the database of a generation, if it is open still, and opens the next; returns the generation of that.
    fn reopen(&self, generation: u64) -> Result<u64, StoreError> {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.generation == generation {
            now.generation += 1;
            // Its lock has to go first.
            now.database = None;
        }
        if now.database.is_none() {
            now.database = Some((self.open)(false)?);
        }
        Ok(now.generation)
    }

    fn now(&self) -> RwLockReadGuard<'_, Now> {
        self.now.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_memory(is_first: bool) -> Result<Database, StoreError> {
    if !is_first {
        return Err(StoreError::Database("what is in memory alone is gone".to_owned()));
    }
    let backend = redb::backends::InMemoryBackend::new();
    Ok(Database::builder().set_cache_size(PAGE_CACHE).create_with_backend(backend).map_err(redb::Error::from)?)
}

fn in_folder(folder: &Path, is_first: bool) -> Result<Database, StoreError> {
    let shown = folder.display().to_string();
    let mut builder = Database::builder();
    builder.set_cache_size(PAGE_CACHE);
    let file: PathBuf = folder.join(FILE_NAME);
    let opened = if is_first {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder { path: shown.clone(), source })?;
        builder.create(file)
    } else {
        // A folder that has gone meanwhile is not begun anew.
        builder.open(file)
    };
    opened.map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse(shown),
        redb::DatabaseError::UpgradeRequired(_) => StoreError::Format(shown),
        redb::DatabaseError::Storage(redb::StorageError::Io(source)) => StoreError::Folder { path: shown, source },
        error => StoreError::Database(error.to_string()),
    })
}
