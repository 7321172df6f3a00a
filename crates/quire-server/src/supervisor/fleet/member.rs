//! One worker of the fleet: its process, what it is there for, and what is known of it.

use std::time::Duration;

use tokio::time::Instant;

use super::super::frame;
use super::super::process::WorkerProcess;
use crate::control::{Frame, Load, ToWorker};

/// What a worker gets beyond its own limit to end by itself.
const DRAIN_MARGIN: Duration = Duration::from_secs(1);

/// What a worker is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// For the next generation, whichever.
    Spare,
    /// Was given a deployment.
    Starting,
    /// Is ready and waits for the rest of its generation.
    Standby,
    Serving,
    Draining,
}

#[derive(Debug)]
pub(super) struct Worker {
    pub(super) process: WorkerProcess,
    pub(super) role: Role,
    pub(super) generation: u64,
    /// Which of its generation's workers it is.
    pub(super) slot: u32,
    pub(super) hang_limit: Duration,
    pub(super) spawned: Instant,
    pub(super) heard: Instant,
    /// What it last said that it has to do.
    pub(super) load: Load,
    pub(super) drain_until: Option<Instant>,
    /// It was killed, and why has been told.
    pub(super) doomed: bool,
}

impl Worker {
    /// Tells it what it is to know, and to take connections.
    pub(super) fn accept(&mut self, notes: impl Iterator<Item = Frame>) {
        self.role = Role::Serving;
        notes.for_each(|note| self.process.send(note));
        if let Ok(frame) = frame(&ToWorker::Accept) {
            self.process.send(frame);
        }
    }

    pub(super) fn drain(&mut self, limit: Duration, now: Instant) {
        self.role = Role::Draining;
        self.drain_until = Some(now + limit + DRAIN_MARGIN);
        let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        if let Ok(frame) = frame(&ToWorker::Drain { limit_ms }) {
            self.process.send(frame);
        }
    }

    pub(super) fn kill(&mut self) {
        self.doomed = true;
        self.process.kill();
    }
}
