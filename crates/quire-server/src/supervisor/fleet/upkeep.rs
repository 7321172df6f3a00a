//! Workers that ended, hang, grew too large or are missing.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::Instant;

use super::super::memory::resident_bytes;
use super::Fleet;
use super::member::{Role, Worker};
use crate::error::{ServerError, StartFailure};

/// A worker that ends sooner after its start makes the next one wait.
const SHORT_LIFE: Duration = Duration::from_secs(1);
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Old workers that may still have something in flight; with more reloads the oldest is ended.
const DRAINING_MAX: usize = 8;

impl Fleet {
    pub(super) fn exited(&mut self, number: u64, status: io::Result<ExitStatus>) {
        let is_pending = self.is_pending(number);
        let Some(worker) = self.workers.remove(&number) else {
            return;
        };
        self.settled(number);
        let told = worker.doomed || self.stopping.is_some();
        let end = describe(&status);
        match worker.role {
            Role::Draining if told || status.is_ok_and(|status| status.success()) => {}
            Role::Draining => {
                self.log.warning(&format!(
                    "an old worker (pid {}) {end} before it was done",
                    worker.process.pid
                ));
            }
            Role::Spare => {
                self.note_lifetime(&worker);
                self.spare_due = Instant::now() + self.backoff();
            }
            _ if is_pending => {
                let text = if told {
                    "a worker had to be killed while it started: it did not respond, or took too much memory"
                        .to_owned()
                } else {
                    format!("a worker {end} while it started; its output may say why")
                };
                self.give_up_pending(StartFailure::new(text).into());
            }
            _ if self
                .current
                .as_ref()
                .is_some_and(|current| current.number == worker.generation) =>
            {
                self.note_lifetime(&worker);
                let delay = self.backoff();
                if !told {
                    self.accounts.replaced.crashed += 1;
                    let when = if delay.is_zero() {
                        String::new()
                    } else {
                        format!(" in {} ms", delay.as_millis())
                    };
                    let pid = worker.process.pid;
                    self.log.error(&format!(
                        "a worker (pid {pid}) {end}; another one starts{when}"
                    ));
                }
                self.respawns.push(Instant::now() + delay);
                self.respawn_due(Instant::now());
            }
            _ => {}
        }
    }

    fn note_lifetime(&mut self, worker: &Worker) {
        let short = worker.spawned.elapsed() < SHORT_LIFE;
        self.short_lives = if short {
            self.short_lives.saturating_add(1)
        } else {
            0
        };
    }

    fn backoff(&self) -> Duration {
        match self.short_lives.checked_sub(1) {
            None => Duration::ZERO,
            Some(doublings) => BACKOFF_FIRST
                .saturating_mul(1 << doublings.min(16))
                .min(BACKOFF_MAX),
        }
    }

    pub(super) fn look_after(&mut self, now: Instant) {
        for worker in self.workers.values_mut().filter(|worker| !worker.doomed) {
            let silent = now.saturating_duration_since(worker.heard);
            let pid = worker.process.pid;
            if silent > worker.hang_limit {
                self.log.error(&format!(
                    "a worker (pid {pid}) did not respond for {:.1} s and was killed; another one starts. \
                     A function that never waits, such as an endless loop over `await`, does this",
                    silent.as_secs_f64()
                ));
                self.accounts.replaced.hung += 1;
                worker.kill();
                continue;
            }
            let resident = resident_bytes(pid)
                .or(worker.load.resident_bytes)
                .unwrap_or_default();
            if resident > self.settings.memory_limit {
                self.log.error(&format!(
                    "a worker (pid {pid}) used {} MiB of memory, more than the {} MiB allowed, and was killed; another one starts",
                    resident >> 20,
                    self.settings.memory_limit >> 20
                ));
                self.accounts.replaced.memory += 1;
                worker.kill();
                continue;
            }
            if worker.drain_until.is_some_and(|until| until <= now) {
                worker.kill();
            }
        }
        let draining = self
            .workers
            .values_mut()
            .filter(|worker| worker.role == Role::Draining && !worker.doomed);
        let mut draining: Vec<_> = draining.collect();
        let surplus = draining.len().saturating_sub(DRAINING_MAX);
        draining
            .iter_mut()
            .take(surplus)
            .for_each(|worker| worker.kill());
        self.finish_settling(now);
        self.respawn_due(now);
        self.top_up_spares(now);
    }

    /// Replaces workers of the current generation that ended.
    fn respawn_due(&mut self, now: Instant) {
        if self.stopping.is_some() {
            self.respawns.clear();
        }
        while let Some(at) = self.respawns.iter().position(|&due| due <= now) {
            let Some(current) = &self.current else { return };
            let (generation, start, hang_limit) =
                (current.number, current.start.clone(), current.hang_limit);
            let spare = self
                .workers
                .iter()
                .find(|(_, worker)| worker.role == Role::Spare && !worker.doomed);
            let spare = spare.map(|(&number, _)| number);
            match self.start_worker(spare, generation, start, hang_limit) {
                Ok(()) => {
                    self.respawns.swap_remove(at);
                }
                Err(error) => {
                    self.log.error(&ServerError::Spawn(error).to_string());
                    self.respawns[at] = now + BACKOFF_MAX;
                }
            }
        }
    }

    fn top_up_spares(&mut self, now: Instant) {
        if self.current.is_none()
            || self.pending.is_some()
            || self.stopping.is_some()
            || now < self.spare_due
        {
            return;
        }
        let spares = self
            .workers
            .values()
            .filter(|worker| worker.role == Role::Spare)
            .count();
        for _ in spares..self.settings.spare_workers {
            if self.spawn().is_err() {
                // A reload will say so if it still cannot be done then.
                self.spare_due = now + BACKOFF_MAX;
                return;
            }
        }
    }
}

fn describe(status: &io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => match (status.signal(), status.code()) {
            (Some(signal), _) => format!("was ended by signal {signal}"),
            (None, Some(code)) => format!("exited with code {code}"),
            (None, None) => "ended".to_owned(),
        },
        Err(error) => format!("was lost track of ({error})"),
    }
}
