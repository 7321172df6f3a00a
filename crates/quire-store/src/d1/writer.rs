//! The thread that writes: all that waits becomes one transaction, each part of which can fail by itself.

use super::connection::Worker;
use super::database::Shared;
use super::{D1Error, D1Outcome, D1Query, Done};
use crate::StoreError;
use crate::group;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

/// Parts of one transaction. What comes meanwhile waits for the next one.
const TOGETHER_MAX: usize = 128;

/// Queries that belong together, and who waits for them.
pub(super) struct Job {
    pub(super) queries: Vec<D1Query>,
    pub(super) done: Done,
}

/// Starts the thread. It ends when the sender is dropped and all is written.
pub(super) fn start(shared: Arc<Shared>) -> Result<Sender<Job>, StoreError> {
    let path = shared.path.clone();
    let mut worker = None;
    group::start("d1", &path, TOGETHER_MAX, None, move |jobs: Vec<Job>| {
        if worker.is_none() {
            match Worker::open(&shared.path) {
                Ok(opened) => worker = Some(opened),
                Err(error) => {
                    for job in jobs {
                        (job.done)(Err(D1Error::Store(error.clone())));
                    }
                    return;
                }
            }
        }
        if let Some(worker) = &worker {
            write(&shared, worker, jobs);
        }
    })
}

fn write(shared: &Shared, worker: &Worker, jobs: Vec<Job>) {
    match transaction(shared, worker, &jobs) {
        Ok(outcomes) => {
            let row_id = worker.connection.last_insert_rowid();
            shared.last_row_id.store(row_id, Ordering::Relaxed);
            for (job, outcome) in jobs.into_iter().zip(outcomes) {
                (job.done)(outcome);
            }
        }
        // It may be the fault of one of them.
        Err(_) if jobs.len() > 1 => {
            for job in jobs {
                write(shared, worker, vec![job]);
            }
        }
        Err(error) => {
            if let Some(job) = jobs.into_iter().next() {
                (job.done)(Err(error));
            }
        }
    }
}

/// Runs all jobs; an error if none of them has any effect.
fn transaction(shared: &Shared, worker: &Worker, jobs: &[Job]) -> Result<Vec<D1Outcome>, D1Error> {
    let _turn = shared.turn.take();
    worker.own("BEGIN IMMEDIATE")?;
    let run = || -> Result<Vec<D1Outcome>, D1Error> {
        let outcomes = jobs
            .iter()
            .map(|job| part(worker, &job.queries))
            .collect::<Result<Vec<_>, _>>()?;
        worker.own("COMMIT")?;
        Ok(outcomes)
    };
    let result = run();
    if result.is_err() && !worker.connection.is_autocommit() {
        worker.own("ROLLBACK")?;
    }
    result
}

/// Runs one job. The outer error is for all.
fn part(worker: &Worker, queries: &[D1Query]) -> Result<D1Outcome, D1Error> {
    worker.own("SAVEPOINT _cf_part")?;
    let outcome: D1Outcome = queries.iter().map(|query| worker.answer(query)).collect();
    match outcome {
        // A disk that is full ends the whole transaction.
        Err(error) if worker.connection.is_autocommit() => Err(error),
        outcome => {
            if outcome.is_err() {
                worker.own("ROLLBACK TO _cf_part")?;
            }
            worker.own("RELEASE _cf_part")?;
            Ok(outcome)
        }
    }
}
