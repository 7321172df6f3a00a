//! Requests that wait although nothing of their own is pending.
//!
//! Such a request can be answered only by another one: a promise that both know may settle during the other's turn. As
//! the engine does not tell which promise a request waits for, it is given the benefit of the doubt for as long as one of
//! the requests lives that were at work when it fell idle. With no such request it has hung, and fails at once.
//!
//! The other way round, a promise of a request that ended will never settle. When a request falls idle, such promises are
//! rejected first, in its turn: it may be one of them that it waits for.

use super::realm::Realm;
use super::request::RequestContext;
use quire_jsc::{Arg, Deferred};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::time::Duration;

/// An idle request gets no more time than this, however long others live.
const IDLE_MAX: Duration = Duration::from_secs(100);

/// How many promises of ended requests are remembered.
const ABANDONED_MAX: usize = 64;

/// See the module's text.
#[derive(Default)]
pub(crate) struct Idle {
    waiting: RefCell<Vec<Waiting>>,
    abandoned: RefCell<VecDeque<Deferred>>,
    reviewing: Cell<bool>,
    /// Requests that are over but for what others may have started in their turn.
    lingering: RefCell<Vec<Weak<RequestContext>>>,
}

impl Idle {
    pub(super) fn add_lingering(&self, request: &Rc<RequestContext>) {
        let mut lingering = self.lingering.borrow_mut();
        if !lingering
            .iter()
            .any(|known| known.ptr_eq(&Rc::downgrade(request)))
        {
            lingering.push(Rc::downgrade(request));
        }
    }
}

/// An idle request, and the requests that may wake it.
struct Waiting {
    request: Weak<RequestContext>,
    others: Vec<u64>,
}

impl Realm {
    /// Called when nothing of an unanswered request is pending.
    pub(super) fn fell_idle(self: &Rc<Self>, request: &Rc<RequestContext>) {
        let id = request.id();
        let mut waiting = self.idle.waiting.borrow_mut();
        if waiting.iter().any(|idle| idle.is(request)) {
            return;
        }
        let others: Vec<u64> = (self.requests().borrow().values())
            .filter(|other| other.id() != id && other.is_at_work())
            .map(|other| other.id())
            .collect();
        if others.is_empty() {
            drop(waiting);
            return self.hung(request);
        }
        waiting.push(Waiting {
            request: Rc::downgrade(request),
            others,
        });
        let (realm, request) = (Rc::downgrade(self), Rc::downgrade(request));
        tokio::task::spawn_local(async move {
            // Not before: JavaScript may be running for another request.
            if let (Some(realm), Some(request)) = (realm.upgrade(), request.upgrade()) {
                realm.reject_abandoned(&request);
            }
            tokio::time::sleep(IDLE_MAX).await;
            if let (Some(realm), Some(request)) = (realm.upgrade(), request.upgrade())
                && request.is_idle()
            {
                realm.hung(&request);
            }
        });
    }

    /// Looks at the idle requests again, as some request came to rest, was answered or ended.
    pub(super) fn review_idle(self: &Rc<Self>) {
        let nobody =
            self.idle.waiting.borrow().is_empty() && self.idle.lingering.borrow().is_empty();
        if nobody || self.idle.reviewing.replace(true) {
            return;
        }
        let realm = self.clone();
        // Not at once: this is called while JavaScript runs, or a task is dropped.
        tokio::task::spawn_local(async move {
            realm.idle.reviewing.set(false);
            let mut hung = Vec::new();
            realm.idle.waiting.borrow_mut().retain(|waiting| {
                let Some(request) = waiting.request.upgrade() else {
                    return false;
                };
                if !request.is_idle() {
                    return false;
                }
                let awaited = waiting.others.iter().any(|other| {
                    realm
                        .request(*other)
                        .is_some_and(|other| other.is_at_work())
                });
                if !awaited {
                    hung.push(request);
                }
                awaited
            });
            for request in hung {
                realm.hung(&request);
            }
            for request in realm.idle.lingering.take() {
                if let Some(request) = request.upgrade() {
                    request.end_if_idle();
                }
            }
        });
    }

    /// Whether some unanswered request may still be woken by this one, or go on with what it started in this one's turn.
    pub(super) fn is_awaited(&self, request: &RequestContext) -> bool {
        let requests = self.requests().borrow();
        requests
            .values()
            .any(|other| other.id() != request.id() && !other.is_answered())
    }

    fn hung(self: &Rc<Self>, request: &Rc<RequestContext>) {
        self.idle
            .waiting
            .borrow_mut()
            .retain(|waiting| !waiting.is(request));
        if !self.reject_abandoned(request) {
            request.fail_hung();
        }
    }

    /// Rejects what can never settle, in the turn of an idle request. Whether there was anything.
    fn reject_abandoned(self: &Rc<Self>, request: &Rc<RequestContext>) -> bool {
        if !request.is_idle() || self.idle.abandoned.borrow().is_empty() {
            return false;
        }
        let abandoned = self.idle.abandoned.take();
        self.enter(Some(request.clone()), |realm| {
            let error = realm.context().error(
                "This promise was created by a request that has since ended, so it can never settle. A promise for I/O \
                 belongs to the request that started it; others can wait for it only as long as that is under way.",
            );
            let reject = realm.internal("rejectAbandoned")?;
            for deferred in abandoned {
                reject.call_and_forget(
                    None,
                    [Arg::Value(deferred.rejecting()), Arg::Value(error.value())],
                )?;
            }
            Ok(())
        });
        true
    }
}

impl Waiting {
    fn is(&self, request: &Rc<RequestContext>) -> bool {
        std::ptr::eq(self.request.as_ptr(), Rc::as_ptr(request))
    }
}

/// A promise whose work may be dropped before it is done.
pub(super) struct Unsettled {
    realm: Weak<Realm>,
    deferred: Option<Deferred>,
}

impl Unsettled {
    pub(super) fn new(realm: &Rc<Realm>, deferred: Deferred) -> Self {
        Self {
            realm: Rc::downgrade(realm),
            deferred: Some(deferred),
        }
    }

    /// The work is done.
    pub(super) fn settle(mut self) -> Option<Deferred> {
        self.deferred.take()
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        let (Some(deferred), Some(realm)) = (self.deferred.take(), self.realm.upgrade()) else {
            return;
        };
        let mut abandoned = realm.idle.abandoned.borrow_mut();
        if abandoned.len() == ABANDONED_MAX {
            abandoned.pop_front();
        }
        abandoned.push_back(deferred);
    }
}
