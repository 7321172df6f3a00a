//! What workers that serve are told beyond their deployment.

use super::super::frame;
use super::Fleet;
use super::member::Role;
use crate::control::{Frame, ToWorker};

/// What workers that serve know beyond their deployment, as it was told last.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) build: Option<Frame>,
    pub(super) upstream: Option<Frame>,
    pub(super) identity: Option<Frame>,
    pub(super) change: Option<Frame>,
    pub(super) watch: Option<Frame>,
}

impl Notes {
    pub(super) fn frames(&self) -> impl Iterator<Item = Frame> {
        let about_pages = [&self.build, &self.upstream, &self.change];
        let others = [&self.identity, &self.watch];
        about_pages.into_iter().chain(others).flatten().cloned()
    }
}

impl Fleet {
    pub(super) fn pages_changed(&mut self) {
        self.last_change += 1;
        self.note(&ToWorker::Change(self.last_change), |notes| {
            &mut notes.change
        });
    }

    /// Tells the workers that serve, and those that will.
    pub(super) fn note(
        &mut self,
        message: &ToWorker,
        place: impl Fn(&mut Notes) -> &mut Option<Frame>,
    ) {
        let Ok(frame) = frame(message) else { return };
        self.tell_serving(&frame);
        *place(&mut self.notes) = Some(frame);
    }

    pub(super) fn tell_serving(&self, frame: &Frame) {
        let serving = self.workers.values();
        for worker in serving.filter(|worker| worker.role == Role::Serving) {
            worker.process.send(frame.clone());
        }
    }
}
