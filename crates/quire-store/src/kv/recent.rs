//! Entries that were read before, for as long as nobody changes them.
//!
//! A read of the database takes and gives back two locks of its file, which is most of what it costs. So each process keeps what it
//! read last, and all of them share numbers by which they tell each other of changes: keys are spread over slots, and the slot of a
//! key has an odd number while somebody writes it, and a higher even one afterwards. What was read at an even number holds while
//! the slot has that number.

use super::directory::Row;
use crate::StoreError;
use crate::mapped::{self, unusable};
use mmap_io::MemoryMappedFile;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// How many slots there are. Each keeps the entry that was read last of its keys.
const SLOTS: usize = 2048;
const NUMBER_BYTES: usize = 8;

/// Longer values are not kept, in bytes.
const VALUE_BYTES_MAX: usize = 4096;

/// What was read before, and the numbers of the slots.
pub(super) struct Recent {
    path: PathBuf,
    numbers: MemoryMappedFile,
    seen: Box<[Mutex<Option<Seen>>]>,
}

struct Seen {
    number: u64,
    namespace: String,
    key: String,
    row: Option<Row>,
}

impl Recent {
    /// Shares the numbers in a folder.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        // Another number of slots, or another way to spread keys, needs another name.
        let path = folder.join("changes-1");
        let numbers = mapped::open(&path, &[0; SLOTS * NUMBER_BYTES])?;
        Ok(Self {
            path,
            numbers,
            seen: (0..SLOTS).map(|_| Mutex::default()).collect(),
        })
    }

    /// The entry at a key, which `read` gives if it has to be read.
    pub(super) fn find(
        &self,
        namespace: &str,
        key: &str,
        now: i64,
        read: impl FnOnce() -> Result<Option<Row>, StoreError>,
    ) -> Result<Option<Row>, StoreError> {
        let slot = slot(namespace, key);
        let number = self.number(slot)?;
        if number % 2 == 1 {
            return read();
        }
        let mut seen = self.seen[slot]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = seen.as_ref()
            && seen.number == number
            && seen.key == key
            && seen.namespace == namespace
        {
            let row = seen.row.as_ref();
            return Ok(row.filter(|row| row.is_there(now)).cloned());
        }
        let row = read()?;
        let is_kept = row.as_ref().is_none_or(|row| row.is_short(VALUE_BYTES_MAX));
        if is_kept && self.number(slot)? == number {
            *seen = Some(Seen {
                number,
                namespace: namespace.to_owned(),
                key: key.to_owned(),
                row: row.clone(),
            });
        }
        Ok(row)
    }

    /// Keys are about to be changed, by whoever's turn it is to write.
    pub(super) fn change<'a>(
        &self,
        keys: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Change<'_>, StoreError> {
        let keys = keys.into_iter();
        self.begin(keys.map(|(namespace, key)| slot(namespace, key)).collect())
    }

    /// Any key may be about to be changed, by whoever's turn it is to write.
    pub(super) fn change_any(&self) -> Result<Change<'_>, StoreError> {
        self.begin((0..SLOTS).collect())
    }

    /// Nobody writes now, it being the caller's turn: who seems to has died.
    pub(super) fn mend(&self) -> Result<(), StoreError> {
        let mut left = BTreeSet::new();
        for slot in 0..SLOTS {
            if self.number(slot)? % 2 == 1 {
                left.insert(slot);
            }
        }
        self.begin(left).map(drop)
    }

    fn begin(&self, slots: BTreeSet<usize>) -> Result<Change<'_>, StoreError> {
        for slot in &slots {
            self.set(*slot, |number| number | 1)?;
        }
        Ok(Change {
            recent: self,
            slots,
        })
    }

    fn number(&self, slot: usize) -> Result<u64, StoreError> {
        let number = self.numbers.atomic_u64((slot * NUMBER_BYTES) as u64);
        let number = number.map_err(unusable(&*self.path))?;
        Ok(number.load(Ordering::SeqCst))
    }

    fn set(&self, slot: usize, next: impl FnOnce(u64) -> u64) -> Result<(), StoreError> {
        let number = self.numbers.atomic_u64((slot * NUMBER_BYTES) as u64);
        let number = number.map_err(unusable(&*self.path))?;
        number.store(next(number.load(Ordering::SeqCst)), Ordering::SeqCst);
        Ok(())
    }
}

/// Some keys are being changed. Dropped when that is done, or failed.
pub(super) struct Change<'a> {
    recent: &'a Recent,
    slots: BTreeSet<usize>,
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        for slot in &self.slots {
            // A number that stays odd costs time, no more.
            let _ = self.recent.set(*slot, |number| (number | 1) + 1);
        }
    }
}

fn slot(namespace: &str, key: &str) -> usize {
    let mut hash = crc32fast::Hasher::new();
    hash.update(namespace.as_bytes());
    hash.update(&[0]);
    hash.update(key.as_bytes());
    hash.finalize() as usize % SLOTS
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Blob, KvDirectory, KvHead, KvStore};
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;
    use std::sync::mpsc::channel;

    fn put(directory: &KvDirectory, key: &str, value: &str) {
        let (done, stored) = channel();
        let head = KvHead {
            namespace: "n".into(),
            key: key.into(),
            expires: None,
            metadata: None,
        };
        let done = Box::new(move |result| done.send(result).unwrap());
        directory.put(head, value.into(), done);
        stored.recv().unwrap().unwrap();
    }

    fn get(directory: &KvDirectory, key: &str) -> Option<String> {
        let entry = directory.find("n", key, 0).unwrap()?;
        match entry.value {
            Blob::Bytes(bytes) => Some(String::from_utf8(bytes).unwrap()),
            Blob::File(..) => None,
        }
    }

    #[test]
    fn what_another_process_has_stored_is_read_at_once() {
        let folder = tempfile::tempdir().unwrap();
        // As two processes would open it.
        let [here, there] = [(); 2].map(|()| KvDirectory::open_again(folder.path()).unwrap());
        assert_eq!(get(&here, "k"), None);
        let stored = Arc::new(AtomicU64::new(0));
        std::thread::scope(|scope| {
            let last = stored.clone();
            let writer = scope.spawn(move || {
                for count in 1..200 {
                    put(&there, "k", &count.to_string());
                    last.store(count, Ordering::SeqCst);
                }
            });
            while !writer.is_finished() {
                let before = stored.load(Ordering::SeqCst);
                let read = get(&here, "k").map_or(0, |count| count.parse().unwrap());
                assert!(read >= before, "{read} was read after {before} was stored");
            }
        });
        assert_eq!(get(&here, "k").unwrap(), "199");
    }

    #[test]
    fn what_is_kept_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let directory = KvDirectory::open_again(folder.path()).unwrap();
        put(&directory, "k", "kept");
        assert_eq!(get(&directory, "k").unwrap(), "kept");
        // Behind its back.
        let connection = rusqlite::Connection::open(folder.path().join("index.sqlite")).unwrap();
        connection.execute("DELETE FROM entries", ()).unwrap();
        assert_eq!(get(&directory, "k").unwrap(), "kept");
        assert_eq!(get(&directory, "other"), None);
        put(&directory, "other", "");
        assert_eq!(get(&directory, "other").unwrap(), "");
        directory.delete_namespace("n").unwrap();
        assert_eq!(get(&directory, "k"), None);
    }

    #[test]
    fn nothing_is_kept_while_somebody_writes_or_has_died_writing() {
        let folder = tempfile::tempdir().unwrap();
        let recent = Recent::open(folder.path()).unwrap();
        let read = |reads: &str| {
            let row = Row::short(reads.as_bytes());
            let found = recent.find("n", "k", 0, || Ok(Some(row))).unwrap();
            String::from_utf8(found.unwrap().bytes.unwrap()).unwrap()
        };
        assert_eq!(read("1"), "1");
        assert_eq!(read("2"), "1");
        let change = recent.change([("n", "k")]).unwrap();
        assert_eq!(read("2"), "2");
        assert_eq!(read("3"), "3");
        drop(change);
        assert_eq!(read("4"), "4");
        assert_eq!(read("5"), "4");
        std::mem::forget(recent.change([("n", "k")]).unwrap());
        assert_eq!(read("6"), "6");
        assert_eq!(read("7"), "7");
        recent.mend().unwrap();
        assert_eq!(read("8"), "8");
        assert_eq!(read("9"), "8");
    }

    #[test]
    fn an_entry_that_is_kept_expires() {
        let folder = tempfile::tempdir().unwrap();
        let recent = Recent::open(folder.path()).unwrap();
        let row = || {
            let mut row = Row::short(b"");
            row.expires = Some(10);
            Ok(Some(row))
        };
        assert!(recent.find("n", "k", 9, row).unwrap().is_some());
        assert!(recent.find("n", "k", 10, row).unwrap().is_none());
    }
}
