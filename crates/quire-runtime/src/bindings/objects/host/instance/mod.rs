//! One live object: its context, the events that wait for it, how it ends.
//!
//! All that the program does for an object happens in one context that lasts as long as the instance, so that its events may
//! share sockets, bodies and promises. Events are begun one by one, each in a turn of its own, while no critical section runs.

mod alarm;
mod events;
mod resident;

use super::super::Target;
use super::sections::Sections;
use super::sockets::Sockets;
use super::{Address, Objects, unusable};
use crate::bindings::storage::{self, Storage};
use crate::core::body::Body;
use crate::core::error::OpError;
use crate::core::outcome::{Failure, FailureKind, Flags, Outcome};
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use crate::core::session::{self, Pipe};
use crate::web::websocket::Message;
use quire_jsc::{Arg, Exception, Value};
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::WeakUnboundedSender;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long an object may be idle before it is ended, as on the original.
const IDLE_MAX: Duration = Duration::from_secs(10);

/// How long a critical section may take.
const BLOCKED_MAX: Duration = Duration::from_secs(30);

/// Events begun before other tasks of the worker have a turn.
const EVENTS_IN_A_ROW: usize = 16;

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
    /// The other ends of sessions, to be told why they end. Those that have ended are gone.
    sessions: RefCell<Vec<WeakUnboundedSender<Vec<u8>>>>,
    queue: RefCell<VecDeque<Event>>,
    /// Requests that the object has not answered.
    running: RefCell<FxHashMap<u64, Rc<RequestContext>>>,
    /// The run of the alarm's handler that is under way.
    alarm_run: RefCell<Option<alarm::Run>>,
    sections: Rc<Sections>,
    /// Why the object was ended, once it was.
    ended: OnceCell<Failure>,
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
            alarm_run: RefCell::default(),
            sections: Rc::new(Sections::new(BLOCKED_MAX)),
            ended: OnceCell::new(),
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
        while self.phase.get() == Phase::Live {
            if let Some((number, begin)) = self.sections.next() {
                self.begin_section(number, &begin);
                continue;
            }
            if !self.sections.is_empty() {
                break;
            }
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

    /// Has a function called when a critical section begins. No event is begun until it ends.
    pub(super) fn block(&self, begin: Value) -> Result<(), OpError> {
        if !self.sections.add(begin) {
            return Err(OpError::Error(
                "blockConcurrencyWhile() calls are nested too deeply.".into(),
            ));
        }
        self.wake();
        Ok(())
    }

    pub(super) fn unblock(&self, section: u64) {
        // Events that wait come before what older ones waited for, which goes on at once.
        self.wake();
        self.sections.end(section);
    }

    /// Whether nothing was asked of the object for a while, and it does nothing by itself.
    pub(super) fn is_idle(&self) -> bool {
        self.phase.get() == Phase::Live
            && self.active.get().elapsed() >= IDLE_MAX
            && self.sections.is_empty()
            && self.queue.borrow().is_empty()
            && self.running.borrow().is_empty()
            && !self.is_held()
            && self.context.pending() == 0
            && !self.context.is_awaited_until()
    }

    /// Whether a caller has something of the object: what a method gave, or a call under way.
    fn is_held(&self) -> bool {
        let mut sessions = self.sessions.borrow_mut();
        sessions.retain(|session| session.strong_count() > 0);
        !sessions.is_empty()
    }

    /// Ends an idle object. The next event finds a new instance.
    pub(super) fn evict(&self) {
        self.stop(&stopped());
    }

    /// Resets the object: as [`stop`](Self::stop), and what it wrote in this turn and its sockets are lost. A run of its alarm that this
    /// interrupts has failed.
    pub(super) fn end(&self, failure: &Failure) {
        self.reset(failure, true);
    }

    /// As [`end`](Self::end); an interrupted run of the alarm is made again if said so.
    pub(super) fn reset(&self, failure: &Failure, retries_alarm: bool) {
        if self.phase.get() == Phase::Ended {
            return;
        }
        if let Some(storage) = self.storage.get() {
            storage.undo_turn(&failure.message);
            self.interrupt_alarm(retries_alarm);
        }
        self.sockets.end(None);
        self.stop(failure);
    }

    /// Ends the object: whoever waits for it gets the failure, and the next event finds a new instance.
    pub(super) fn stop(&self, failure: &Failure) {
        if self.ended.set(failure.clone()).is_err() {
            return;
        }
        self.phase.set(Phase::Ended);
        self.sections.clear();
        let Some(this) = self.this.upgrade() else {
            return;
        };
        let objects = self.objects.upgrade();
        if let Some(objects) = &objects {
            objects.forget(&this);
        }
        let closing = objects.map(|objects| objects.closing.clone());
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
            if let Some(session) = session.upgrade() {
                // Whoever has gone needs no reason.
                let _ = session.send(last.clone());
            }
        }
        self.alarm_stopped();
        let number = self.context.id();
        let closed = self.realm.storages().remove(number);
        // Not at once: this may be called while JavaScript runs for the object.
        tokio::task::spawn_local(async move {
            this.context.dismiss();
            if let Some(storage) = closed {
                tokio::task::spawn_local(async move {
                    storage.close().await;
                    drop(closing);
                });
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

/// What is left of a request whose object was stopped.
fn stopped() -> Failure {
    let mut failure = Failure::new(FailureKind::Stopped, "The Durable Object was stopped.");
    failure.flags.retryable = true;
    failure.flags.reset = true;
    failure
}
