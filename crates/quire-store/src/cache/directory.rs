//! The cache in a folder: a database of what there is, and a file for each body that is not small.

use super::{Blob, CacheDraft, CacheEntry, CacheHead, CacheKey, CacheStore};
use crate::StoreError;
use crate::blobs::{Blobs, Draft, Stored};
use crate::sqlite::{Database, Durability};
use rusqlite::{OptionalExtension, Transaction, params};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const SCHEMA: &[&str] = &["
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        cache TEXT NOT NULL,
        url TEXT NOT NULL,
        status INTEGER NOT NULL,
        headers TEXT NOT NULL,
        coding TEXT,
        stored INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        used INTEGER NOT NULL,
        length INTEGER NOT NULL,
        size INTEGER NOT NULL,
        bytes BLOB,
        file TEXT
    );
    CREATE UNIQUE INDEX entries_by_key ON entries (cache, url);
    CREATE INDEX entries_by_expiry ON entries (expires);
    CREATE INDEX entries_by_use ON entries (used);
    CREATE UNIQUE INDEX entries_by_file ON entries (file) WHERE file IS NOT NULL;
    CREATE TABLE total (size INTEGER NOT NULL);
    INSERT INTO total VALUES (0);
    CREATE TRIGGER total_grows AFTER INSERT ON entries BEGIN UPDATE total SET size = size + new.size; END;
    CREATE TRIGGER total_shrinks AFTER DELETE ON entries BEGIN UPDATE total SET size = size - old.size; END;
"];

/// What an entry takes beside its body, roughly.
const OVERHEAD_BYTES: u64 = 512;

/// How old an entry's time of last use gets before a hit renews it.
const USE_PRECISION_MS: i64 = 60_000;

/// Entries that are thrown out at once.
const EVICTED_AT_ONCE: u32 = 64;

/// After how many entries this process looks for expired ones.
const COMMITS_PER_SWEEP: u32 = 256;

/// Bodies up to this size are kept in the database itself.
pub(super) const INLINE_BYTES_MAX: usize = 16 * 1024;

/// How much a cache may hold.
#[derive(Clone, Copy, Debug)]
pub struct CacheLimits {
    /// All entries together. When they are more, those unused for longest are thrown out.
    pub total_bytes_max: u64,
    /// The body of one entry.
    pub entry_bytes_max: u64,
}

impl Default for CacheLimits {
    /// 1 GiB in all; 512 MiB for one body, as on the original.
    fn default() -> Self {
        Self {
            total_bytes_max: 1024 * 1024 * 1024,
            entry_bytes_max: 512 * 1024 * 1024,
        }
    }
}

/// A cache in a folder of its own.
pub struct CacheDirectory(Arc<Shared>);

struct Shared {
    database: Database,
    bodies: Arc<Blobs>,
    limits: CacheLimits,
    commits: AtomicU32,
}

impl CacheDirectory {
    /// Opens the cache in `folder`, and makes it if there is none.
    pub fn open(folder: &Path, limits: CacheLimits) -> Result<Self, StoreError> {
        let bodies = Blobs::open(folder.join("bodies"))?;
        let file = folder.join("index.sqlite");
        Ok(Self(Arc::new(Shared {
            database: Database::open(file, SCHEMA, Durability::Process)?,
            bodies: Arc::new(bodies),
            limits,
            commits: AtomicU32::new(0),
        })))
    }

    /// Removes what is stale, and files that processes which died left behind.
    pub fn sweep(&self, now: i64) -> Result<(), StoreError> {
        self.0.sweep_entries(now)?;
        self.0.bodies.sweep(|name| self.0.is_known(name))
    }

    /// How many bytes the entries take.
    pub fn size(&self) -> Result<u64, StoreError> {
        self.0
            .database
            .with(|connection| connection.query_row("SELECT size FROM total", (), |row| row.get(0)))
    }
}

impl CacheStore for CacheDirectory {
    fn find(&self, key: &CacheKey, now: i64) -> Result<Option<CacheEntry>, StoreError> {
        // A body may be replaced between its row and its file: then there is another row.
        for _ in 0..3 {
            let Some(row) = self.0.row(key, now)? else {
                return Ok(None);
            };
            let body = match (row.bytes, row.file) {
                (Some(bytes), _) => Blob::Bytes(bytes),
                (None, Some(name)) => match self.0.bodies.file(&name, row.length) {
                    Some(file) => Blob::File(file, row.length),
                    None => {
                        self.0.forget_file(&name)?;
                        continue;
                    }
                },
                (None, None) => Blob::Bytes(Vec::new()),
            };
            if now - row.used > USE_PRECISION_MS {
                self.0.renew(row.id, now)?;
            }
            return Ok(Some(CacheEntry {
                head: row.head,
                body,
            }));
        }
        Ok(None)
    }

    fn draft(&self) -> Result<Box<dyn CacheDraft>, StoreError> {
        let Shared { bodies, limits, .. } = &*self.0;
        Ok(Box::new(CacheDirectoryDraft {
            shared: self.0.clone(),
            draft: Draft::new(bodies.clone(), limits.entry_bytes_max, INLINE_BYTES_MAX),
        }))
    }

    fn remove(&self, key: &CacheKey, now: i64) -> Result<bool, StoreError> {
        let removed = self.0.database.write(|transaction| {
            transaction
                .prepare_cached(
                    "DELETE FROM entries WHERE cache = ?1 AND url = ?2 RETURNING file, expires",
                )?
                .query_row((&key.cache, &key.url), |row| {
                    Ok((row.get::<_, Option<String>>(0)?, row.get::<_, i64>(1)?))
                })
                .optional()
        })?;
        let Some((file, expires)) = removed else {
            return Ok(false);
        };
        self.0.bodies.delete(file);
        Ok(expires > now)
    }
}

struct CacheDirectoryDraft {
    shared: Arc<Shared>,
    draft: Draft,
}

impl CacheDraft for CacheDirectoryDraft {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.draft.write(bytes)
    }

    fn commit(self: Box<Self>, key: &CacheKey, head: &CacheHead) -> Result<(), StoreError> {
        let Self { shared, draft } = *self;
        let length = draft.length();
        match draft.finish(false)? {
            Stored::Bytes(bytes) => shared.insert(key, head, length, Some(&bytes), None),
            Stored::File(name) => {
                let inserted = shared.insert(key, head, length, None, Some(&name));
                if inserted.is_err() {
                    shared.bodies.delete([name]);
                }
                inserted
            }
        }
    }
}

struct Row {
    id: i64,
    head: CacheHead,
    used: i64,
    length: u64,
    bytes: Option<Vec<u8>>,
    file: Option<String>,
}

impl Shared {
    fn row(&self, key: &CacheKey, now: i64) -> Result<Option<Row>, StoreError> {
        self.database.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, status, headers, coding, stored, expires, used, length, bytes, file FROM entries \
                     WHERE cache = ?1 AND url = ?2 AND expires > ?3",
                )?
                .query_row((&key.cache, &key.url, now), |row| {
                    Ok(Row {
                        id: row.get(0)?,
                        head: CacheHead {
                            status: row.get(1)?,
                            headers: row.get(2)?,
                            coding: row.get(3)?,
                            stored: row.get(4)?,
                            expires: row.get(5)?,
                        },
                        used: row.get(6)?,
                        length: row.get(7)?,
                        bytes: row.get(8)?,
                        file: row.get(9)?,
                    })
                })
                .optional()
        })
    }

    fn forget_file(&self, name: &str) -> Result<(), StoreError> {
        self.database
            .write(|transaction| transaction.execute("DELETE FROM entries WHERE file = ?1", [name]))
            .map(drop)
    }

    fn renew(&self, id: i64, now: i64) -> Result<(), StoreError> {
        self.database
            .with(|connection| {
                connection
                    .prepare_cached("UPDATE entries SET used = ?2 WHERE id = ?1")?
                    .execute((id, now))
            })
            .map(drop)
    }

    /// Makes an entry visible.
    fn insert(
        &self,
        key: &CacheKey,
        head: &CacheHead,
        length: u64,
        bytes: Option<&[u8]>,
        file: Option<&str>,
    ) -> Result<(), StoreError> {
        let size = length + OVERHEAD_BYTES + (head.headers.len() + key.url.len()) as u64;
        let freed = self.database.write(|transaction| {
            let mut freed = rows_of_files(
                transaction,
                "DELETE FROM entries WHERE cache = ?1 AND url = ?2 RETURNING file",
                (&key.cache, &key.url),
            )?;
            transaction
                .prepare_cached(
                    "INSERT INTO entries (cache, url, status, headers, coding, stored, expires, used, length, size, bytes, file) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    key.cache,
                    key.url,
                    head.status,
                    head.headers,
                    head.coding,
                    head.stored,
                    head.expires,
                    length,
                    size,
                    bytes,
                    file
                ])?;
            freed.extend(self.evict(transaction, head.stored)?);
            Ok(freed)
        })?;
        self.bodies.delete(freed);
        if self.commits.fetch_add(1, Ordering::Relaxed) % COMMITS_PER_SWEEP == COMMITS_PER_SWEEP - 1
        {
            self.sweep_entries(head.stored)?;
        }
        Ok(())
    }

    /// Throws out what is stale, then what was not used for longest, until there is some room again.
    fn evict(&self, transaction: &Transaction<'_>, now: i64) -> rusqlite::Result<Vec<String>> {
        let mut freed = Vec::new();
        let max = self.limits.total_bytes_max;
        if total(transaction)? <= max {
            return Ok(freed);
        }
        freed.extend(delete_stale(transaction, now)?);
        let goal = max - max / 10;
        while total(transaction)? > goal {
            let before = total(transaction)?;
            freed.extend(rows_of_files(
                transaction,
                "DELETE FROM entries WHERE id IN (SELECT id FROM entries ORDER BY used LIMIT ?1) RETURNING file",
                [EVICTED_AT_ONCE.min(1 + (before - goal) as u32 / 4096)],
            )?);
            if total(transaction)? == before {
                break;
            }
        }
        Ok(freed)
    }

    fn sweep_entries(&self, now: i64) -> Result<(), StoreError> {
        let freed = self
            .database
            .write(|transaction| delete_stale(transaction, now))?;
        self.bodies.delete(freed);
        Ok(())
    }

    fn is_known(&self, name: &str) -> Result<bool, StoreError> {
        self.database.with(|connection| {
            connection
                .prepare_cached("SELECT 1 FROM entries WHERE file = ?1")?
                .exists([name])
        })
    }
}

fn total(transaction: &Transaction<'_>) -> rusqlite::Result<u64> {
    transaction
        .prepare_cached("SELECT size FROM total")?
        .query_row((), |row| row.get(0))
}

fn delete_stale(transaction: &Transaction<'_>, now: i64) -> rusqlite::Result<Vec<String>> {
    rows_of_files(
        transaction,
        "DELETE FROM entries WHERE expires <= ?1 RETURNING file",
        [now],
    )
}

/// Runs a statement that gives files, or NULL.
fn rows_of_files(
    transaction: &Transaction<'_>,
    statement: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Vec<String>> {
    let mut statement = transaction.prepare_cached(statement)?;
    let rows = statement.query_map(parameters, |row| row.get::<_, Option<String>>(0))?;
    rows.filter_map(Result::transpose).collect()
}
