//! What is kept, what is refused, and what is there afterwards.

use std::io;
use std::sync::atomic::AtomicBool;

use redb::backends::FileBackend;

use super::*;
use crate::gateway::RestApi;

fn api(id: &str) -> ApiDefinition {
    ApiDefinition::new(RestApi::new(id, format!("name of {id}"), 1), "root01")
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().expect("a folder");
    {
        let store = Store::open(Some(folder.path())).expect("opens");
        store.write(|tx| tx.put_definition(Arc::new(api("aaa")))).expect("writes");
        store.write(|tx| tx.put("stage/aaa/dev", &1)).expect("writes");
    }
    let store = Store::open(Some(folder.path())).expect("opens again");
    assert_eq!(store.definition("aaa").expect("reads").as_deref(), Some(&api("aaa")));
    assert_eq!(store.get::<i32>("stage/aaa/dev").expect("reads"), Some(1));
}

#[test]
fn a_definition_that_was_written_as_json_is_read() {
    let mut record = 7_u64.to_be_bytes().to_vec();
    serde_json::to_writer(&mut record, &api("aaa")).expect("writes");
    assert_eq!(decode::<ApiDefinition>(&definition_key("aaa"), &record).expect("reads"), api("aaa"));
}

/// A file whose writes are refused while `is_full`.
#[derive(Debug)]
struct Disk {
    file: FileBackend,
    is_full: Arc<AtomicBool>,
    /// Whether what was written is not confirmed.
    fails_at_end: Arc<AtomicBool>,
}

impl Disk {
    fn room(&self) -> Result<(), io::Error> {
        match self.is_full.load(Ordering::Relaxed) {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }
}

impl redb::StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        self.room()?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        self.room()?;
        if self.fails_at_end.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Other.into());
        }
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        self.room()?;
        self.file.write(offset, data)
    }

    fn close(&self) -> Result<(), io::Error> {
        self.file.close()
    }
}

/// Returns a store on a disk, and what makes that full, or fail at the end of a write.
fn on_disk(folder: &Path) -> (Arc<Store>, Arc<AtomicBool>, Arc<AtomicBool>) {
    let (path, is_full, fails_at_end) = (folder.join("disk"), Arc::default(), Arc::default());
    let switches = (Arc::clone(&is_full), Arc::clone(&fails_at_end));
    let open = move |_| {
        let file = std::fs::File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = FileBackend::new(file.expect("a file")).map_err(redb::Error::from)?;
        let backend = Disk { file, is_full: Arc::clone(&switches.0), fails_at_end: Arc::clone(&switches.1) };
        Ok(Database::builder().create_with_backend(backend).map_err(redb::Error::from)?)
    };
    let store = Store::of(Opened::with_opener("disk".to_owned(), Box::new(open)).expect("opens")).expect("loads");
    (store, is_full, fails_at_end)
}

#[test]
fn what_was_written_without_being_confirmed_is_as_on_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _, fails_at_end) = on_disk(folder.path());
    store.write(|tx| tx.put("stage/a/one", &1)).expect("writes");
    fails_at_end.store(true, Ordering::Relaxed);
    let refused = store.write(|tx| {
        tx.put("stage/a/one", &2)?;
        tx.put_definition(Arc::new(api("aaa")))
    });
    assert!(refused.is_err());
    fails_at_end.store(false, Ordering::Relaxed);
    while store.write(|tx| tx.put("stage/a/two", &3)).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // Either all of it is there or nothing, now and after a restart.
    let shown = |store: &Store| {
        let (one, definition) = (store.get::<i32>("stage/a/one"), store.definition("aaa").expect("reads").is_some());
        (one.expect("reads"), definition, store.contains("api/aaa"), store.get::<i32>("stage/a/two").expect("reads"))
    };
    let now = shown(&store);
    assert!(matches!(now, (Some(1), false, false, Some(3)) | (Some(2), true, true, Some(3))), "{now:?}");
    drop(store);
    assert_eq!(shown(&on_disk(folder.path()).0), now);
}

#[test]
fn writers_that_come_after_a_failure_keep_what_they_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, is_full, _) = on_disk(folder.path());
    store.write(|tx| tx.put("stage/a/n", &0)).expect("writes");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for writer in 1..=4 {
            let (store, is_over) = (&store, &is_over);
            scope.spawn(move || {
                for round in 0.. {
                    let value = round * 4 + writer;
                    let written = store.write(|tx| {
                        tx.put("stage/a/n", &value)?;
                        tx.put(&format!("stage/{writer}/{round}"), &value)
                    });
                    let key = format!("stage/{writer}/{round}");
                    // One whose end alone failed may be there too.
                    assert!(written.is_err() || store.contains(&key), "{key}");
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        }
        for _ in 0..3 {
            std::thread::sleep(std::time::Duration::from_millis(60));
            is_full.store(true, Ordering::Relaxed);
            std::thread::sleep(std::time::Duration::from_millis(60));
            is_full.store(false, Ordering::Relaxed);
            std::thread::sleep(std::time::Duration::from_millis(800));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let kept = store.keys("stage/");
    drop(store);
    assert_eq!(on_disk(folder.path()).0.keys("stage/"), kept);
}

#[test]
fn what_a_full_disk_refused_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, is_full, _) = on_disk(folder.path());
    let put = |key: &str, value: i32| store.write(|tx| tx.put(key, &value));
    put("stage/a/kept", 1).expect("writes");
    put("stage/a/gone", 1).expect("writes");
    store.write(|tx| tx.put_definition(Arc::new(api("aaa")))).expect("writes");
    is_full.store(true, Ordering::Relaxed);
    let changes = |tx: &mut Transaction<'_>| {
        tx.put("stage/a/kept", &2)?;
        tx.put("stage/a/new", &2)?;
        tx.delete("stage/a/gone");
        tx.put_definition(Arc::new(api("bbb")))?;
        tx.delete(&definition_key("aaa"));
        Ok::<_, StoreError>(())
    };
    let refused = store.write(changes).expect_err("is refused");
    assert!(refused.to_string().starts_with("the store failed"), "{refused}");
    let shown = || store.list::<i32>("stage/a/").expect("reads");
    assert_eq!((shown(), store.keys("api/").len()), (vec![1, 1], 1));
    // What is tried at once is refused at once.
    let again = put("stage/a/new", 3).expect_err("is refused");
    assert!(again.to_string().ends_with("a moment ago"), "{again}");
    is_full.store(false, Ordering::Relaxed);
    while put("stage/a/new", 4).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(shown(), [1, 1, 4]);
    assert!(store.definition("aaa").expect("reads").is_some() && store.definition("bbb").expect("reads").is_none());
}

#[test]
fn a_failed_transaction_changes_nothing() {
    let store = Store::open(None).expect("opens");
    let result: Result<(), StoreError> = store.write(|tx| {
        tx.put("apikey/a", &1)?;
        Err(StoreError::Database("no".into()))
    });
    assert!(result.is_err());
    assert!(!store.contains("apikey/a"));
}

#[test]
fn lists_come_in_the_order_of_writing_and_rewriting_keeps_it() {
    let store = Store::open(None).expect("opens");
    for (key, value) in [("k/c", 1), ("k/a", 2), ("k/b", 3), ("k/c", 4)] {
        store.write(|tx| tx.put(key, &value)).expect("writes");
    }
    assert_eq!(store.list::<i32>("k/").expect("reads"), [4, 2, 3]);
}

#[test]
fn a_second_server_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let _first = Store::open(Some(folder.path())).expect("opens");
    let second = Store::open(Some(folder.path())).expect_err("is refused");
    assert!(second.to_string().contains("in use by another gatewright server"), "{second}");
}
