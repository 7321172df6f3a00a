//! The thread that writes: all writes that wait become one transaction, so that one flush of the disk serves them all.

use super::directory::Shared;
use super::{Done, R2Error};
use crate::StoreError;
use crate::group::{self, Chore};
use rusqlite::Transaction;
use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Writes of one transaction. What comes meanwhile waits for the next one.
const TOGETHER_MAX: usize = 512;

/// How often files that could not be deleted are tried again, and abandoned uploads looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(20);

/// Uploads that were not completed by then are given up, as on the original.
const UPLOAD_MS_MAX: i64 = 7 * 24 * 60 * 60 * 1000;

/// What a write may do inside the transaction. It checks first, then changes, so that one which is refused leaves nothing behind.
type Apply<T> =
    Box<dyn FnMut(&Transaction<'_>, &mut Freed) -> rusqlite::Result<Result<T, R2Error>> + Send>;

/// A write, and who waits for it.
pub(super) struct Job<T> {
    apply: Apply<T>,
    /// The file that it is about, which nothing leads to if it fails.
    file: Option<String>,
    outcome: Option<Result<T, R2Error>>,
    done: Done<T>,
}

/// Writes of any kind.
pub(super) trait Write: Send {
    fn apply(&mut self, transaction: &Transaction<'_>, freed: &mut Freed) -> rusqlite::Result<()>;
    /// It is durable.
    fn finish(self: Box<Self>);
    /// It is not; gives its file.
    fn fail(self: Box<Self>, error: StoreError) -> Option<String>;
}

/// Files that nothing leads to any more.
#[derive(Default)]
pub(super) struct Freed {
    /// They can be deleted at once.
    pub(super) files: Vec<String>,
    /// Some were entered among those that somebody may be about to open.
    pub(super) doomed: bool,
}

impl<T: Send + 'static> Job<T> {
    pub(super) fn boxed(
        file: Option<String>,
        apply: impl FnMut(&Transaction<'_>, &mut Freed) -> rusqlite::Result<Result<T, R2Error>>
        + Send
        + 'static,
        done: Done<T>,
    ) -> Box<dyn Write> {
        Box::new(Self {
            apply: Box::new(apply),
            file,
            outcome: None,
            done,
        })
    }
}

impl<T: Send> Write for Job<T> {
    fn apply(&mut self, transaction: &Transaction<'_>, freed: &mut Freed) -> rusqlite::Result<()> {
        self.outcome = Some((self.apply)(transaction, freed)?);
        Ok(())
    }

    fn finish(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            (self.done)(outcome);
        }
    }

    fn fail(self: Box<Self>, error: StoreError) -> Option<String> {
        (self.done)(Err(error.into()));
        self.file
    }
}

/// Starts the thread. It ends when the sender is dropped and all is written.
pub(super) fn start(shared: Arc<Shared>) -> Result<Sender<Box<dyn Write>>, StoreError> {
    let path = shared.database.path().to_path_buf();
    let swept = shared.clone();
    let mut has_begun = false;
    let sweep = move || {
        // What cannot be swept now is swept another time.
        if !std::mem::replace(&mut has_begun, true) {
            let _ = swept.sweep_files();
        }
        let _ = swept.give_up_uploads(now() - UPLOAD_MS_MAX);
        let _ = swept.sweep_doomed();
    };
    let chore = Chore {
        every: SWEEP_EVERY,
        run: Box::new(sweep),
    };
    group::start("r2", &path, TOGETHER_MAX, Some(chore), move |jobs| {
        write(&shared, jobs);
    })
}

fn write(shared: &Shared, mut jobs: Vec<Box<dyn Write>>) {
    match shared.commit(&mut jobs) {
        Ok(freed) => {
            for job in jobs {
                job.finish();
            }
            shared.contents.delete(freed.files);
            if freed.doomed {
                let _ = shared.sweep_doomed();
            }
        }
        // The small ones may still fit.
        Err(error) if error.is_full() && jobs.len() > 1 => {
            for job in jobs {
                write(shared, vec![job]);
            }
        }
        Err(error) => {
            for job in jobs {
                shared.contents.delete(job.fail(error.clone()));
            }
        }
    }
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_millis() as i64)
}

impl Shared {
    /// Writes all of it; gives the files that nothing leads to any more.
    fn commit(&self, jobs: &mut [Box<dyn Write>]) -> Result<Freed, StoreError> {
        let _turn = self.turn.take();
        self.database.write(|transaction| {
            let mut freed = Freed::default();
            for job in jobs {
                job.apply(transaction, &mut freed)?;
            }
            Ok(freed)
        })
    }

    /// Deletes files that processes which died left behind.
    fn sweep_files(&self) -> Result<(), StoreError> {
        self.contents.sweep(|name| {
            self.database.with(|connection| {
                connection
                    .prepare_cached(
                        "SELECT 1 FROM pieces WHERE file = ?1 UNION ALL SELECT 1 FROM doomed WHERE file = ?1",
                    )?
                    .exists([name])
            })
        })
    }

    /// Deletes the files of objects in several files, except those that somebody reads.
    fn sweep_doomed(&self) -> Result<(), StoreError> {
        let locks: Vec<String> = self.database.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT DISTINCT lock FROM doomed")?;
            statement.query_map((), |row| row.get(0))?.collect()
        })?;
        for lock in locks {
            let file = self.contents.open_existing(&lock);
            if file.as_ref().is_some_and(is_read) {
                continue;
            }
            let files: Vec<String> = self.database.with(|connection| {
                let mut statement =
                    connection.prepare_cached("SELECT file FROM doomed WHERE lock = ?1")?;
                statement.query_map([&lock], |row| row.get(0))?.collect()
            })?;
            // Whoever gets the lock from now on sees that its file is gone.
            self.contents.delete([lock.clone()]);
            self.contents.delete(files);
            let _turn = self.turn.take();
            self.database.write(|transaction| {
                transaction.execute("DELETE FROM doomed WHERE lock = ?1", [&lock])
            })?;
        }
        Ok(())
    }
}

/// Whether somebody reads the object that this file locks. If not, nobody begins to while the file is open.
fn is_read(lock: &File) -> bool {
    matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
}
