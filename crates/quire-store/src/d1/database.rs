//! A database, as one process sees it.

use super::connection::Worker;
use super::writer::{self, Job};
use super::{D1Error, D1Outcome, D1Query, Done};
use crate::StoreError;
use crate::opened::Opened;
use crate::turn::Turn;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Connections that are kept open while nobody uses them.
const KEPT_MAX: usize = 4;

/// How long queries may take on the thread of who asks.
const AT_ONCE_MAX: Duration = Duration::from_millis(5);

/// A database. Within a process it is opened once.
pub struct D1Database {
    shared: Arc<Shared>,
    jobs: OnceLock<Sender<Job>>,
}

pub(super) struct Shared {
    pub(super) path: PathBuf,
    pub(super) turn: Turn,
    /// The row that this process inserted last.
    pub(super) last_row_id: AtomicI64,
    readers: Mutex<Vec<Worker>>,
}

/// The databases that this process has open.
static OPEN: Opened<D1Database> = Opened::new();

impl D1Database {
    /// Opens the database of this id in `folder`, and makes it if there is none.
    pub fn open(folder: &Path, id: &str) -> Result<Arc<Self>, StoreError> {
        let folder = folder.join(file_name(id));
        let path = folder.join("database.sqlite");
        OPEN.get(&path, || {
            crate::folder::create(&folder)?;
            Ok(Self {
                shared: Arc::new(Shared {
                    turn: Turn::open(&folder),
                    last_row_id: AtomicI64::new(0),
                    readers: Mutex::new(vec![Worker::open(&path)?]),
                    path: path.clone(),
                }),
                jobs: OnceLock::new(),
            })
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Answers queries that only read, and for that take no long time; else `None`. Answers that are not `sized` say 0 of the
    /// size, which costs more to find out than a small query takes.
    pub fn read_at_once(&self, queries: &[D1Query], sized: bool) -> Option<D1Outcome> {
        self.shared.read(queries, sized, Some(AT_ONCE_MAX))
    }

    /// Answers queries that only read, however long they take; else `None`.
    pub fn read(&self, queries: &[D1Query], sized: bool) -> Option<D1Outcome> {
        self.shared.read(queries, sized, None)
    }

    /// Runs queries as one transaction. Does not block.
    pub fn write(&self, queries: Vec<D1Query>, done: Done) {
        let job = Job { queries, done };
        let sender = match self.jobs.get() {
            Some(sender) => sender,
            None => match writer::start(self.shared.clone()) {
                // Of two that start one at once, one ends with its sender.
                Ok(sender) => self.jobs.get_or_init(|| sender),
                Err(error) => return (job.done)(Err(D1Error::Store(error))),
            },
        };
        if let Err(rejected) = sender.send(job) {
            let path = self.shared.path.clone();
            (rejected.0.done)(Err(D1Error::Store(StoreError::Closed { path })));
        }
    }
}

impl Shared {
    fn read(&self, queries: &[D1Query], sized: bool, time: Option<Duration>) -> Option<D1Outcome> {
        let kept = self.lock().pop();
        let worker = match kept.map_or_else(|| Worker::open(&self.path), Ok) {
            Ok(worker) => worker,
            Err(error) => return Some(Err(D1Error::Store(error))),
        };
        let outcome = worker.only_reads(queries).then(|| {
            worker.allow(time);
            let outcome = self.answers(&worker, queries, sized);
            worker.allow(None);
            outcome
        });
        let mut readers = self.lock();
        if readers.len() < KEPT_MAX {
            readers.push(worker);
        }
        match outcome {
            Some(Err(error)) if time.is_some() && error.is_interruption() => None,
            outcome => outcome,
        }
    }

    /// All queries see the same state, and so does what is told of its size: the database is locked once for all that.
    fn answers(&self, worker: &Worker, queries: &[D1Query], sized: bool) -> D1Outcome {
        let is_transaction = sized || queries.len() > 1;
        if is_transaction {
            worker.own("BEGIN")?;
        }
        let mut answers = (queries.iter())
            .map(|query| worker.read(query, sized))
            .collect::<D1Outcome>();
        if is_transaction {
            worker.own("COMMIT")?;
        }
        for answer in answers.iter_mut().flatten() {
            answer.last_row_id = self.last_row_id.load(Ordering::Relaxed);
        }
        answers
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An id as the name of a folder: what is neither letter, digit, `-` nor `_` becomes `%` and two hexadecimal digits.
fn file_name(id: &str) -> String {
    id.bytes()
        .map(|byte| match byte {
            b'-' | b'_' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02x}"),
        })
        .collect()
}
