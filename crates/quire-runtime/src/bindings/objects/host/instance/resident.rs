//! What the object's context asks of it: what leaves it waits until what was written is durable, and what comes back to it for
//! critical sections.

use super::super::unusable;
use super::{Instance, stopped};
use crate::core::error::OpError;
use crate::core::outcome::{Failure, FailureKind};
use crate::core::request::Resident;
use futures_util::future::LocalBoxFuture;
use std::rc::Rc;
use tokio::time::Instant;

impl Instance {
    /// Sends what waited for the state to be durable.
    async fn send_held(self: Rc<Self>) {
        loop {
            let waiting = self.outbox.borrow().len();
            if self.gate().await.is_err() {
                self.outbox.take();
                return;
            }
            for _ in 0..waiting {
                // Still in the queue while it is sent, so that nothing overtakes it.
                let send = self.outbox.borrow_mut().pop_front();
                if let Some(send) = send {
                    send();
                }
            }
            if self.outbox.borrow().is_empty() {
                return;
            }
        }
    }

    /// Waits until everything that was written is durable. If that fails, the object is reset.
    pub(super) async fn gate(&self) -> Result<(), Failure> {
        let durable = self.storage.get().and_then(|storage| storage.durable());
        let Some(durable) = durable else {
            return Ok(());
        };
        durable.await.map_err(|error| {
            self.end(&unusable(&error));
            self.ended.get().cloned().unwrap_or_else(stopped)
        })
    }
}

impl Resident for Instance {
    fn turn_ended(&self) {
        self.active.set(Instant::now());
        if let Some(failure) = self.storage.get().and_then(|storage| storage.failure()) {
            self.end(&unusable(&failure));
        }
    }

    fn durable(&self) -> Option<LocalBoxFuture<'static, Result<(), OpError>>> {
        if self.storage.get()?.is_durable() {
            return None;
        }
        let this = self.this.upgrade()?;
        Some(Box::pin(async move {
            this.gate()
                .await
                .map_err(|failure| OpError::Error(failure.message))
        }))
    }

    fn section(&self) -> u64 {
        self.sections.current()
    }

    fn admission(&self, section: u64) -> Option<LocalBoxFuture<'static, ()>> {
        Some(Box::pin(self.sections.admission(section)?))
    }

    fn hold(&self, send: &mut dyn FnMut() -> Box<dyn FnOnce()>) -> bool {
        let is_pending = self
            .storage
            .get()
            .is_some_and(|storage| !storage.is_durable());
        let mut outbox = self.outbox.borrow_mut();
        if !is_pending && outbox.is_empty() {
            return false;
        }
        outbox.push_back(send());
        if outbox.len() == 1
            && let Some(this) = self.this.upgrade()
        {
            tokio::task::spawn_local(this.send_held());
        }
        true
    }

    fn over_time_limit(&self) {
        let mut failure = Failure::new(
            FailureKind::TimeLimit,
            "Durable Object exceeded its CPU time limit and was reset.",
        );
        failure.flags.overloaded = true;
        failure.flags.reset = true;
        self.end(&failure);
    }
}
