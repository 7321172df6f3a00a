//! All queues of a folder, in one database: so a message goes from one to another in a single transaction.

use super::writer::{self, Job};
use super::{Backlog, Batch, Done, NewMessage, Outlook, QueueStore, Settled, Settlement, Taking};
use crate::StoreError;
use crate::folder;
use crate::opened::Opened;
use crate::owner::{self, Dead, Owner};
use crate::sqlite::{Database, Durability};
use crate::turn::Turn;
use rusqlite::{Connection, OptionalExtension};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};

/// A message waits, or belongs to a lease. Numbers of leases are never used again, so that who comes too late settles nothing.
/// What waits is counted by triggers: nothing that is done to a message can forget it.
const SCHEMA: &[&str] = &["
    CREATE TABLE messages (
        number INTEGER PRIMARY KEY,
        queue TEXT NOT NULL,
        id TEXT NOT NULL,
        sent INTEGER NOT NULL,
        ready INTEGER NOT NULL,
        format INTEGER NOT NULL,
        body BLOB NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0,
        lease INTEGER
    );
    CREATE INDEX messages_that_wait ON messages (queue, ready, number) WHERE lease IS NULL;
    CREATE INDEX messages_by_lease ON messages (lease) WHERE lease IS NOT NULL;
    CREATE TABLE leases (number INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, owner TEXT NOT NULL);
    CREATE INDEX leases_by_queue ON leases (queue);
    CREATE TABLE backlogs (queue TEXT PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
        INSERT INTO backlogs VALUES (NEW.queue, 1, length(NEW.body))
            ON CONFLICT (queue) DO UPDATE SET count = count + 1, bytes = bytes + length(NEW.body);
    END;
    CREATE TRIGGER message_removed AFTER DELETE ON messages WHEN OLD.lease IS NULL BEGIN
        UPDATE backlogs SET count = count - 1, bytes = bytes - length(OLD.body) WHERE queue = OLD.queue;
    END;
    CREATE TRIGGER message_taken AFTER UPDATE OF lease, queue ON messages WHEN OLD.lease IS NULL BEGIN
        UPDATE backlogs SET count = count - 1, bytes = bytes - length(OLD.body) WHERE queue = OLD.queue;
    END;
    CREATE TRIGGER message_given_back AFTER UPDATE OF lease, queue ON messages WHEN NEW.lease IS NULL BEGIN
        INSERT INTO backlogs VALUES (NEW.queue, 1, length(NEW.body))
            ON CONFLICT (queue) DO UPDATE SET count = count + 1, bytes = bytes + length(NEW.body);
    END;
"];

/// The queues in a folder of their own.
pub struct QueueDirectory {
    shared: Arc<Shared>,
    jobs: Sender<Job>,
}

pub(super) struct Shared {
    pub(super) database: Database,
    pub(super) turn: Turn,
    /// The folder of those who have batches.
    owners: PathBuf,
    /// This process, once it takes something.
    owner: OnceLock<Owner>,
}

/// The directories that this process has open.
static OPEN: Opened<QueueDirectory> = Opened::new();

impl QueueDirectory {
    /// Opens the queues in `folder`, and makes it if there is none. Within a process it is opened once.
    pub fn open(folder: &Path) -> Result<Arc<Self>, StoreError> {
        OPEN.get(folder, || Self::open_again(folder))
    }

    /// As another process would open it.
    pub fn open_again(folder: &Path) -> Result<Self, StoreError> {
        let owners = folder.join("owners");
        if !owners.exists() {
            folder::create(&owners)?;
        }
        let file = folder.join("messages.sqlite");
        let shared = Arc::new(Shared {
            database: Database::open(file, SCHEMA, Durability::PowerCut)?,
            turn: Turn::open(folder),
            owners,
            owner: OnceLock::new(),
        });
        let jobs = writer::start(shared.clone())?;
        Ok(Self { shared, jobs })
    }

    /// The queues that messages wait in, and what waits there.
    pub fn backlogs(&self) -> Result<Vec<(String, Backlog)>, StoreError> {
        self.shared.database.with(|connection| {
            let mut statement =
                connection.prepare("SELECT queue FROM backlogs WHERE count > 0 ORDER BY queue")?;
            let queues = statement
                .query_map((), |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<String>>>()?;
            queues
                .into_iter()
                .map(|queue| {
                    let waiting = backlog(connection, &queue)?;
                    Ok((queue, waiting))
                })
                .collect()
        })
    }

    /// Removes everything that waits in a queue; gives how many messages that were.
    pub fn purge(&self, queue: &str) -> Result<usize, StoreError> {
        let _turn = self.shared.turn.take();
        self.shared.database.write(|transaction| {
            transaction.execute(
                "DELETE FROM messages WHERE queue = ?1 AND lease IS NULL",
                [queue],
            )
        })
    }

    fn submit(&self, job: Job) {
        if let Err(rejected) = self.jobs.send(job) {
            let path = self.shared.database.path().to_path_buf();
            rejected.0.fail(&StoreError::Closed { path });
        }
    }
}

impl QueueStore for QueueDirectory {
    fn send(&self, queue: &str, messages: Vec<NewMessage>, now: i64, done: Done<Backlog>) {
        self.submit(Job::Send {
            queue: queue.to_owned(),
            messages,
            now,
            done,
        });
    }

    fn backlog(&self, queue: &str) -> Result<Backlog, StoreError> {
        self.shared
            .database
            .with(|connection| backlog(connection, queue))
    }

    fn outlook(&self, queue: &str, most: u32, now: i64) -> Result<Outlook, StoreError> {
        self.shared
            .database
            .with(|connection| outlook(connection, queue, most, now))
    }

    fn take(&self, taking: Taking, now: i64, done: Done<Option<Batch>>) {
        self.submit(Job::Take { taking, now, done });
    }

    fn settle(&self, settlement: Settlement, now: i64, done: Done<Settled>) {
        self.submit(Job::Settle {
            settlement,
            now,
            done,
        });
    }

    fn recover(&self, now: i64) -> Result<bool, StoreError> {
        let owners = self.shared.database.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT DISTINCT owner FROM leases")?;
            let rows = statement.query_map((), |row| row.get(0))?;
            rows.collect::<rusqlite::Result<Vec<String>>>()
        })?;
        let mut any = false;
        for owner in owners {
            if let Some(dead) = Dead::find(&self.shared.owners, &owner)? {
                any |= self.shared.give_back(dead, now)?;
            }
        }
        Ok(any)
    }
}

impl Shared {
    /// This process, as an owner of batches.
    pub(super) fn owner(&self) -> Result<&str, StoreError> {
        let owner = match self.owner.get() {
            Some(owner) => owner,
            None => {
                let owner = Owner::new(&self.owners)?;
                self.owner.get_or_init(|| owner)
            }
        };
        Ok(&owner.name)
    }

    fn give_back(&self, dead: Dead, now: i64) -> Result<bool, StoreError> {
        let given = {
            let _turn = self.turn.take();
            self.database
                .write(|transaction| writer::give_back(transaction, dead.name(), now))?
        };
        dead.forget(&self.owners);
        Ok(given > 0)
    }

    /// Removes the files of owners that are no more and have nothing.
    pub(super) fn forget_owners(&self) -> Result<(), StoreError> {
        for name in owner::all(&self.owners) {
            let Some(dead) = Dead::find(&self.owners, &name)? else {
                continue;
            };
            let has_any = self.database.with(|connection| {
                connection
                    .prepare_cached("SELECT 1 FROM leases WHERE owner = ?1")?
                    .exists([dead.name()])
            })?;
            if !has_any {
                dead.forget(&self.owners);
            }
        }
        Ok(())
    }
}

pub(super) fn backlog(connection: &Connection, queue: &str) -> rusqlite::Result<Backlog> {
    let counted = connection
        .prepare_cached("SELECT count, bytes FROM backlogs WHERE queue = ?1")?
        .query_row([queue], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((count, bytes)) = counted.filter(|(count, _)| *count > 0) else {
        return Ok(Backlog::default());
    };
    let oldest = connection
        .prepare_cached(
            "SELECT sent FROM messages WHERE queue = ?1 AND lease IS NULL ORDER BY ready, number LIMIT 1",
        )?
        .query_row([queue], |row| row.get(0))
        .optional()?;
    Ok(Backlog {
        count,
        bytes,
        oldest,
    })
}

pub(super) fn outlook(
    connection: &Connection,
    queue: &str,
    most: u32,
    now: i64,
) -> rusqlite::Result<Outlook> {
    connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM (SELECT 1 FROM messages WHERE queue = ?1 AND lease IS NULL AND ready <= ?2 LIMIT ?3)), \
             (SELECT min(ready) FROM messages WHERE queue = ?1 AND lease IS NULL)",
        )?
        .query_row((queue, now, most), |row| {
            Ok(Outlook {
                count: row.get(0)?,
                first: row.get(1)?,
            })
        })
}
