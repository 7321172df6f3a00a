//! The objects that live in this worker, and the way to those that live in others.

mod alarms;
mod instance;
mod operations;
mod sections;
mod sockets;

use super::link::{peer, server};
use super::{Address, ObjectClass, Target};
use crate::core::body::Body;
use crate::core::outcome::{Failure, FailureKind};
use crate::core::programs::{Programs, missing_response};
use crate::core::session::Pipe;
use crate::web::websocket::Close;
use futures_util::future::{Either, LocalBoxFuture, ready};
use instance::Instance;
pub(super) use operations::install;
use quire_store::objects::Namespace;
use rustc_hash::{FxHashMap, FxHashSet};
use sockets::Sockets;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often idle objects are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// Which of a server's objects live in a worker: those whose ids fall to its slot.
#[derive(Clone, Debug)]
pub struct Placement {
    /// The number of the worker, from 0.
    pub slot: u32,
    /// How many workers there are.
    pub slots: u32,
    /// The private folder with the sockets of all of them.
    pub folder: PathBuf,
}

impl Placement {
    fn socket(&self, slot: u32) -> PathBuf {
        self.folder.join(format!("objects-{slot}.sock"))
    }
}

/// The objects of a worker process: the live ones, and the way to those in other workers.
pub struct Objects {
    programs: Rc<Programs>,
    /// `None` if this is the only worker.
    placement: Option<Placement>,
    instances: RefCell<FxHashMap<Address, Rc<Instance>>>,
    /// The hibernating sockets of objects, be they live or not.
    sockets: RefCell<FxHashMap<Address, Rc<Sockets>>>,
    peers: RefCell<FxHashMap<u32, Rc<peer::Peer>>>,
    retired: watch::Sender<bool>,
    sweeping: Cell<bool>,
    /// The folder with the state of all objects; `None` keeps nothing.
    data: Option<PathBuf>,
    namespaces: RefCell<FxHashMap<(String, String), Arc<Namespace>>>,
    /// The classes that programs bind.
    classes: RefCell<FxHashSet<ObjectClass>>,
    timers: RefCell<FxHashMap<Address, alarms::Timer>>,
    /// Held by all that still have to close the state of an object.
    closing: Rc<()>,
    /// The namespaces that were given up, as long as something of them is not in order on disk.
    ending: RefCell<Vec<std::sync::Weak<()>>>,
    this: Weak<Self>,
}

impl Objects {
    /// No objects yet. `programs` export their classes; their state is kept in `data`.
    pub fn new(
        programs: Rc<Programs>,
        placement: Option<Placement>,
        data: Option<PathBuf>,
    ) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            programs,
            placement,
            instances: RefCell::default(),
            sockets: RefCell::default(),
            peers: RefCell::default(),
            retired: watch::channel(false).0,
            sweeping: Cell::new(false),
            data: data.map(|data| data.join("objects")),
            namespaces: RefCell::default(),
            classes: RefCell::default(),
            timers: RefCell::default(),
            closing: Rc::default(),
            ending: RefCell::default(),
            this: this.clone(),
        })
    }

    /// Lets other workers reach the objects here: from now on this is the worker of its slot.
    pub fn serve(&self) -> io::Result<()> {
        if let Some(placement) = &self.placement {
            let listener = server::listen(&placement.socket(placement.slot))?;
            let retired = self.retired.subscribe();
            tokio::task::spawn_local(server::run(listener, self.this.clone(), retired));
        }
        self.watch_alarms();
        Ok(())
    }

    /// Another worker takes this one's place: ends all objects here. Who asks for one from now on is sent there.
    pub fn retire(&self) {
        self.retired.send_replace(true);
        // They may have been of workers that retire as well.
        self.peers.take();
        self.timers.take();
        let instances = self.instances.take();
        for instance in instances.into_values() {
            instance.stop(&updated());
        }
        let namespaces = self.namespaces.take();
        let in_use = namespaces.values().map(|namespace| namespace.in_use());
        self.ending.borrow_mut().extend(in_use);
        for sockets in self.sockets.take().into_values() {
            sockets.end(Some(&Close {
                code: 1001,
                reason: "The server is going away".into(),
            }));
        }
    }

    /// Whether the state of objects that ended is still being put in order on disk, which the end of the process would cut off.
    pub fn are_closing(&self) -> bool {
        let ending = self.ending.borrow();
        Rc::strong_count(&self.closing) > 1 || ending.iter().any(|it| it.strong_count() > 0)
    }

    /// Has an object answer a request. It is on its way when this returns, not when the future is polled.
    pub(crate) fn fetch(
        &self,
        target: &Target,
        request: http::Request<Body>,
    ) -> impl Future<Output = Result<http::Response<Body>, Failure>> + use<> {
        if let Some(peer) = self.elsewhere(&target.address) {
            let answer: LocalBoxFuture<'static, _> = Box::pin(peer.fetch(target, request));
            return Either::Left(answer);
        }
        match self.instance(target) {
            Ok(instance) => {
                let answer: LocalBoxFuture<'static, _> = Box::pin(instance.fetch(request));
                Either::Left(answer)
            }
            Err(missing) => Either::Right(ready(Ok(missing))),
        }
    }

    /// Opens a session of calls with an object: its messages are those of the other end of `pipe`.
    pub(crate) fn session(&self, target: &Target, pipe: Pipe) -> Result<(), Failure> {
        let program = &target.address.program;
        if self.programs.find(program).is_none() {
            let missing = crate::core::programs::missing(program);
            return Err(Failure::new(FailureKind::Exception, missing));
        }
        if let Some(peer) = self.elsewhere(&target.address) {
            tokio::task::spawn_local(peer.session(target, pipe));
            return Ok(());
        }
        if let Ok(instance) = self.instance(target) {
            instance.session(pipe);
        }
        Ok(())
    }

    /// A program binds a class of objects.
    pub(crate) fn declare(&self, class: ObjectClass) {
        self.classes.borrow_mut().insert(class);
    }

    /// Where the objects of a class have their state; `None` if nothing is kept.
    fn namespace(&self, program: &str, class: &str) -> Result<Option<Arc<Namespace>>, Failure> {
        let Some(folder) = self.folder(program, class) else {
            return Ok(None);
        };
        let key = (program.to_owned(), class.to_owned());
        let mut namespaces = self.namespaces.borrow_mut();
        if let Some(namespace) = namespaces.get(&key) {
            return Ok(Some(namespace.clone()));
        }
        let opened = Namespace::open(folder).map_err(|error| unusable(&error.to_string()))?;
        let namespace = Arc::new(opened);
        namespaces.insert(key, namespace.clone());
        Ok(Some(namespace))
    }

    fn folder(&self, program: &str, class: &str) -> Option<PathBuf> {
        Some(self.data.as_ref()?.join(format!("{program}-{class}")))
    }

    fn has_folder(&self, program: &str, class: &str) -> bool {
        self.folder(program, class)
            .is_some_and(|folder| folder.exists())
    }

    /// Logs an error where the program logs.
    fn log(&self, program: &str, text: &str) {
        if let Some(realm) = self.programs.find(program) {
            realm.log("error", text);
        }
    }

    /// The worker that has the object, unless it is this one.
    fn elsewhere(&self, address: &Address) -> Option<Rc<peer::Peer>> {
        let placement = self.placement.as_ref()?;
        let slot = address.id.place(placement.slots);
        if slot == placement.slot && !*self.retired.borrow() {
            return None;
        }
        let mut peers = self.peers.borrow_mut();
        let peer = peers
            .entry(slot)
            .or_insert_with(|| Rc::new(peer::Peer::new(placement.socket(slot))));
        Some(peer.clone())
    }

    /// The live instance of an object of this worker, or the response that says that there is no such program.
    #[expect(clippy::result_large_err, reason = "the answer goes out as it is")]
    fn instance(&self, target: &Target) -> Result<Rc<Instance>, http::Response<Body>> {
        if let Some(instance) = self.instances.borrow().get(&target.address) {
            return Ok(instance.clone());
        }
        let Some(realm) = self.programs.find(&target.address.program) else {
            return Err(missing_response(&target.address.program));
        };
        let sockets = self
            .sockets
            .borrow_mut()
            .entry(target.address.clone())
            .or_insert_with(|| Sockets::new(self.this.clone(), target.clone()))
            .clone();
        let instance = Instance::new(self.this.clone(), realm, target, sockets);
        self.instances
            .borrow_mut()
            .insert(target.address.clone(), instance.clone());
        self.sweep();
        Ok(instance)
    }

    /// An instance has come to its end.
    fn forget(&self, instance: &Rc<Instance>) {
        let mut instances = self.instances.borrow_mut();
        let address = instance.address();
        if instances
            .get(address)
            .is_some_and(|known| Rc::ptr_eq(known, instance))
        {
            instances.remove(address);
            let mut sockets = self.sockets.borrow_mut();
            if sockets
                .get(address)
                .is_some_and(|sockets| sockets.is_empty())
            {
                sockets.remove(address);
            }
        }
    }

    /// Ends objects that were idle for a while, for as long as there are objects.
    fn sweep(&self) {
        if self.sweeping.replace(true) {
            return;
        }
        let this = self.this.clone();
        tokio::task::spawn_local(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                let Some(objects) = this.upgrade() else {
                    return;
                };
                let idle: Vec<_> = objects
                    .instances
                    .borrow()
                    .values()
                    .filter(|instance| instance.is_idle())
                    .cloned()
                    .collect();
                for instance in idle {
                    instance.evict();
                }
                if objects.instances.borrow().is_empty() {
                    objects.sweeping.set(false);
                    return;
                }
            }
        });
    }
}

impl Default for Objects {
    /// No objects at all, for a program that runs alone.
    fn default() -> Self {
        Self {
            programs: Rc::default(),
            placement: None,
            instances: RefCell::default(),
            sockets: RefCell::default(),
            peers: RefCell::default(),
            retired: watch::channel(false).0,
            sweeping: Cell::new(false),
            data: None,
            namespaces: RefCell::default(),
            classes: RefCell::default(),
            timers: RefCell::default(),
            closing: Rc::default(),
            ending: RefCell::default(),
            this: Weak::new(),
        }
    }
}

/// What callers learn whose object's state cannot be used.
fn unusable(reason: &str) -> Failure {
    let mut failure = Failure::new(
        FailureKind::Exception,
        format!("The state of the Durable Object cannot be used: {reason}"),
    );
    failure.flags.retryable = true;
    failure.flags.reset = true;
    failure
}

/// What callers learn whose object's worker was replaced.
fn updated() -> Failure {
    let mut failure = Failure::new(
        FailureKind::Exception,
        "Durable Object reset because its code was updated.",
    );
    failure.flags.retryable = true;
    failure.flags.reset = true;
    failure
}
