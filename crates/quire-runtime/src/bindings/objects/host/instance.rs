//! One live object: its context, the events that wait for it, how it ends.
//!
//! All that the program does for an object happens in one context that lasts as long as the instance, so that its events may
//! share sockets, bodies and promises. Events are begun one by one, each in a turn of its own, while nothing blocks them.

use super::super::Target;
use super::alarms::{RETRIES_MAX, now, retry_time};
use super::sockets::Sockets;
use super::{Address, Objects, unusable};
use crate::bindings::storage::{self, Storage};
use crate::core::body::Body;
use crate::core::error::OpError;
use crate::core::event::Arrived;
use crate::core::fetcher::Called;
use crate::core::outcome::{Failure, FailureKind, Flags, Outcome};
use crate::core::realm::Realm;
use crate::core::request::{RequestContext, Resident};
use crate::core::session::{self, Pipe};
use crate::web::websocket::{Close, Message};
use futures_util::future::LocalBoxFuture;
use http_body::Body as _;
use quire_jsc::{Arg, Exception, Value};
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Sessions after which those that have ended are looked for.
const SESSIONS_BEFORE_SWEEP: usize = 1024;

/// How long an object may be idle before it is ended, as on the original.
const IDLE_MAX: Duration = Duration::from_secs(10);

/// How long `blockConcurrencyWhile` may take.
const BLOCKED_MAX: Duration = Duration::from_secs(30);

/// Events begun before other tasks of the worker have a turn.
const EVENTS_IN_A_ROW: usize = 16;

/// What `message` of host.js is told.
const TEXT: f64 = 0.0;
const BINARY: f64 = 1.0;
const CLOSE: f64 = 2.0;
const LOST: f64 = 3.0;

/// Something that an object is to deal with.
#[expect(
    clippy::large_enum_variant,
    reason = "most events are requests, and few wait at a time"
)]
enum Event {
    Fetch(http::Request<Body>, oneshot::Sender<Outcome>),
    Session(Pipe),
    /// Something arrived on a socket of that number.
    Socket(u64, Message, oneshot::Sender<()>),
    /// Its alarm may be due.
    Alarm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The class was not constructed yet.
    New,
    Live,
    Ended,
}

/// An instance among the resources of its context, under the context's own number.
struct Itself(Weak<Instance>);

pub(super) struct Instance {
    objects: Weak<Objects>,
    realm: Rc<Realm>,
    context: Rc<RequestContext>,
    target: Target,
    /// What the object knows as its name.
    name: RefCell<Option<String>>,
    phase: Cell<Phase>,
    sockets: Rc<Sockets>,
    /// Its state, once it was opened. Without a folder for data there is none.
    storage: OnceCell<Rc<Storage>>,
    /// What waits for the state to be durable.
    outbox: RefCell<VecDeque<Box<dyn FnOnce()>>>,
    /// The other ends of sessions, to be told why they end.
    sessions: RefCell<Vec<UnboundedSender<Vec<u8>>>>,
    queue: RefCell<VecDeque<Event>>,
    /// Requests that the object has not answered.
    running: RefCell<FxHashMap<u64, Rc<RequestContext>>>,
    /// How often the alarm's handler that runs failed before.
    alarm_retries: Cell<Option<u32>>,
    /// How many `blockConcurrencyWhile` are under way.
    blocks: Cell<u32>,
    /// Which of them a timeout belongs to.
    blocking: Cell<u64>,
    pumping: Cell<bool>,
    active: Cell<Instant>,
    this: Weak<Self>,
}

impl Instance {
    pub(super) fn new(
        objects: Weak<Objects>,
        realm: Rc<Realm>,
        target: &Target,
        sockets: Rc<Sockets>,
    ) -> Rc<Self> {
        let instance = Rc::new_cyclic(|this: &Weak<Self>| Self {
            objects,
            context: RequestContext::resident(&realm, this.clone()),
            realm,
            target: target.clone(),
            name: RefCell::new(target.name.clone()),
            sockets,
            storage: OnceCell::new(),
            outbox: RefCell::default(),
            sessions: RefCell::default(),
            phase: Cell::new(Phase::New),
            queue: RefCell::default(),
            running: RefCell::default(),
            alarm_retries: Cell::new(None),
            blocks: Cell::new(0),
            blocking: Cell::new(0),
            pumping: Cell::new(false),
            active: Cell::new(Instant::now()),
            this: this.clone(),
        });
        let itself = Rc::new(Itself(instance.this.clone()));
        let number = instance.context.id();
        instance.context.resources.insert(number, itself);
        instance.sockets.attach(&instance);
        instance
    }

    /// The instance that JavaScript names by the number, if it lives.
    pub(super) fn numbered(realm: &Realm, number: u64) -> Option<Rc<Self>> {
        let context = realm.request(number)?;
        context.resources.get::<Itself>(number)?.0.upgrade()
    }

    pub(super) fn address(&self) -> &Address {
        &self.target.address
    }

    /// Has the object answer a request; it takes its place in the queue at once.
    pub(super) fn fetch(
        &self,
        request: http::Request<Body>,
    ) -> impl Future<Output = Outcome> + use<> {
        let (reply, answered) = oneshot::channel();
        self.add(Event::Fetch(request, reply));
        async move { answered.await.unwrap_or_else(|_| Err(stopped())) }
    }

    /// Opens a session of calls.
    pub(super) fn session(&self, pipe: Pipe) {
        self.add(Event::Session(pipe));
    }

    /// Tells the object what arrived on a socket. Ready when the object has begun with it, or never will.
    pub(super) fn deliver(&self, socket: u64, message: Message) -> oneshot::Receiver<()> {
        let (begun, receiver) = oneshot::channel();
        self.add(Event::Socket(socket, message, begun));
        receiver
    }

    pub(super) fn context(&self) -> &Rc<RequestContext> {
        &self.context
    }

    pub(super) fn sockets(&self) -> Rc<Sockets> {
        self.sockets.clone()
    }

    fn add(&self, event: Event) {
        self.queue.borrow_mut().push_back(event);
        self.active.set(Instant::now());
        self.wake();
    }

    /// Sees to the queue, soon: this may be called while JavaScript runs.
    fn wake(&self) {
        if self.pumping.get() {
            return;
        }
        if let Some(this) = self.this.upgrade() {
            self.pumping.set(true);
            tokio::task::spawn_local(async move {
                this.pump().await;
                this.pumping.set(false);
            });
        }
    }

    async fn pump(&self) {
        if self.phase.get() == Phase::New {
            match self.open().await {
                Ok(has_storage) => self.construct(has_storage),
                Err(failure) => return self.stop(&failure),
            }
        }
        let mut row = 0;
        while self.phase.get() == Phase::Live && self.blocks.get() == 0 {
            let Some(event) = self.queue.borrow_mut().pop_front() else {
                break;
            };
            self.begin(event);
            row += 1;
            if row % EVENTS_IN_A_ROW == 0 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Enters JavaScript for the object.
    fn enter(&self, run: impl FnOnce(&Rc<Realm>, &Value) -> Result<(), Exception>) {
        self.context.renew_limits();
        self.realm.enter(Some(self.context.clone()), |realm| {
            let objects = realm.internal("objects")?;
            run(realm, &objects)
        });
    }

    /// Opens the state, for which another worker may have to let go of it. Gives whether there is one.
    async fn open(&self) -> Result<bool, Failure> {
        let Some(objects) = self.objects.upgrade() else {
            return Err(stopped());
        };
        let address = &self.target.address;
        let Some(namespace) = objects.namespace(&address.program, &address.class)? else {
            return Ok(false);
        };
        drop(objects);
        let id = address.id.to_string();
        let opened = storage::open(namespace, id).await;
        let state = opened.map_err(|error| unusable(&error.to_string()))?;
        let known = state.name().map_err(|error| unusable(&error.to_string()))?;
        match (&self.target.name, known) {
            (Some(name), None) => state
                .set_name(name)
                .and_then(|()| state.commit())
                .map_err(|error| unusable(&error.to_string()))?,
            (None, known) if self.is_woken_by_alarm() => *self.name.borrow_mut() = known,
            _ => {}
        }
        let storage = Storage::new(&self.realm, state, self.target.sqlite);
        let this = self.this.clone();
        storage.on_alarm(move |time| {
            if let Some(this) = this.upgrade() {
                this.schedule(time);
            }
        });
        self.realm
            .storages()
            .insert(self.context.id(), storage.clone());
        if self.storage.set(storage).is_err() {
            unreachable!("the state of an instance is opened once");
        }
        Ok(true)
    }

    fn is_woken_by_alarm(&self) -> bool {
        matches!(self.queue.borrow().front(), Some(Event::Alarm))
    }

    fn construct(&self, has_storage: bool) {
        if self.phase.get() != Phase::New {
            return;
        }
        self.phase.set(Phase::Live);
        let number = self.context.id() as f64;
        let id = self.target.address.id.to_string();
        let name = self.name.borrow().clone();
        self.enter(|_, objects| {
            objects.get("construct")?.call_and_forget(
                None,
                [
                    Arg::Number(number),
                    Arg::String(&self.target.address.class),
                    Arg::String(&id),
                    name.as_deref().map_or(Arg::Null, Arg::String),
                    Arg::String(&self.target.address.program),
                    Arg::Number(f64::from(u8::from(has_storage))),
                ],
            )
        });
    }

    fn begin(&self, event: Event) {
        match event {
            Event::Fetch(request, reply) => self.begin_fetch(request, reply),
            Event::Socket(socket, message, _begun) => self.begin_message(socket, message),
            Event::Alarm => self.begin_alarm(),
            Event::Session(pipe) => {
                let mut sessions = self.sessions.borrow_mut();
                if sessions.len() >= SESSIONS_BEFORE_SWEEP {
                    sessions.retain(|session| !session.is_closed());
                }
                sessions.push(pipe.outgoing.clone());
                drop(sessions);
                let instance = self.context.id() as f64;
                self.enter(|realm, objects| {
                    let number = session::adopt(realm, &self.context, pipe, false)
                        .map_err(|error| realm.exception(error))?;
                    objects
                        .get("session")?
                        .call_and_forget(None, [Arg::Number(instance), Arg::Number(number as f64)])
                });
            }
        }
    }

    /// Its alarm may be due.
    pub(super) fn alarm(&self) {
        self.add(Event::Alarm);
    }

    fn begin_alarm(&self) {
        let Some(storage) = self.storage.get() else {
            return;
        };
        match storage.committed_alarm() {
            // It comes again if the one that runs leaves it.
            _ if self.alarm_retries.get().is_some() => return,
            Some(time) if time > now() => return self.schedule(Some(time)),
            _ => {}
        }
        let (time, retries) = match storage.begin_alarm() {
            Ok(Some(run)) => (run.scheduled, run.retries),
            Ok(None) => return,
            Err(error) => return self.end(&unusable(&self.realm.exception(error).to_string())),
        };
        self.alarm_retries.set(Some(retries));
        let instance = self.context.id() as f64;
        self.enter(|_, objects| {
            objects.get("alarm")?.call_and_forget(
                None,
                [
                    Arg::Number(instance),
                    Arg::Number(time as f64),
                    Arg::Number(f64::from(retries)),
                ],
            )
        });
    }

    /// The handler of the alarm is done. Gives whether it failed for the last time.
    pub(super) fn alarm_done(&self, succeeded: bool) -> bool {
        let (Some(storage), Some(retries)) = (self.storage.get(), self.alarm_retries.take()) else {
            return false;
        };
        let is_last = !succeeded && retries >= RETRIES_MAX;
        let retry = (!succeeded && !is_last).then(|| retry_time(retries));
        if let Err(error) = storage.end_alarm(retry) {
            self.end(&unusable(&self.realm.exception(error).to_string()));
        }
        is_last
    }

    /// Has the host know when the alarm is due.
    fn schedule(&self, time: Option<i64>) {
        if let Some(objects) = self.objects.upgrade() {
            objects.schedule(&self.target, time);
        }
    }

    fn begin_message(&self, socket: u64, message: Message) {
        let instance = Arg::Number(self.context.id() as f64);
        let socket = Arg::Number(socket as f64);
        self.enter(|realm, objects| {
            let deliver = objects.get("message")?;
            match message {
                Message::Text(text) => deliver.call_and_forget(
                    None,
                    [instance, socket, Arg::Number(TEXT), Arg::String(&text)],
                ),
                Message::Binary(bytes) => {
                    let bytes = realm.context().uint8_array(bytes)?;
                    deliver.call_and_forget(
                        None,
                        [instance, socket, Arg::Number(BINARY), Arg::Value(&bytes)],
                    )
                }
                Message::Close(Close { code, reason }) => deliver.call_and_forget(
                    None,
                    [
                        instance,
                        socket,
                        Arg::Number(CLOSE),
                        Arg::Number(f64::from(code)),
                        Arg::String(&reason),
                    ],
                ),
                Message::Lost(error) => deliver.call_and_forget(
                    None,
                    [
                        instance,
                        socket,
                        Arg::Number(LOST),
                        error.as_deref().map_or(Arg::Null, Arg::String),
                    ],
                ),
            }
        });
    }

    fn begin_fetch(&self, request: http::Request<Body>, reply: oneshot::Sender<Outcome>) {
        let (head, body) = request.into_parts();
        let cf = head
            .extensions
            .get::<Called>()
            .and_then(|called| called.cf.clone());
        let arrived = match Arrived::new(&self.realm, head, None, None) {
            Ok(arrived) => arrived,
            Err(failure) => {
                // Whoever asked may have gone.
                let _ = reply.send(Err(failure));
                return;
            }
        };
        let body = match body.is_end_stream() {
            true => 0,
            false => {
                let number = self.realm.next_id();
                self.context.bodies.insert(number, body.received());
                number
            }
        };
        let event = arrived.request.id();
        self.running
            .borrow_mut()
            .insert(event, arrived.request.clone());
        let (method, url) = (arrived.method as f64, arrived.url.clone());
        self.wait(event, body, arrived, reply);
        let instance = self.context.id() as f64;
        self.enter(|_, objects| {
            objects.get("fetch")?.call_and_forget(
                None,
                [
                    Arg::Number(instance),
                    Arg::Number(event as f64),
                    Arg::Number(method),
                    Arg::Number(body as f64),
                    Arg::String(&url),
                    cf.as_deref().map_or(Arg::Null, Arg::String),
                ],
            )
        });
    }

    /// Waits for the outcome of a request, for as long as somebody wants it.
    fn wait(&self, event: u64, body: u64, arrived: Arrived, mut reply: oneshot::Sender<Outcome>) {
        let Some(this) = self.this.upgrade() else {
            return;
        };
        tokio::task::spawn_local(async move {
            tokio::select! {
                outcome = arrived.outcome() => {
                    let gated = match outcome {
                        Ok(response) => this.gate().await.map(|()| response),
                        Err(failure) => this.gate().await.and(Err(failure)),
                    };
                    let _ = reply.send(gated);
                }
                () = reply.closed() => {}
            }
            this.running.borrow_mut().remove(&event);
            // What was not read by now, nobody reads.
            this.context.bodies.take(body);
            this.active.set(Instant::now());
        });
    }

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
    async fn gate(&self) -> Result<(), Failure> {
        let durable = self.storage.get().and_then(|storage| storage.durable());
        let Some(durable) = durable else {
            return Ok(());
        };
        durable.await.map_err(|error| {
            let failure = unusable(&error);
            self.end(&failure);
            failure
        })
    }

    /// No event is begun until [`unblock`](Self::unblock).
    pub(super) fn block(&self) {
        let blocks = self.blocks.get();
        self.blocks.set(blocks + 1);
        if blocks > 0 {
            return;
        }
        let blocking = self.blocking.get() + 1;
        self.blocking.set(blocking);
        let this = self.this.clone();
        self.context.spawn_uncounted(async move {
            tokio::time::sleep(BLOCKED_MAX).await;
            let Some(this) = this.upgrade() else {
                return;
            };
            if this.blocks.get() > 0 && this.blocking.get() == blocking {
                let mut failure = Failure::new(
                    FailureKind::Exception,
                    "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was canceled and \
                     the Durable Object was reset.",
                );
                failure.flags.overloaded = true;
                failure.flags.reset = true;
                // Not from within a task of the context that ends.
                tokio::task::spawn_local(async move { this.end(&failure) });
            }
        });
    }

    pub(super) fn unblock(&self) {
        self.blocks.set(self.blocks.get().saturating_sub(1));
        if self.blocks.get() == 0 {
            self.wake();
        }
    }

    /// Whether nothing was asked of the object for a while, and it does nothing by itself.
    pub(super) fn is_idle(&self) -> bool {
        self.phase.get() == Phase::Live
            && self.active.get().elapsed() >= IDLE_MAX
            && self.blocks.get() == 0
            && self.queue.borrow().is_empty()
            && self.running.borrow().is_empty()
            && self.context.pending() == 0
            && !self.context.is_awaited_until()
    }

    /// Ends an idle object. The next event finds a new instance.
    pub(super) fn evict(&self) {
        self.stop(&stopped());
    }

    /// Resets the object: as [`stop`](Self::stop), and its sockets are lost.
    pub(super) fn end(&self, failure: &Failure) {
        self.sockets.end(None);
        self.stop(failure);
    }

    /// Ends the object: whoever waits for it gets the failure, and the next event finds a new instance.
    pub(super) fn stop(&self, failure: &Failure) {
        if self.phase.replace(Phase::Ended) == Phase::Ended {
            return;
        }
        let Some(this) = self.this.upgrade() else {
            return;
        };
        if let Some(objects) = self.objects.upgrade() {
            objects.forget(&this);
        }
        for request in self.running.take().into_values() {
            request.fail(failure.clone());
        }
        // Nothing that was thrown goes along, as on the original.
        let flags = Flags {
            remote: false,
            ..failure.flags
        };
        let mut last = vec![session::END, flags.bits() as u8];
        last.extend_from_slice(failure.message.as_bytes());
        for event in self.queue.take() {
            match event {
                Event::Fetch(_, reply) => drop(reply.send(Err(failure.clone()))),
                Event::Session(pipe) => drop(pipe.outgoing.send(last.clone())),
                Event::Socket(..) | Event::Alarm => {}
            }
        }
        for session in self.sessions.take() {
            // It may have ended long ago.
            let _ = session.send(last.clone());
        }
        if self.alarm_retries.take().is_some() {
            // The run was interrupted, and the alarm is still set.
            self.schedule(Some(retry_time(0)));
        }
        let number = self.context.id();
        let closed = self.realm.storages().remove(number);
        // Not at once: this may be called while JavaScript runs for the object.
        tokio::task::spawn_local(async move {
            this.context.dismiss();
            if let Some(storage) = closed {
                tokio::task::spawn_local(storage.close());
            }
            let number = number as f64;
            this.realm.enter(None, |realm| {
                let objects = realm.internal("objects")?;
                objects
                    .get("evict")?
                    .call_and_forget(None, [Arg::Number(number)])
            });
        });
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

/// What is left of a request whose object was stopped.
fn stopped() -> Failure {
    let mut failure = Failure::new(FailureKind::Stopped, "The Durable Object was stopped.");
    failure.flags.retryable = true;
    failure.flags.reset = true;
    failure
}
