//! Generations of workers: starting one, putting it in the place of the one before, giving it up.

use std::io;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::super::frame;
use super::Fleet;
use super::member::{Role, Worker};
use crate::control::{Frame, ToWorker};
use crate::deployment::Deployment;
use crate::error::{ReloadError, ServerError, StartFailure};

/// How long a reload waits for the old workers to say that they take no more connections. One that is stuck says
/// nothing, and takes none either.
const SETTLE_LIMIT: Duration = Duration::from_millis(250);

/// A spare starts a little after a reload, so that it does not compete with the first requests.
const SPARE_DELAY: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) struct Generation {
    pub(super) number: u64,
    pub(super) start: Frame,
    pub(super) hang_limit: Duration,
}

pub(super) type Reply = oneshot::Sender<Result<(), ReloadError>>;

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) generation: Generation,
    /// `None` for the first, on which everything depends.
    pub(super) reply: Option<Reply>,
}

/// A reload that is done but for the old workers' word that they take no more connections.
#[derive(Debug)]
pub(super) struct Settling {
    pub(super) old: Vec<u64>,
    pub(super) deadline: Instant,
    pub(super) reply: Reply,
}

impl Fleet {
    /// Starts the workers of a new generation.
    pub(super) fn begin(&mut self, deployment: Deployment, reply: Option<Reply>) {
        self.give_up_pending(ReloadError::Superseded);
        if let Some(data) = &deployment.data {
            self.accounts.open(data, self.log);
            self.let_in_viewers(data);
        }
        let hang_limit = self.settings.hang_limit(deployment.cpu_limit());
        let start = ToWorker::Start {
            settings: self.settings.for_worker(self.run_folder.path().into()),
            deployment: Box::new(deployment),
        };
        self.last_number += 1;
        let number = self.last_number;
        let failure = match frame(&start) {
            Ok(start) => {
                let generation = Generation {
                    number,
                    start,
                    hang_limit,
                };
                self.pending = Some(Pending { generation, reply });
                let Err(error) =
                    (0..self.settings.workers.get()).try_for_each(|_| self.start_pending_worker())
                else {
                    return;
                };
                if self.current.is_none() {
                    self.pending = None;
                    self.stop(Err(ServerError::Spawn(error)));
                    return;
                }
                StartFailure::new(ServerError::Spawn(error).to_string())
            }
            Err(failure) => {
                let Some(reply) = reply else {
                    return self.stop(Err(failure.into()));
                };
                return answer(reply, Err(failure.into()));
            }
        };
        self.give_up_pending(failure.into());
    }

    fn start_pending_worker(&mut self) -> io::Result<()> {
        let spare = self
            .workers
            .iter()
            .find(|(_, worker)| worker.role == Role::Spare && !worker.doomed);
        let spare = spare.map(|(&number, _)| number);
        let Some(Pending { generation, .. }) = &self.pending else {
            return Ok(());
        };
        let (generation, start, hang_limit) = (
            generation.number,
            generation.start.clone(),
            generation.hang_limit,
        );
        self.start_worker(spare, generation, start, hang_limit)
    }

    pub(super) fn start_worker(
        &mut self,
        spare: Option<u64>,
        generation: u64,
        start: Frame,
        hang_limit: Duration,
    ) -> io::Result<()> {
        let number = match spare {
            Some(number) => number,
            None => self.spawn()?,
        };
        let slot = self.free_slot(generation);
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.role = Role::Starting;
            worker.generation = generation;
            worker.slot = slot;
            worker.hang_limit = hang_limit;
            if let Ok(frame) = frame(&ToWorker::Place { slot }) {
                worker.process.send(frame);
            }
            worker.process.send(start);
        }
        Ok(())
    }

    /// The first slot that no worker of the generation has. One that is about to end keeps its slot until it has ended.
    fn free_slot(&self, generation: u64) -> u32 {
        let taken: Vec<u32> = self
            .workers
            .values()
            .filter(|worker| worker.generation == generation && worker.role != Role::Spare)
            .map(|worker| worker.slot)
            .collect();
        (0..).find(|slot| !taken.contains(slot)).unwrap_or_default()
    }

    pub(super) fn ready(&mut self, number: u64) {
        let Some(worker) = self
            .workers
            .get_mut(&number)
            .filter(|worker| worker.role == Role::Starting)
        else {
            return;
        };
        if self
            .current
            .as_ref()
            .is_some_and(|current| current.number == worker.generation)
        {
            worker.accept(self.notes.frames());
            return;
        }
        worker.role = Role::Standby;
        let Some(pending) = &self.pending else { return };
        let of_pending = |worker: &&Worker| worker.generation == pending.generation.number;
        if self
            .workers
            .values()
            .filter(of_pending)
            .all(|worker| worker.role == Role::Standby)
        {
            self.take_over();
        }
    }

    /// The pending generation becomes the current one.
    fn take_over(&mut self) {
        let Some(Pending { generation, reply }) = self.pending.take() else {
            return;
        };
        let now = Instant::now();
        self.notes.build = None;
        self.pages_changed();
        self.respawns.clear();
        self.short_lives = 0;
        self.spare_due = now + SPARE_DELAY;
        let mut old = Vec::new();
        for (&number, worker) in &mut self.workers {
            if worker.generation == generation.number {
                worker.accept(self.notes.frames());
            } else if worker.role == Role::Serving {
                worker.drain(self.settings.drain_limit, now);
                old.push(number);
            } else if matches!(worker.role, Role::Starting | Role::Standby) {
                worker.kill();
            }
        }
        self.current = Some(generation);
        match reply {
            Some(reply) => {
                self.accounts.reloads += 1;
                self.settling = Some(Settling {
                    old,
                    deadline: now + SETTLE_LIMIT,
                    reply,
                })
            }
            None => {
                let scheme = if self.settings.tls.is_some() {
                    "https"
                } else {
                    "http"
                };
                self.log
                    .notice(&format!("ready on {scheme}://{}", self.address));
                // Whoever is interested holds a receiver.
                let _ = self.serving.send(true);
            }
        }
        self.finish_settling(now);
    }

    pub(super) fn settled(&mut self, number: u64) {
        if let Some(settling) = &mut self.settling {
            settling.old.retain(|&old| old != number);
        }
        self.finish_settling(Instant::now());
    }

    pub(super) fn finish_settling(&mut self, now: Instant) {
        let done = self
            .settling
            .take_if(|settling| settling.old.is_empty() || settling.deadline <= now);
        if let Some(settling) = done {
            answer(settling.reply, Ok(()));
        }
    }

    pub(super) fn start_failed(&mut self, number: u64, failure: StartFailure) {
        let Some(worker) = self.workers.get_mut(&number) else {
            return;
        };
        // It ends by itself; this keeps its end from being told as a second failure.
        worker.doomed = true;
        if self.is_pending(number) {
            self.give_up_pending(failure.into());
        } else {
            self.log
                .error(&format!("a replacement worker cannot start: {failure}"));
        }
    }

    pub(super) fn is_pending(&self, number: u64) -> bool {
        let generation = self.workers.get(&number).map(|worker| worker.generation);
        self.pending
            .as_ref()
            .is_some_and(|pending| Some(pending.generation.number) == generation)
    }

    /// Ends the workers of the pending generation, if there is one. Without the first there is no server.
    pub(super) fn give_up_pending(&mut self, reason: ReloadError) {
        let Some(pending) = self.pending.take() else {
            return;
        };
        let of_pending = |worker: &&mut Worker| worker.generation == pending.generation.number;
        self.workers
            .values_mut()
            .filter(of_pending)
            .for_each(Worker::kill);
        match (pending.reply, reason) {
            (Some(reply), reason) => answer(reply, Err(reason)),
            (None, ReloadError::Start(failure)) => self.stop(Err(failure.into())),
            (None, _) => {}
        }
    }
}

/// Says how a reload went.
pub(super) fn answer(reply: Reply, result: Result<(), ReloadError>) {
    // Whoever asked may have lost interest.
    let _ = reply.send(result);
}
