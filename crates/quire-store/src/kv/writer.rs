//! The thread that writes: all writes that wait become one transaction, so that one flush of the disk serves them all.

use super::directory::Shared;
use super::{Done, KvHead};
use crate::StoreError;
use crate::blobs::Stored;
use crate::group::{self, Chore};
use rusqlite::{OptionalExtension, Transaction, params};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Writes of one transaction. What comes meanwhile waits for the next one.
const TOGETHER_MAX: usize = 512;

/// How often expired entries are removed.
const SWEEP_EVERY: Duration = Duration::from_secs(20);

/// Entries that one transaction of a sweep removes.
const SWEPT_AT_ONCE: u32 = 256;

/// What is to be written.
#[derive(Debug)]
pub(super) enum Write {
    Put {
        head: KvHead,
        value: Stored,
        length: u64,
    },
    Delete {
        namespace: String,
        key: String,
    },
}

impl Write {
    /// The namespace and key that it is for.
    fn key(&self) -> (&str, &str) {
        match self {
            Self::Put { head, .. } => (&head.namespace, &head.key),
            Self::Delete { namespace, key } => (namespace, key),
        }
    }
}

/// A write, and who waits for it.
pub(super) struct Job {
    pub(super) write: Write,
    pub(super) done: Done,
}

/// Starts the thread. It ends when the sender is dropped and all is written.
pub(super) fn start(shared: Arc<Shared>) -> Result<Sender<Job>, StoreError> {
    let path = shared.database.path().to_path_buf();
    let swept = shared.clone();
    let mut has_begun = false;
    let sweep = move || {
        // What cannot be swept now is swept another time.
        if !std::mem::replace(&mut has_begun, true) {
            let _ = swept.sweep_files();
            let _ = swept.mend();
        }
        let _ = swept.sweep(now());
    };
    let chore = Chore {
        every: SWEEP_EVERY,
        run: Box::new(sweep),
    };
    group::start("kv", &path, TOGETHER_MAX, Some(chore), move |jobs| {
        write(&shared, jobs)
    })
}

fn write(shared: &Shared, jobs: Vec<Job>) {
    match shared.commit(&jobs) {
        Ok(freed) => {
            for job in jobs {
                (job.done)(Ok(()));
            }
            shared.values.delete(freed);
        }
        // The small ones may still fit.
        Err(error) if error.is_full() && jobs.len() > 1 => {
            for job in jobs {
                write(shared, vec![job]);
            }
        }
        Err(error) => {
            for job in jobs {
                if let Write::Put {
                    value: Stored::File(name),
                    ..
                } = job.write
                {
                    shared.values.delete([name]);
                }
                (job.done)(Err(error.clone()));
            }
        }
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs().cast_signed())
}

impl Shared {
    /// Writes all of it; gives the files that nothing leads to any more.
    fn commit(&self, jobs: &[Job]) -> Result<Vec<String>, StoreError> {
        let _turn = self.turn.take();
        let keys = jobs.iter().map(|job| job.write.key());
        let _change = self.recent()?.change(keys)?;
        self.database.write(|transaction| {
            let mut freed = Vec::new();
            for job in jobs {
                freed.extend(apply(transaction, &job.write)?);
            }
            Ok(freed)
        })
    }

    /// Writes that processes had begun when they died are none.
    fn mend(&self) -> Result<(), StoreError> {
        let _turn = self.turn.take();
        self.recent()?.mend()
    }

    /// Removes what has expired.
    pub(super) fn sweep(&self, now: i64) -> Result<(), StoreError> {
        const EXPIRED: &str = "expires <= ?1 AND expires IS NOT NULL";
        loop {
            // Only looking needs no turn.
            let any = self.database.with(|connection| {
                connection
                    .prepare_cached(&format!("SELECT 1 FROM entries WHERE {EXPIRED} LIMIT 1"))?
                    .exists([now])
            })?;
            if !any {
                return Ok(());
            }
            let _turn = self.turn.take();
            let freed = self.database.write(|transaction| {
                let mut statement = transaction.prepare_cached(&format!(
                    "DELETE FROM entries WHERE (namespace, key) IN \
                     (SELECT namespace, key FROM entries WHERE {EXPIRED} LIMIT ?2) RETURNING file"
                ))?;
                let rows = statement
                    .query_map((now, SWEPT_AT_ONCE), |row| row.get::<_, Option<String>>(0))?;
                rows.filter_map(Result::transpose)
                    .collect::<rusqlite::Result<Vec<String>>>()
            })?;
            self.values.delete(freed);
        }
    }
}

/// Gives the file that it replaced.
fn apply(transaction: &Transaction<'_>, write: &Write) -> rusqlite::Result<Option<String>> {
    match write {
        Write::Put {
            head,
            value,
            length,
        } => {
            let freed = transaction
                .prepare_cached(
                    "SELECT file FROM entries WHERE namespace = ?1 AND key = ?2 AND file IS NOT NULL",
                )?
                .query_row((&head.namespace, head.key.as_bytes()), |row| row.get(0))
                .optional()?;
            let (bytes, file) = match value {
                Stored::Bytes(bytes) => (Some(bytes), None),
                Stored::File(name) => (None, Some(name)),
            };
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO entries (namespace, key, expires, metadata, length, file, value) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    head.namespace,
                    head.key.as_bytes(),
                    head.expires,
                    head.metadata,
                    length,
                    file,
                    bytes
                ])?;
            Ok(freed)
        }
        Write::Delete { namespace, key } => {
            let freed = transaction
                .prepare_cached(
                    "DELETE FROM entries WHERE namespace = ?1 AND key = ?2 RETURNING file",
                )?
                .query_row((namespace, key.as_bytes()), |row| row.get(0))
                .optional()?;
            Ok(freed.flatten())
        }
    }
}
