//! The thread that commits: one at a time, all that wait in one go.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use redb::{Database, Durability};

use super::database::Opened;
use super::{Changes, RECORDS, StoreError};

/// What becomes of a commit: its number, or why it failed.
type Receipt = Result<u64, String>;

struct Batch {
    number: u64,
    /// That of the database that it was begun on.
    generation: u64,
    changes: Changes,
    done: mpsc::SyncSender<Receipt>,
}

/// The way to the committing thread; dropping it waits until all is committed.
pub(super) struct Committer {
    batches: Option<mpsc::Sender<Batch>>,
    /// The number of the last batch that is on the disk.
    committed: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

/// The most transactions that share a commit.
const MAX_TOGETHER: usize = 256;

impl Committer {
    pub(super) fn start(database: Arc<Opened>) -> Result<Self, StoreError> {
        let (batches, waiting) = mpsc::channel::<Batch>();
        let committed = Arc::new(AtomicU64::new(0));
        let done = Arc::clone(&committed);
        let thread = std::thread::Builder::new()
            .name("gatewright-store".into())
            .spawn(move || {
                let mut left = None;
                while let Some(first) = left.take().or_else(|| waiting.recv().ok()) {
                    let generation = first.generation;
                    let mut together = vec![first];
                    while together.len() < MAX_TOGETHER {
                        let Ok(next) = waiting.try_recv() else { break };
                        if next.generation != generation {
                            left = Some(next);
                            break;
                        }
                        together.push(next);
                    }
                    let committed = database.with(Some(generation), |database| commit(database, &together));
                    match &committed {
                        Ok(()) => {
                            database.succeeded();
                            let last = together.last().map_or(0, |batch| batch.number);
                            done.store(last, Ordering::Release);
                        }
                        // What rests on it must not be written without it.
                        Err(_) => database.failed(generation),
                    }
                    let result = committed.map_err(|error| match error {
                        StoreError::Database(reason) => reason,
                        error => error.to_string(),
                    });
                    for batch in together {
                        // A client that has gone does not wait for its receipt.
                        let _ = batch.done.send(result.clone().map(|()| batch.number));
                    }
                }
            })
            .map_err(|error| StoreError::Database(error.to_string()))?;
        Ok(Self { batches: Some(batches), committed, thread: Some(thread) })
    }

    /// Returns the number of the last transaction that is safe on disk.
    pub(super) fn committed(&self) -> u64 {
        self.committed.load(Ordering::Acquire)
    }

    /// Hands over the changes of a transaction; the receipt comes when they are safe on disk.
    pub(super) fn submit(&self, number: u64, generation: u64, changes: Changes) -> mpsc::Receiver<Receipt> {
        let (done, receipt) = mpsc::sync_channel(1);
        if let Some(batches) = &self.batches {
            // When the thread is gone, so is `done`, and the receipt says that.
            let _ = batches.send(Batch { number, generation, changes, done });
        }
        receipt
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        drop(self.batches.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn commit(database: &Database, batches: &[Batch]) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    {
        let mut table = transaction.open_table(RECORDS)?;
        for (key, slot) in batches.iter().flat_map(|batch| &batch.changes) {
            match slot {
                Some(bytes) => table.insert(key.as_str(), &**bytes)?,
                None => table.remove(key.as_str())?,
            };
        }
    }
    transaction.commit()?;
    Ok(())
}
