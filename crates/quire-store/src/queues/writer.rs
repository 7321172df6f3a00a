//! The thread that writes: what producers send and what consumers take and settle meanwhile becomes one transaction.

use super::directory::{Shared, backlog, outlook};
use super::{
    Backlog, Batch, Done, Failing, Format, Message, NewMessage, RETENTION, Settled, Settlement,
    Taking,
};
use crate::StoreError;
use crate::group::{self, Chore};
use crate::random;
use rusqlite::{Row, Transaction, params};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Jobs of one transaction. What comes meanwhile waits for the next one.
const TOGETHER_MAX: usize = 256;

/// How often messages that nobody wants are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Messages that one transaction of a sweep removes.
const SWEPT_AT_ONCE: u32 = 256;

/// Something to do, and who waits for it.
pub(super) enum Job {
    Send {
        queue: String,
        messages: Vec<NewMessage>,
        now: i64,
        done: Done<Backlog>,
    },
    Take {
        taking: Taking,
        now: i64,
        done: Done<Option<Batch>>,
    },
    Settle {
        settlement: Settlement,
        now: i64,
        done: Done<Settled>,
    },
}

/// What a job came to.
enum Outcome {
    Sent(Backlog),
    Taken(Option<Batch>),
    Settled(Settled),
}

impl Job {
    fn finish(self, outcome: Outcome) {
        match (self, outcome) {
            (Job::Send { done, .. }, Outcome::Sent(backlog)) => done(Ok(backlog)),
            (Job::Take { done, .. }, Outcome::Taken(batch)) => done(Ok(batch)),
            (Job::Settle { done, .. }, Outcome::Settled(settled)) => done(Ok(settled)),
            _ => unreachable!("a job comes to what `Shared::run` makes of it"),
        }
    }

    pub(super) fn fail(self, error: &StoreError) {
        match self {
            Job::Send { done, .. } => done(Err(error.clone())),
            Job::Take { done, .. } => done(Err(error.clone())),
            Job::Settle { done, .. } => done(Err(error.clone())),
        }
    }
}

/// Starts the thread. It ends when the sender is dropped and all is written.
pub(super) fn start(shared: Arc<Shared>) -> Result<Sender<Job>, StoreError> {
    let path = shared.database.path().to_path_buf();
    let swept = shared.clone();
    let sweep = move || {
        // What cannot be swept now is swept another time.
        let _ = swept.forget_owners();
        let _ = swept.sweep(now());
    };
    let chore = Chore {
        every: SWEEP_EVERY,
        run: Box::new(sweep),
    };
    group::start("queues", &path, TOGETHER_MAX, Some(chore), move |jobs| {
        write(&shared, jobs)
    })
}

fn write(shared: &Shared, jobs: Vec<Job>) {
    match shared.commit(&jobs) {
        Ok(outcomes) => {
            for (job, outcome) in jobs.into_iter().zip(outcomes) {
                job.finish(outcome);
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
                job.fail(&error);
            }
        }
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| {
        i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
    })
}

impl Shared {
    /// Does all of it.
    fn commit(&self, jobs: &[Job]) -> Result<Vec<Outcome>, StoreError> {
        let takes = jobs.iter().any(|job| matches!(job, Job::Take { .. }));
        let owner = if takes { self.owner()? } else { "" };
        let ids = Ids::new(self, jobs)?;
        let _turn = self.turn.take();
        self.database.write(|transaction| {
            let mut ids = ids;
            jobs.iter()
                .map(|job| run(transaction, job, owner, &mut ids))
                .collect()
        })
    }

    /// Removes what has waited for too long.
    pub(super) fn sweep(&self, now: i64) -> Result<(), StoreError> {
        // Numbers rise with time: where one is young enough, all that follow are.
        const OLD: &str = "SELECT number FROM (SELECT number, sent, lease FROM messages ORDER BY number LIMIT ?1) \
             WHERE sent <= ?2 AND lease IS NULL";
        loop {
            let bounds = (SWEPT_AT_ONCE, now - RETENTION);
            // Only looking needs no turn.
            let any = self
                .database
                .with(|connection| connection.prepare_cached(OLD)?.exists(bounds))?;
            if !any {
                return Ok(());
            }
            let _turn = self.turn.take();
            self.database.write(|transaction| {
                transaction
                    .prepare_cached(&format!("DELETE FROM messages WHERE number IN ({OLD})"))?
                    .execute(bounds)
            })?;
        }
    }
}

/// Ids for the messages of a transaction, made before it begins.
struct Ids(std::vec::IntoIter<String>);

impl Ids {
    fn new(shared: &Shared, jobs: &[Job]) -> Result<Self, StoreError> {
        let count = jobs.iter().map(|job| match job {
            Job::Send { messages, .. } => messages.len(),
            _ => 0,
        });
        let ids = (0..count.sum()).map(|_| random::hex(shared.database.path()));
        Ok(Self(ids.collect::<Result<Vec<_>, _>>()?.into_iter()))
    }
}

fn run(
    transaction: &Transaction<'_>,
    job: &Job,
    owner: &str,
    ids: &mut Ids,
) -> rusqlite::Result<Outcome> {
    match job {
        Job::Send {
            queue,
            messages,
            now,
            ..
        } => {
            let before = backlog(transaction, queue)?;
            for (message, id) in messages.iter().zip(&mut ids.0) {
                transaction
                    .prepare_cached(
                        "INSERT INTO messages (queue, id, sent, ready, format, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    )?
                    .execute(params![
                        queue,
                        id,
                        now,
                        now + message.delay,
                        message.format.number(),
                        message.body
                    ])?;
            }
            Ok(Outcome::Sent(before))
        }
        Job::Take { taking, now, .. } => {
            Ok(Outcome::Taken(take(transaction, taking, owner, *now)?))
        }
        Job::Settle {
            settlement, now, ..
        } => Ok(Outcome::Settled(settle(transaction, settlement, *now)?)),
    }
}

fn take(
    transaction: &Transaction<'_>,
    taking: &Taking,
    owner: &str,
    now: i64,
) -> rusqlite::Result<Option<Batch>> {
    let Taking {
        queue, batch_max, ..
    } = taking;
    if let Some(most) = taking.concurrency_max {
        let under_way: u32 = transaction
            .prepare_cached("SELECT count(*) FROM leases WHERE queue = ?1")?
            .query_row([queue], |row| row.get(0))?;
        if under_way >= most {
            return Ok(None);
        }
    }
    bury_interrupted(transaction, taking, now)?;
    let seen = outlook(transaction, queue, *batch_max, now)?;
    let is_due = seen.count >= *batch_max
        || seen
            .first
            .is_some_and(|first| first.saturating_add(taking.patience) <= now);
    if seen.count == 0 || !is_due {
        return Ok(None);
    }
    transaction
        .prepare_cached("INSERT INTO leases (queue, owner) VALUES (?1, ?2)")?
        .execute((queue, owner))?;
    let lease = transaction.last_insert_rowid();
    let mut messages = transaction
        .prepare_cached(
            "UPDATE messages SET lease = ?1, attempts = attempts + 1 WHERE number IN ( \
                 SELECT number FROM messages WHERE queue = ?2 AND lease IS NULL AND ready <= ?3 ORDER BY ready, number LIMIT ?4 \
             ) RETURNING number, id, sent, format, body, attempts",
        )?
        .query_map((lease, queue, now, batch_max), message)?
        .collect::<rusqlite::Result<Vec<Message>>>()?;
    messages.sort_unstable_by_key(|message| message.number);
    Ok(Some(Batch {
        lease,
        messages,
        backlog: backlog(transaction, queue)?,
    }))
}

/// Messages whose consumers never came to an end with them, because their process ended, may be the reason for that. They are
/// not dropped, since it may as well be a machine that is switched off time and again; but where there is a queue for
/// dead letters they go there.
fn bury_interrupted(
    transaction: &Transaction<'_>,
    taking: &Taking,
    now: i64,
) -> rusqlite::Result<()> {
    let Some(dead_letters) = &taking.failing.dead_letters else {
        return Ok(());
    };
    transaction
        .prepare_cached(
            "UPDATE messages SET queue = ?1, ready = ?2, attempts = 0, failures = 0 WHERE number IN ( \
                 SELECT number FROM messages WHERE queue = ?3 AND lease IS NULL AND ready <= ?2 ORDER BY ready, number LIMIT ?4 \
             ) AND attempts - failures > ?5",
        )?
        .execute((
            dead_letters,
            now,
            &taking.queue,
            taking.batch_max,
            taking.failing.retries_max,
        ))?;
    Ok(())
}

fn settle(
    transaction: &Transaction<'_>,
    settlement: &Settlement,
    now: i64,
) -> rusqlite::Result<Settled> {
    let Settlement {
        lease,
        failed,
        failing,
    } = settlement;
    let mut settled = Settled::default();
    for (number, delay) in failed {
        fail(
            transaction,
            (*lease, *number),
            now.saturating_add(*delay),
            failing,
            now,
            &mut settled,
        )?;
    }
    // What is left was dealt with, or failed for the last time.
    transaction
        .prepare_cached("DELETE FROM messages WHERE lease = ?1")?
        .execute([lease])?;
    transaction
        .prepare_cached("DELETE FROM leases WHERE number = ?1")?
        .execute([lease])?;
    Ok(settled)
}

/// Puts a message of a lease where it belongs after its consumer failed; one that is to be dropped stays with the lease.
fn fail(
    transaction: &Transaction<'_>,
    (lease, number): (i64, i64),
    ready: i64,
    failing: &Failing,
    now: i64,
    settled: &mut Settled,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "UPDATE messages SET failures = failures + 1 WHERE number = ?1 AND lease = ?2 RETURNING failures, id",
    )?;
    let mut rows = statement.query((number, lease))?;
    let Some(row) = rows.next()? else {
        return Ok(());
    };
    let (failures, id): (u32, String) = (row.get(0)?, row.get(1)?);
    drop(rows);
    if failures <= failing.retries_max {
        transaction
            .prepare_cached("UPDATE messages SET lease = NULL, ready = ?2 WHERE number = ?1")?
            .execute((number, ready))?;
        return Ok(());
    }
    match &failing.dead_letters {
        None => settled.dropped.push(id),
        Some(queue) => {
            transaction
                .prepare_cached(
                    "UPDATE messages SET lease = NULL, queue = ?2, ready = ?3, attempts = 0, failures = 0 WHERE number = ?1",
                )?
                .execute((number, queue, now))?;
            settled.dead.push(id);
        }
    }
    Ok(())
}

/// Gives back what an owner has that is no more; gives how many messages that were. One that was interrupted several times waits
/// for longer and longer, up to a minute.
pub(super) fn give_back(
    transaction: &Transaction<'_>,
    owner: &str,
    now: i64,
) -> rusqlite::Result<usize> {
    let given = transaction.execute(
        "UPDATE messages SET lease = NULL, ready = ?2 + \
             iif(attempts - failures < 2, 0, min(60000, 1000 << min(attempts - failures - 2, 6))) \
         WHERE lease IN (SELECT number FROM leases WHERE owner = ?1)",
        (owner, now),
    )?;
    transaction.execute("DELETE FROM leases WHERE owner = ?1", [owner])?;
    Ok(given)
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        number: row.get(0)?,
        id: row.get(1)?,
        sent: row.get(2)?,
        format: Format::of(row.get(3)?),
        body: row.get(4)?,
        attempts: row.get(5)?,
    })
}
