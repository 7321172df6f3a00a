//! The life of one request inside the runtime: what it has pending, what it owns, how it ends.
//!
//! A request lives until its response is wholly sent (or its client is gone) and whatever it gave to
//! `waitUntil` has settled, or the time for that is over. Then its tasks are dropped and its
//! bodies closed.

mod residency;

pub(crate) use residency::Resident;

use super::bodies::BodyTable;
use super::client::Client;
use super::error::OpError;
use super::fetcher::Called;
use super::outcome::{Failure, FailureKind, Outcome};
use super::realm::Realm;
use super::request_log::{Logged, RequestLog};
use super::resources::ResourceTable;
use quire_jsc::{Exception, Value};
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::task::AbortHandle;

/// How long work given to `waitUntil` may go on after the response, as on the original.
const WAIT_UNTIL_MAX: Duration = Duration::from_secs(30);

/// One request, from its arrival to the end of everything it started.
pub(crate) struct RequestContext {
    id: u64,
    realm: Weak<Realm>,
    this: Weak<RequestContext>,
    /// `None` if another program called.
    client: Option<Client>,
    /// How many programs called each other before this request.
    depth: u32,
    head: RefCell<Option<http::request::Parts>>,
    pub(crate) bodies: BodyTable,
    pub(crate) resources: ResourceTable,
    respond: Cell<Option<oneshot::Sender<Outcome>>>,
    /// Operations under way; with none and no response the request can never be answered.
    pending: Cell<u32>,
    /// Those of them that were started in the first entry: its own beyond doubt.
    own_pending: Cell<u32>,
    /// Whether the first entry is over.
    dispatched: Cell<bool>,
    /// Promises given to `waitUntil` that have not settled.
    waiting: Cell<u32>,
    /// Whether the response, or the wait for it, is still of interest to anybody.
    client_listening: Cell<bool>,
    tasks: RefCell<FxHashMap<u64, AbortHandle>>,
    /// Exchanges that the program may abort, by the numbers it was given.
    aborts: RefCell<FxHashMap<u64, oneshot::Sender<()>>>,
    ended: Cell<bool>,
    /// Processor time used so far.
    spent: Cell<Duration>,
    subrequests: Cell<u64>,
    /// Called when the client goes away before it has the whole response.
    departure: Cell<Option<Value>>,
    /// Notified when the request was answered and nothing of it is pending any more.
    came_to_rest: Notify,
    /// Tasks that wait for the program, and so do not count as pending.
    paused: Cell<u32>,
    /// How often nothing seemed to be pending since that was last looked into.
    looks: Cell<u64>,
    /// Who gathers what is logged on behalf of it.
    request_log: RefCell<Option<Logged>>,
    /// Whose context this is, if not that of one request.
    resident: OnceCell<Weak<dyn Resident>>,
}

impl RequestContext {
    /// A request that arrived, from a client or, if there is none, from another program. The receiver gets its outcome.
    pub(crate) fn arrived(
        realm: &Rc<Realm>,
        mut head: http::request::Parts,
        client: Option<Client>,
    ) -> (Rc<Self>, oneshot::Receiver<Outcome>) {
        let (respond, outcome) = oneshot::channel();
        let depth = head
            .extensions
            .get::<Called>()
            .map_or(0, |called| called.depth);
        let request_log = head.extensions.remove::<Logged>();
        let request = Self::new(realm, Some(head), client, depth, Some(respond));
        request.request_log.replace(request_log);
        realm
            .requests()
            .borrow_mut()
            .insert(request.id, request.clone());
        (request, outcome)
    }

    /// Calls of another program, which arrive in a session.
    pub(crate) fn called(realm: &Rc<Realm>, depth: u32) -> Rc<Self> {
        let request = Self::new(realm, None, None, depth, None);
        realm
            .requests()
            .borrow_mut()
            .insert(request.id, request.clone());
        request
    }

    /// Calls are under way: the receiver learns if they will never be answered.
    pub(crate) fn expect_outcome(&self) -> oneshot::Receiver<Outcome> {
        let (respond, outcome) = oneshot::channel();
        self.respond.set(Some(respond));
        outcome
    }

    /// No calls are under way.
    pub(crate) fn rest(&self) {
        self.respond.set(None);
        self.after_entry();
    }

    /// Work that no client waits for, such as a test.
    #[cfg(test)]
    pub(crate) fn detached(realm: &Rc<Realm>) -> Rc<Self> {
        Self::new(realm, None, None, 0, None)
    }

    fn new(
        realm: &Rc<Realm>,
        head: Option<http::request::Parts>,
        client: Option<Client>,
        depth: u32,
        respond: Option<oneshot::Sender<Outcome>>,
    ) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            id: realm.next_id(),
            realm: Rc::downgrade(realm),
            this: this.clone(),
            client,
            depth,
            head: RefCell::new(head),
            bodies: BodyTable::default(),
            resources: ResourceTable::default(),
            respond: Cell::new(respond),
            pending: Cell::new(0),
            own_pending: Cell::new(0),
            dispatched: Cell::new(false),
            waiting: Cell::new(0),
            client_listening: Cell::new(true),
            tasks: RefCell::default(),
            aborts: RefCell::default(),
            ended: Cell::new(false),
            spent: Cell::default(),
            subrequests: Cell::default(),
            departure: Cell::default(),
            came_to_rest: Notify::new(),
            paused: Cell::new(0),
            looks: Cell::new(0),
            request_log: RefCell::default(),
            resident: OnceCell::new(),
        })
    }

    /// A new event: what the ones before used does not count for it.
    pub(crate) fn renew_limits(&self) {
        self.renew_processor_time();
        self.subrequests.set(0);
    }

    /// Whether promises given to `waitUntil` have not settled.
    pub(crate) fn is_awaited_until(&self) -> bool {
        self.waiting.get() > 0
    }

    /// The number by which JavaScript names this request.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Who gathers what is logged on behalf of it.
    pub(crate) fn request_log(&self) -> Option<Arc<dyn RequestLog>> {
        let log = self.request_log.borrow();
        log.as_ref().map(|Logged(log)| log.clone())
    }

    /// How many operations are under way.
    pub(crate) fn pending(&self) -> u32 {
        self.pending.get()
    }

    /// Reads the head of the request, unless it has none. There is no client if another program called.
    pub(crate) fn with_head<R>(
        &self,
        read: impl FnOnce(&http::request::Parts, Option<Client>) -> R,
    ) -> Option<R> {
        let head = self.head.borrow();
        Some(read(head.as_ref()?, self.client))
    }

    /// Whether another program waits for the answer, rather than a client.
    pub(crate) fn is_call(&self) -> bool {
        self.client.is_none()
    }

    /// How many programs called each other before this request.
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// The request stays for long: keeps of its head what it says, and not the buffer in which it arrived.
    pub(crate) fn compact_head(&self) {
        let mut head = self.head.borrow_mut();
        let Some(head) = head.as_mut() else {
            return;
        };
        let mut headers = http::HeaderMap::with_capacity(head.headers.len());
        for (name, value) in &head.headers {
            if let Ok(value) = http::HeaderValue::from_bytes(value.as_bytes()) {
                headers.append(name.clone(), value);
            }
        }
        head.headers = headers;
        if let Ok(uri) = head.uri.to_string().parse() {
            head.uri = uri;
        }
    }

    /// Runs a task that counts as pending and is dropped with the request. The number is for
    /// [`abort_task`](Self::abort_task).
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) -> u64 {
        let (Some(this), Some(realm)) = (self.this.upgrade(), self.realm.upgrade()) else {
            return 0;
        };
        if self.ended.get() {
            return 0;
        }
        let number = realm.next_id();
        self.pending.set(self.pending.get() + 1);
        // Settles the account when the task finishes or is dropped, be it before its first turn.
        let account = PendingTask {
            request: this,
            number,
            own: !self.dispatched.get(),
        };
        if account.own {
            self.own_pending.set(self.own_pending.get() + 1);
        }
        let handle = tokio::task::spawn_local(async move {
            let _account = account;
            task.await;
        });
        self.tasks
            .borrow_mut()
            .insert(number, handle.abort_handle());
        number
    }

    /// Runs a task that is dropped with the request and does not count as pending: what it waits for may never come.
    pub(crate) fn spawn_uncounted(&self, task: impl Future<Output = ()> + 'static) {
        let (Some(this), Some(realm)) = (self.this.upgrade(), self.realm.upgrade()) else {
            return;
        };
        if self.ended.get() {
            return;
        }
        let number = realm.next_id();
        let handle = tokio::task::spawn_local(async move {
            task.await;
            this.tasks.borrow_mut().remove(&number);
        });
        self.tasks
            .borrow_mut()
            .insert(number, handle.abort_handle());
    }

    /// Counts as pending until it is dropped.
    pub(crate) fn hold(self: &Rc<Self>) -> Hold {
        self.pending.set(self.pending.get() + 1);
        Hold(self.clone())
    }

    /// Waits, within a task that counts as pending, for something that only the program's own code can bring about: meanwhile the task
    /// does not count. `None` if the request was answered and came to rest before; one that was not fails.
    pub(crate) async fn wait_for_program<R>(
        self: &Rc<Self>,
        event: impl Future<Output = R>,
    ) -> Option<R> {
        let mut event = std::pin::pin!(event);
        if let Poll::Ready(result) = futures_util::poll!(event.as_mut()) {
            return Some(result);
        }
        let mut rest = std::pin::pin!(self.came_to_rest.notified());
        rest.as_mut().enable();
        let _pause = Pause::new(self.clone());
        tokio::select! {
            biased;
            result = &mut event => Some(result),
            () = rest => None,
        }
    }

    /// Stops a task early; gives whether there was one.
    pub(crate) fn abort_task(&self, number: u64) -> bool {
        let task = self.tasks.borrow_mut().remove(&number);
        if let Some(handle) = &task {
            handle.abort();
        }
        task.is_some()
    }

    /// What an exchange waits on to learn that the program aborted it.
    pub(crate) fn abortable(&self, number: u64) -> oneshot::Receiver<()> {
        let (abort, aborted) = oneshot::channel();
        self.aborts.borrow_mut().insert(number, abort);
        aborted
    }

    /// Aborts an exchange.
    pub(crate) fn abort(&self, number: u64) {
        if let Some(abort) = self.aborts.borrow_mut().remove(&number) {
            // An exchange that is over does not listen any more.
            let _ = abort.send(());
        }
    }

    /// An entry is over: the next may be another request's as well.
    pub(super) fn entered(&self) {
        self.dispatched.set(true);
    }

    /// Called after each entry into the engine for this request, when all promise jobs have run.
    /// With nothing pending, nothing will ever run again for it.
    pub(crate) fn after_entry(&self) {
        if self.ended.get() || (self.pending.get() > 0 && !self.is_resident()) {
            return;
        }
        let is_running = (self.realm.upgrade()).is_some_and(|realm| realm.current_id() == self.id);
        if is_running {
            // Something came to its end while JavaScript runs for the request; this is called again after that.
            return;
        }
        if let Some(resident) = self.resident.get() {
            if let Some(resident) = resident.upgrade() {
                resident.turn_ended();
            }
            return;
        }
        if self.paused.get() == 0 {
            return self.nothing_is_pending();
        }
        // What just ran may have brought about what a paused task waits for. Such a task is woken but has yet to run, and may
        // wake the next one.
        let looks = self.looks.get();
        self.looks.set(looks + 1);
        if looks > 0 {
            return;
        }
        if let Some(this) = self.this.upgrade() {
            tokio::task::spawn_local(async move {
                let mut seen = 0;
                while seen != this.looks.get() {
                    seen = this.looks.get();
                    tokio::task::yield_now().await;
                }
                this.looks.set(0);
                if this.pending.get() == 0 && !this.ended.get() {
                    this.nothing_is_pending();
                }
            });
        }
    }

    /// Nothing will ever run again for the request, unless another one brings it about.
    fn nothing_is_pending(&self) {
        if self.is_answered() {
            self.bodies.cut_sinks();
            self.came_to_rest.notify_waiters();
            self.end_if_idle();
            self.review_idle();
        } else if let (Some(this), Some(realm)) = (self.this.upgrade(), self.realm.upgrade()) {
            realm.fell_idle(&this);
            realm.review_idle();
        }
    }

    /// Nothing will ever answer the request.
    pub(super) fn fail_hung(&self) {
        self.fail(Failure::new(
            FailureKind::Hung,
            "The Workers runtime canceled this request because it detected that your Worker's code had hung \
             and would never generate a response. Refer to: \
             https://developers.cloudflare.com/workers/observability/errors/",
        ));
    }

    /// Whether it may still do something that others learn of.
    pub(super) fn is_at_work(&self) -> bool {
        self.pending.get() > 0 && !self.ended.get() && !self.is_resident()
    }

    /// Whether it waits for an answer with nothing of its own pending.
    pub(super) fn is_idle(&self) -> bool {
        self.pending.get() == 0 && !self.ended.get() && !self.is_answered()
    }

    /// Processor time used so far.
    pub(super) fn spent(&self) -> Duration {
        self.spent.get()
    }

    /// Adds to the processor time used; gives the sum.
    pub(super) fn charge(&self, time: Duration) -> Duration {
        let spent = self.spent.get() + time;
        self.spent.set(spent);
        spent
    }

    /// Counts processor time anew: an open WebSocket would use up any sum in the course of a day.
    pub(crate) fn renew_processor_time(&self) {
        self.spent.set(Duration::ZERO);
    }

    /// Counts a request to elsewhere, which every `fetch`, each redirect that it follows and each operation of a binding is.
    pub(crate) fn charge_subrequest(&self) -> Result<(), OpError> {
        let count = self.subrequests.get() + 1;
        self.subrequests.set(count);
        let limit = self
            .realm
            .upgrade()
            .and_then(|realm| realm.limits().subrequests);
        match limit {
            Some(limit) if count > limit => Err(OpError::Error("Too many subrequests.".into())),
            _ => Ok(()),
        }
    }

    fn review_idle(&self) {
        if let Some(realm) = self.realm.upgrade() {
            realm.review_idle();
        }
    }

    /// The request used more processor time than it may. If it had been answered, its body is cut off.
    pub(crate) fn over_time_limit(&self) {
        const MESSAGE: &str = "Worker exceeded CPU time limit.";
        if let Some(resident) = self.resident.get() {
            if let Some(resident) = resident.upgrade() {
                resident.over_time_limit();
            }
            return;
        }
        if let Some(realm) = self.realm.upgrade()
            && self.is_answered()
            && !self.ended.get()
        {
            realm.log("error", MESSAGE);
        }
        self.fail(Failure::new(FailureKind::TimeLimit, MESSAGE));
        self.end();
    }

    pub(super) fn is_answered(&self) -> bool {
        let respond = self.respond.take();
        let answered = respond.is_none();
        self.respond.set(respond);
        answered
    }

    /// Gives the request its outcome; the first one counts.
    pub(crate) fn finish(&self, outcome: Outcome) {
        if let Some(respond) = self.respond.take() {
            // Nobody receives it when the client has gone, which `client_gone` deals with.
            let _ = respond.send(outcome);
            if let Some(realm) = self.realm.upgrade() {
                realm.review_idle();
            }
        }
    }

    /// Fails the request, if it has no outcome yet.
    pub(crate) fn fail(&self, failure: Failure) {
        self.finish(Err(failure));
    }

    /// A promise was given to `waitUntil`.
    pub(crate) fn begin_wait(&self) {
        self.waiting.set(self.waiting.get() + 1);
    }

    /// A promise given to `waitUntil` settled.
    pub(crate) fn end_wait(&self) {
        self.waiting.set(self.waiting.get().saturating_sub(1));
        self.end_if_idle();
    }

    /// Sets the function to call when the client goes away before it has the whole response.
    pub(crate) fn on_departure(&self, function: Value) {
        self.departure.set(Some(function));
    }

    /// The response was wholly sent, or failed, or its client went away (`left`) before that.
    pub(crate) fn client_done(&self, left: bool) {
        if !self.client_listening.replace(false) {
            return;
        }
        self.respond.set(None);
        let mut concerned = self.bodies.take_orphans();
        concerned.extend(self.departure.take().filter(|_| left));
        match (self.this.upgrade(), self.realm.upgrade()) {
            // Not at once: this may be called while JavaScript runs.
            (Some(this), Some(realm)) if !concerned.is_empty() => {
                tokio::task::spawn_local(async move {
                    realm.enter(Some(this.clone()), |_| tell(&concerned));
                    this.end_soon();
                });
            }
            _ => self.end_soon(),
        }
    }

    /// Ends the request when what was given to `waitUntil` is done, or its time is over.
    fn end_soon(&self) {
        self.end_if_idle();
        if self.ended.get() {
            return;
        }
        let Some(this) = self.this.upgrade() else {
            return;
        };
        tokio::task::spawn_local(async move {
            tokio::time::sleep(WAIT_UNTIL_MAX).await;
            if this.ended.get() {
                return;
            }
            if let Some(realm) = this.realm.upgrade()
                && this.waiting.get() > 0
            {
                realm.log(
                    "warn",
                    "waitUntil() tasks did not complete within the allowed time after the response, and have been cancelled",
                );
            }
            this.end();
        });
    }

    pub(super) fn end_if_idle(&self) {
        if self.client_listening.get() || self.waiting.get() > 0 || self.ended.get() {
            return;
        }
        // What another request started in this one's turn is charged to this one, and ends with it: not while there is
        // such a request. Another one goes on in this one's turn only after it waited for something that this one
        // does, so what was started in the first entry is this one's own.
        let lingers = self.pending.get() > self.own_pending.get()
            && self
                .realm
                .upgrade()
                .is_some_and(|realm| realm.is_awaited(self));
        if !lingers {
            return self.end();
        }
        if let (Some(this), Some(realm)) = (self.this.upgrade(), self.realm.upgrade()) {
            realm.idle.add_lingering(&this);
        }
    }

    fn end(&self) {
        if self.ended.replace(true) {
            return;
        }
        for (_, task) in self.tasks.take() {
            task.abort();
        }
        self.aborts.take();
        self.departure.take();
        self.bodies.clear();
        self.resources.clear();
        self.request_log.take();
        if let Some(realm) = self.realm.upgrade() {
            if let (Some(head), Some(client)) = (self.head.take(), self.client) {
                realm.recent_heads.keep(self.id, head, client);
            }
            realm.requests().borrow_mut().remove(&self.id);
            realm.review_idle();
        }
    }
}

/// Calls these functions; the first error is kept.
fn tell(functions: &[Value]) -> Result<(), Exception> {
    let mut result = Ok(());
    for function in functions {
        result = result.and(function.call_and_forget(None, []));
    }
    result
}

/// While this lives, a task does not count as pending.
struct Pause(Rc<RequestContext>);

impl Pause {
    fn new(request: Rc<RequestContext>) -> Self {
        request.paused.set(request.paused.get() + 1);
        request.pending.set(request.pending.get() - 1);
        request.after_entry();
        Self(request)
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.0.paused.set(self.0.paused.get() - 1);
        self.0.pending.set(self.0.pending.get() + 1);
    }
}

/// Something that a request waits for outside of any task of its own.
pub(crate) struct Hold(Rc<RequestContext>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.pending.set(self.0.pending.get() - 1);
        self.0.after_entry();
    }
}

struct PendingTask {
    request: Rc<RequestContext>,
    number: u64,
    own: bool,
}

impl Drop for PendingTask {
    fn drop(&mut self) {
        let request = &self.request;
        request.pending.set(request.pending.get() - 1);
        if self.own {
            request.own_pending.set(request.own_pending.get() - 1);
        }
        request.tasks.borrow_mut().remove(&self.number);
        request.after_entry();
    }
}
