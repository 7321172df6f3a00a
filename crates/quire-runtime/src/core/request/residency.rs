//! Contexts that outlive requests: what happens to a live Durable Object happens in one of them.

use super::RequestContext;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use futures_util::future::LocalBoxFuture;
use std::rc::{Rc, Weak};

/// What outlives single requests and does its work in a context of its own, such as a live Durable Object.
pub(crate) trait Resident {
    /// An entry into the engine on its behalf is over, and all promise jobs have run.
    fn turn_ended(&self);
    /// It used more processor time than it may for one event.
    fn over_time_limit(&self);
    /// Waits until everything it has written is durable; `None` if it is. Nothing leaves it before.
    fn durable(&self) -> Option<LocalBoxFuture<'static, Result<(), OpError>>>;
    /// Which critical section of it runs; 0 for none. Nested and later ones have greater numbers.
    fn section(&self) -> u64;
    /// Waits until what began in that section may go on; `None` if it may.
    fn admission(&self, section: u64) -> Option<LocalBoxFuture<'static, ()>>;
    /// Sends something once everything written before is durable, in the order of the calls. `false` if that is so now.
    fn hold(&self, send: &mut dyn FnMut() -> Box<dyn FnOnce()>) -> bool;
}

impl RequestContext {
    /// The context of something that outlives requests. It lasts until [`dismiss`](Self::dismiss).
    pub(crate) fn resident(realm: &Rc<Realm>, resident: Weak<dyn Resident>) -> Rc<Self> {
        let context = Self::new(realm, None, None, 0, None);
        if context.resident.set(resident).is_err() {
            unreachable!("the context was made a moment ago");
        }
        realm
            .requests()
            .borrow_mut()
            .insert(context.id, context.clone());
        context
    }

    /// Whether this is the context of something that outlives requests.
    pub(crate) fn is_resident(&self) -> bool {
        self.resident.get().is_some()
    }

    pub(super) fn resident_itself(&self) -> Option<Rc<dyn Resident>> {
        self.resident.get()?.upgrade()
    }

    /// The critical section that what begins now is a part of, for [`admitted`](Self::admitted).
    pub(crate) fn section(&self) -> u64 {
        self.resident_itself()
            .map_or(0, |resident| resident.section())
    }

    /// Ready when what began in that section may enter the engine.
    pub(crate) async fn admitted(&self, section: u64) {
        let resident = self.resident_itself();
        if let Some(admission) = resident.and_then(|resident| resident.admission(section)) {
            admission.await;
        }
    }

    /// Ready when what leaves the program may leave it.
    pub(crate) async fn outgoing(&self) -> Result<(), OpError> {
        let resident = self.resident_itself();
        match resident.and_then(|resident| resident.durable()) {
            Some(durable) => durable.await,
            None => Ok(()),
        }
    }

    /// Sends something when it may leave the program: at once, as a rule.
    pub(crate) fn send(&self, send: impl FnOnce() + 'static) {
        let mut send = Some(send);
        let Some(resident) = self.resident_itself() else {
            return send.into_iter().for_each(|send| send());
        };
        let mut take = || {
            let send = send.take();
            Box::new(move || send.into_iter().for_each(|send| send())) as Box<dyn FnOnce()>
        };
        if !resident.hold(&mut take) {
            take()();
        }
    }

    /// Ends the context of a resident: drops its tasks, bodies and resources.
    pub(crate) fn dismiss(&self) {
        self.end();
    }
}
