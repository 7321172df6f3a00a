//! The cache in a folder: a database of what there is, and a file for each body that is not small.

use super::draft::Draft;
use super::{CacheBody, CacheDraft, CacheEntry, CacheHead, CacheKey, CacheStore};
use crate::StoreError;
use crate::sqlite::Database;
use rusqlite::{OptionalExtension, Transaction, params};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

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

/// Files without an entry are somebody's who is storing a body, up to this age.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

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

pub(super) struct Shared {
    database: Database,
    bodies: PathBuf,
    pub(super) limits: CacheLimits,
    commits: AtomicU32,
}

impl CacheDirectory {
    /// Opens the cache in `folder`, and makes it if there is none.
    pub fn open(folder: &Path, limits: CacheLimits) -> Result<Self, StoreError> {
        let bodies = folder.join("bodies");
        crate::folder::create(&bodies)?;
        Ok(Self(Arc::new(Shared {
            database: Database::open(folder.join("index.sqlite"), SCHEMA)?,
            bodies,
            limits,
            commits: AtomicU32::new(0),
        })))
    }

    /// Removes what is stale, and files that processes which died left behind.
    pub fn sweep(&self, now: i64) -> Result<(), StoreError> {
        self.0.sweep_entries(now)?;
        self.0.sweep_files()
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
                (Some(bytes), _) => CacheBody::Bytes(bytes),
                (None, Some(name)) => match self.0.open_body(&name, row.length) {
                    Some(file) => CacheBody::File(file, row.length),
                    None => {
                        self.0.forget_file(&name)?;
                        continue;
                    }
                },
                (None, None) => CacheBody::Bytes(Vec::new()),
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
        Ok(Box::new(Draft::new(self.0.clone())))
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
        self.0.delete_files(file);
        Ok(expires > now)
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

    /// The file of a body; `None` if it is gone, or not whole after a power cut.
    fn open_body(&self, name: &str, length: u64) -> Option<File> {
        let file = File::open(self.body_path(name)).ok()?;
        (file.metadata().ok()?.len() == length).then_some(file)
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
    pub(super) fn insert(
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
        self.delete_files(freed);
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
        self.delete_files(freed);
        Ok(())
    }

    /// Deletes files that belong to no entry and are too old to belong to one soon.
    fn sweep_files(&self) -> Result<(), StoreError> {
        let old = |path: &Path| {
            let modified = path.metadata().and_then(|data| data.modified()).ok();
            modified
                .and_then(|time| SystemTime::now().duration_since(time).ok())
                .is_some_and(|age| age > ABANDONED_AFTER)
        };
        let mut folders = vec![self.bodies.clone()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).map_err(StoreError::file(&folder))?;
            for path in entries.flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if old(&path) && !self.is_known(&path)? {
                    // Another process may sweep as well.
                    let _ = fs::remove_file(&path);
                }
            }
        }
        Ok(())
    }

    fn is_known(&self, path: &Path) -> Result<bool, StoreError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.database.with(|connection| {
            connection
                .prepare_cached("SELECT 1 FROM entries WHERE file = ?1")?
                .exists([&name])
        })
    }

    /// A new name, and where a body of that name is written before it is whole.
    pub(super) fn new_part(&self) -> Result<(String, PathBuf), StoreError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| StoreError::File {
            path: self.bodies.clone(),
            source: std::io::Error::other(error.to_string()),
        })?;
        let name = format!("{:032x}", u128::from_le_bytes(random));
        let path = self.bodies.join(format!("{name}.part"));
        Ok((name, path))
    }

    /// Moves a body that is whole to where it stays.
    pub(super) fn keep(&self, name: &str, part: &Path) -> Result<PathBuf, StoreError> {
        let path = self.body_path(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
        }
        fs::rename(part, &path).map_err(StoreError::file(part))?;
        Ok(path)
    }

    fn body_path(&self, name: &str) -> PathBuf {
        self.bodies
            .join(name.get(..2).unwrap_or_default())
            .join(name)
    }

    fn delete_files(&self, names: impl IntoIterator<Item = String>) {
        for name in names {
            // What stays behind is swept later.
            let _ = fs::remove_file(self.body_path(&name));
        }
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
