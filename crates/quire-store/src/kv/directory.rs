//! Key-value namespaces in a folder: a database of all entries, and a file for each value that is not small.

use super::recent::Recent;
use super::writer::{self, Job, Write};
use super::{
    Done, KvDraft, KvEntry, KvHead, KvKey, KvListing, KvNamespace, KvPage, KvStore,
    SMALL_BYTES_MAX, VALUE_BYTES_MAX,
};
use crate::StoreError;
use crate::blobs::{Blob, Blobs, Draft, Stored};
use crate::opened::Opened;
use crate::prefix::following;
use crate::sqlite::{Database, Durability};
use crate::turn::Turn;
use rusqlite::{OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};

const SCHEMA: &[&str] = &["
    CREATE TABLE entries (
        namespace TEXT NOT NULL,
        key BLOB NOT NULL,
        expires INTEGER,
        metadata TEXT,
        length INTEGER NOT NULL,
        file TEXT,
        value BLOB,
        PRIMARY KEY (namespace, key)
    ) WITHOUT ROWID;
    CREATE INDEX entries_by_expiry ON entries (expires) WHERE expires IS NOT NULL;
    CREATE UNIQUE INDEX entries_by_file ON entries (file) WHERE file IS NOT NULL;
    CREATE TABLE namespaces (id TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
"];

/// The namespaces in a folder of their own.
pub struct KvDirectory {
    shared: Arc<Shared>,
    jobs: Sender<Job>,
}

pub(super) struct Shared {
    pub(super) database: Database,
    pub(super) values: Arc<Blobs>,
    pub(super) turn: Turn,
    recent: OnceLock<Recent>,
    folder: PathBuf,
}

/// The directories that this process has open.
static OPEN: Opened<KvDirectory> = Opened::new();

impl KvDirectory {
    /// Opens the namespaces in `folder`, and makes it if there is none. Within a process it is opened once.
    pub fn open(folder: &Path) -> Result<Arc<Self>, StoreError> {
        OPEN.get(folder, || Self::open_again(folder))
    }

    /// As another process would open it.
    pub(super) fn open_again(folder: &Path) -> Result<Self, StoreError> {
        let values = Blobs::open(folder.join("values")).or_else(|error| {
            match folder.join("index.sqlite").exists() {
                true => Ok(Blobs::at(folder.join("values"))),
                false => Err(error),
            }
        })?;
        let file = folder.join("index.sqlite");
        let shared = Arc::new(Shared {
            database: Database::open(file, SCHEMA, Durability::PowerCut)?,
            values: Arc::new(values),
            turn: Turn::open(folder),
            recent: OnceLock::new(),
            folder: folder.to_path_buf(),
        });
        // Where this fails nothing can be written, either.
        let _ = shared.recent();
        let jobs = writer::start(shared.clone())?;
        Ok(Self { shared, jobs })
    }

    /// Creates a namespace of this title; gives its id.
    pub fn create_namespace(&self, title: &str) -> Result<String, StoreError> {
        let id = crate::random::hex(self.shared.database.path())?;
        let _turn = self.shared.turn.take();
        self.shared.database.write(|transaction| {
            transaction.execute("INSERT INTO namespaces VALUES (?1, ?2)", (&id, title))
        })?;
        Ok(id)
    }

    /// All namespaces that were created or have entries, in the order of their titles.
    pub fn namespaces(&self) -> Result<Vec<KvNamespace>, StoreError> {
        self.shared.database.with(|connection| {
            let mut statement = connection.prepare(
                "WITH RECURSIVE used (id) AS (
                     SELECT min(namespace) FROM entries
                     UNION ALL
                     SELECT (SELECT min(namespace) FROM entries WHERE namespace > used.id) FROM used WHERE id IS NOT NULL
                 )
                 SELECT id, title FROM namespaces
                 UNION ALL
                 SELECT id, id FROM used WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM namespaces)
                 ORDER BY 2, 1",
            )?;
            let rows = statement.query_map((), |row| {
                Ok(KvNamespace {
                    id: row.get(0)?,
                    title: row.get(1)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Deletes a namespace with all its entries; whether there was one.
    pub fn delete_namespace(&self, id: &str) -> Result<bool, StoreError> {
        let _turn = self.shared.turn.take();
        let _change = self.shared.recent()?.change_any()?;
        let (found, freed) = self.shared.database.write(|transaction| {
            let known = transaction.execute("DELETE FROM namespaces WHERE id = ?1", [id])?;
            let mut statement = transaction
                .prepare("SELECT file FROM entries WHERE namespace = ?1 AND file IS NOT NULL")?;
            let freed = statement
                .query_map([id], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<String>>>()?;
            let entries = transaction.execute("DELETE FROM entries WHERE namespace = ?1", [id])?;
            Ok((known + entries > 0, freed))
        })?;
        self.shared.values.delete(freed);
        Ok(found)
    }

    fn submit(&self, write: Write, done: Done) {
        if let Err(rejected) = self.jobs.send(Job { write, done }) {
            let path = self.shared.database.path().to_path_buf();
            (rejected.0.done)(Err(StoreError::Closed { path }));
        }
    }
}

impl KvStore for KvDirectory {
    fn find(&self, namespace: &str, key: &str, now: i64) -> Result<Option<KvEntry>, StoreError> {
        // A value may be replaced between its row and its file: then there is another row.
        for _ in 0..3 {
            let Some(row) = self.shared.row(namespace, key, now)? else {
                return Ok(None);
            };
            let value = match row.file {
                None => Blob::Bytes(row.bytes.unwrap_or_default()),
                Some(name) => match self.shared.values.file(&name, row.length) {
                    Some(file) => Blob::File(file, row.length),
                    None => continue,
                },
            };
            return Ok(Some(KvEntry {
                value,
                metadata: row.metadata,
            }));
        }
        let source = std::io::Error::new(
            std::io::ErrorKind::NotFound,
            "the file of a value is missing",
        );
        Err(StoreError::file(self.shared.database.path())(source))
    }

    fn list(&self, listing: &KvListing, now: i64) -> Result<KvPage, StoreError> {
        let prefix = listing.prefix.as_bytes();
        let after = listing.after.as_deref().unwrap_or_default();
        self.shared.database.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT key, expires, metadata FROM entries \
                 WHERE namespace = ?1 AND key >= ?2 AND (?3 IS NULL OR key < ?3) AND key <> ?4 \
                 AND (expires IS NULL OR expires > ?5) ORDER BY key LIMIT ?6",
            )?;
            let rows = statement.query_map(
                params![
                    listing.namespace,
                    prefix.max(after),
                    following(prefix),
                    after,
                    now,
                    listing.limit + 1
                ],
                |row| {
                    Ok(KvKey {
                        name: String::from_utf8_lossy(row.get_ref(0)?.as_blob()?).into_owned(),
                        expires: row.get(1)?,
                        metadata: row.get(2)?,
                    })
                },
            )?;
            let mut keys = rows.collect::<rusqlite::Result<Vec<KvKey>>>()?;
            let complete = keys.len() <= listing.limit;
            keys.truncate(listing.limit);
            Ok(KvPage { keys, complete })
        })
    }

    fn put(&self, head: KvHead, value: Vec<u8>, done: Done) {
        let length = value.len() as u64;
        let value = Stored::Bytes(value);
        self.submit(
            Write::Put {
                head,
                value,
                length,
            },
            done,
        );
    }

    fn draft(&self) -> Result<Box<dyn KvDraft>, StoreError> {
        let values = self.shared.values.clone();
        Ok(Box::new(KvDirectoryDraft {
            draft: Draft::new(values, VALUE_BYTES_MAX, SMALL_BYTES_MAX),
            jobs: self.jobs.clone(),
            path: self.shared.database.path().to_path_buf(),
        }))
    }

    fn delete(&self, namespace: String, key: String, done: Done) {
        self.submit(Write::Delete { namespace, key }, done);
    }
}

struct KvDirectoryDraft {
    draft: Draft,
    jobs: Sender<Job>,
    path: PathBuf,
}

impl KvDraft for KvDirectoryDraft {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.draft.write(bytes)
    }

    fn commit(self: Box<Self>, head: KvHead, done: Done) {
        let Self { draft, jobs, path } = *self;
        let length = draft.length();
        let value = match draft.finish(true) {
            Ok(value) => value,
            Err(error) => return done(Err(error)),
        };
        let write = Write::Put {
            head,
            value,
            length,
        };
        if let Err(rejected) = jobs.send(Job { write, done }) {
            (rejected.0.done)(Err(StoreError::Closed { path }));
        }
    }
}

/// An entry as the database has it.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) bytes: Option<Vec<u8>>,
    metadata: Option<String>,
    length: u64,
    file: Option<String>,
    pub(super) expires: Option<i64>,
}

impl Row {
    pub(super) fn is_there(&self, now: i64) -> bool {
        self.expires.is_none_or(|expires| expires > now)
    }

    /// Whether it has its value itself, of so many bytes at most.
    pub(super) fn is_short(&self, max: usize) -> bool {
        self.bytes.as_ref().is_some_and(|bytes| bytes.len() <= max)
    }

    #[cfg(test)]
    pub(super) fn short(bytes: &[u8]) -> Self {
        Self {
            bytes: Some(bytes.to_vec()),
            metadata: None,
            length: bytes.len() as u64,
            file: None,
            expires: None,
        }
    }
}

impl Shared {
    /// What was read before. Who writes must be able to tell the others.
    pub(super) fn recent(&self) -> Result<&Recent, StoreError> {
        if let Some(recent) = self.recent.get() {
            return Ok(recent);
        }
        let opened = Recent::open(&self.folder)?;
        Ok(self.recent.get_or_init(|| opened))
    }

    fn row(&self, namespace: &str, key: &str, now: i64) -> Result<Option<Row>, StoreError> {
        let read = || self.read(namespace, key, now);
        match self.recent.get() {
            Some(recent) => recent.find(namespace, key, now, read),
            None => read(),
        }
    }

    fn read(&self, namespace: &str, key: &str, now: i64) -> Result<Option<Row>, StoreError> {
        self.database.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT value, metadata, length, file, expires FROM entries \
                     WHERE namespace = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)",
                )?
                .query_row((namespace, key.as_bytes(), now), |row| {
                    Ok(Row {
                        bytes: row.get(0)?,
                        metadata: row.get(1)?,
                        length: row.get(2)?,
                        file: row.get(3)?,
                        expires: row.get(4)?,
                    })
                })
                .optional()
        })
    }

    /// Deletes files that processes which died left behind.
    pub(super) fn sweep_files(&self) -> Result<(), StoreError> {
        self.values.sweep(|name| {
            self.database.with(|connection| {
                connection
                    .prepare_cached("SELECT 1 FROM entries WHERE file = ?1")?
                    .exists([name])
            })
        })
    }
}
