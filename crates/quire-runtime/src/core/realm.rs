//! One JavaScript world: the engine, the native operations, and whose request is running.

use super::compatibility::Compatibility;
use super::deferred::Sources;
use super::error::OpError;
use super::idle::{Idle, Unsettled};
use super::programs::Programs;
use super::recent_heads::RecentHeads;
use super::request::RequestContext;
use super::request_log::LogLine;
use super::source_map::SourceMap;
use crate::bindings::Objects;
use crate::bindings::storage::Storages;
use crate::web::cache::Place;
use quire_jsc::{Arg, Call, Context, Exception, IntoValue, SharedNumber, Value};
use rustc_hash::FxHashMap;
use serde_json::json;
use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

/// How a line that the program logged is passed on.
pub(crate) type LogSink = Box<dyn Fn(&LogLine<'_>)>;

/// The JavaScript side of one worker. Everything of it stays on one thread.
pub(crate) struct Realm {
    context: Context,
    /// Native operations, as the JavaScript halves of the Web APIs see them.
    ops: Value,
    /// What the JavaScript halves share with each other and with Rust, out of programs' reach.
    internals: Value,
    /// The request on whose behalf JavaScript runs right now. Whatever it starts belongs to that.
    current: RefCell<Option<Rc<RequestContext>>>,
    /// The number of that request, or 0, where JavaScript sees it.
    current_id: SharedNumber,
    limits: Cell<Limits>,
    /// Requests that wait for others; see there.
    pub(super) idle: Idle,
    /// Requests that have not ended, by number.
    requests: RefCell<FxHashMap<u64, Rc<RequestContext>>>,
    pub(super) recent_heads: RecentHeads,
    next_id: Cell<u64>,
    source_map: OnceCell<SourceMap>,
    compatibility: OnceCell<Compatibility>,
    log: OnceCell<LogSink>,
    cache: OnceCell<Place>,
    storages: Storages,
    /// Entries into the engine that are under way, one within the other.
    entries: Cell<u32>,
    data_folder: OnceCell<PathBuf>,
    /// Sources that are evaluated when they are needed, by the number of their group.
    deferred: RefCell<Vec<Sources>>,
    programs: OnceCell<(Rc<Programs>, String)>,
    objects: OnceCell<Rc<Objects>>,
    this: Weak<Realm>,
}

impl Realm {
    /// A world without any Web API.
    pub(crate) fn new() -> Result<Rc<Self>, Exception> {
        let context = Context::new();
        let (current, current_id) = context.shared_number()?;
        let (ops, internals) = (context.object(), context.object());
        let realm = Rc::new_cyclic(|this| Self {
            context,
            ops,
            internals,
            current: RefCell::default(),
            current_id,
            limits: Cell::default(),
            idle: Idle::default(),
            requests: RefCell::default(),
            recent_heads: RecentHeads::default(),
            next_id: Cell::new(1),
            source_map: OnceCell::new(),
            compatibility: OnceCell::new(),
            log: OnceCell::new(),
            cache: OnceCell::new(),
            storages: Storages::default(),
            entries: Cell::new(0),
            data_folder: OnceCell::new(),
            deferred: RefCell::default(),
            programs: OnceCell::new(),
            objects: OnceCell::new(),
            this: this.clone(),
        });
        realm.internals.set("current", &current)?;
        realm.run_source("core/bootstrap.js", include_str!("bootstrap.js"))?;
        Ok(realm)
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// A number that nothing else in this realm has: for requests, bodies, sinks.
    pub(crate) fn next_id(&self) -> u64 {
        self.next_id.replace(self.next_id.get() + 1)
    }

    pub(crate) fn requests(&self) -> &RefCell<FxHashMap<u64, Rc<RequestContext>>> {
        &self.requests
    }

    /// A request that has not ended.
    pub(crate) fn request(&self, id: u64) -> Option<Rc<RequestContext>> {
        self.requests.borrow().get(&id).cloned()
    }

    /// The map of the program's script; one without entries before there is a program.
    pub(crate) fn source_map(&self) -> &SourceMap {
        self.source_map.get_or_init(SourceMap::default)
    }

    /// Sets the map, once.
    pub(crate) fn set_source_map(&self, map: SourceMap) {
        if self.source_map.set(map).is_err() {
            unreachable!("a realm runs one program");
        }
    }

    /// The program's compatibility flags; before there is a program, those of the newest date.
    pub(crate) fn compatibility(&self) -> Compatibility {
        *self
            .compatibility
            .get_or_init(|| Compatibility::new("", &[]))
    }

    /// Half of [`set_compatibility`](Self::set_compatibility).
    pub(super) fn remember_compatibility(&self, compatibility: Compatibility) {
        if self.compatibility.set(compatibility).is_err() {
            unreachable!("compatibility flags are set once, before anything asks for them");
        }
    }

    /// A function or object that a JavaScript half published.
    pub(crate) fn internal(&self, name: &str) -> Result<Value, Exception> {
        self.internals.get(name)
    }

    /// All that the JavaScript halves published.
    #[cfg(test)]
    pub(crate) fn internals(&self) -> &Value {
        &self.internals
    }

    pub(super) fn deferred(&self) -> &RefCell<Vec<Sources>> {
        &self.deferred
    }

    /// What the sources of APIs are called with.
    pub(crate) const SOURCE_PARAMETERS: &str = "globalThis, internals, ops";

    /// Evaluates the JavaScript half of an API; `name` is its path from this crate's `src`.
    pub(crate) fn run_source(&self, name: &str, source: &str) -> Result<(), Exception> {
        self.source_function(Self::SOURCE_PARAMETERS, name, source)?
            .call_and_forget(
                None,
                [
                    Arg::Value(&self.context.global()),
                    Arg::Value(&self.internals),
                    Arg::Value(&self.ops),
                ],
            )
    }

    /// The function whose body is `source`; `name` is its path from this crate's `src`.
    pub(crate) fn source_function(
        &self,
        parameters: &str,
        name: &str,
        source: &str,
    ) -> Result<Value, Exception> {
        let edited = edited_source(name);
        let source = edited.as_deref().unwrap_or(source);
        let script = format!("(function ({parameters}) {{ \"use strict\"; {source}\n}})");
        self.context.evaluate(&script, &format!("quire:{name}"))
    }

    /// Adds a native operation.
    pub(crate) fn op<R: IntoValue>(
        &self,
        name: &str,
        body: impl Fn(&Call<'_>) -> Result<R, OpError> + 'static,
    ) {
        self.realm_op(name, move |_, call| body(call));
    }

    /// Adds a native operation that needs the realm itself.
    pub(crate) fn realm_op<R: IntoValue>(
        &self,
        name: &str,
        body: impl Fn(&Rc<Realm>, &Call<'_>) -> Result<R, OpError> + 'static,
    ) {
        let this = self.this.clone();
        let function = self.context.function(move |call| {
            let Some(realm) = this.upgrade() else {
                return Err(call.context().error("the runtime has ended"));
            };
            body(&realm, call).map_err(|error| realm.exception(error))
        });
        if let Err(exception) = self.ops.set(name, &function) {
            unreachable!("the object of operations takes any name: {exception}");
        }
    }

    /// Adds a native operation whose result comes later: JavaScript gets a promise. The work counts
    /// as pending for the request that started it, and ends with it.
    pub(crate) fn async_op<R, F>(
        &self,
        name: &str,
        start: impl Fn(&Call<'_>) -> Result<F, OpError> + 'static,
    ) where
        R: IntoValue + 'static,
        F: Future<Output = Result<R, OpError>> + 'static,
    {
        self.realm_async_op(name, move |_, call| start(call));
    }

    /// As [`async_op`](Self::async_op), for an operation that needs the realm itself.
    pub(crate) fn realm_async_op<R, F>(
        &self,
        name: &str,
        start: impl Fn(&Rc<Realm>, &Call<'_>) -> Result<F, OpError> + 'static,
    ) where
        R: IntoValue + 'static,
        F: Future<Output = Result<R, OpError>> + 'static,
    {
        self.realm_op(name, move |realm, call| match start(realm, call) {
            Ok(future) => realm.promise_of(future),
            Err(error @ OpError::Terminated(_)) => Err(error),
            Err(error) => realm.promise_of(std::future::ready(Err::<R, _>(error))),
        });
    }

    /// Adds an async operation that changes something outside of the program, and counts as a subrequest. What a Durable Object
    /// wrote before is durable when it begins, and operations begin in the order of the calls.
    pub(crate) fn realm_outgoing_op<R, F>(
        &self,
        name: &str,
        start: impl Fn(&Rc<Realm>, &Call<'_>) -> Result<F, OpError> + 'static,
    ) where
        R: IntoValue + 'static,
        F: Future<Output = Result<R, OpError>> + 'static,
    {
        self.realm_async_op(name, move |realm, call| {
            let request = realm.require_request()?;
            request.charge_subrequest()?;
            let future = start(realm, call)?;
            Ok(async move {
                request.outgoing().await?;
                future.await
            })
        });
    }

    /// A promise for what `future` gives.
    pub(crate) fn promise_of<R: IntoValue + 'static>(
        self: &Rc<Self>,
        future: impl Future<Output = Result<R, OpError>> + 'static,
    ) -> Result<Value, OpError> {
        self.promise_for(self.current(), future)
    }

    /// A promise for what `future` gives, which belongs to `owner` rather than to the current request: what waits for it
    /// goes on there.
    pub(crate) fn promise_for<R: IntoValue + 'static>(
        self: &Rc<Self>,
        owner: Option<Rc<RequestContext>>,
        future: impl Future<Output = Result<R, OpError>> + 'static,
    ) -> Result<Value, OpError> {
        let (promise, deferred) = self.context.promise()?;
        let deferred = Unsettled::new(self, deferred);
        let section = owner.as_ref().map_or(0, |owner| owner.section());
        self.spawn_for(owner, async move |realm, owner| {
            let result = future.await;
            if let Some(owner) = &owner {
                owner.admitted(section).await;
            }
            let Some(deferred) = deferred.settle() else {
                return;
            };
            realm.enter(owner, move |realm| match result {
                Ok(value) => deferred.resolve(value),
                Err(error) => deferred.reject(realm.exception(error).value()),
            });
        });
        Ok(promise)
    }

    /// Runs a task that belongs to the current request: it counts as pending work of it, and is
    /// dropped when the request ends.
    pub(crate) fn spawn<F>(self: &Rc<Self>, task: F)
    where
        F: AsyncFnOnce(Rc<Realm>, Option<Rc<RequestContext>>) + 'static,
    {
        self.spawn_for(self.current(), task);
    }

    fn spawn_for<F>(self: &Rc<Self>, owner: Option<Rc<RequestContext>>, task: F)
    where
        F: AsyncFnOnce(Rc<Realm>, Option<Rc<RequestContext>>) + 'static,
    {
        let realm = self.clone();
        match owner.clone() {
            Some(request) => drop(request.spawn(async move { task(realm, owner).await })),
            None => drop(tokio::task::spawn_local(
                async move { task(realm, None).await },
            )),
        }
    }

    /// The request on whose behalf JavaScript runs.
    pub(crate) fn current(&self) -> Option<Rc<RequestContext>> {
        self.current.borrow().clone()
    }

    /// The number of the request on whose behalf JavaScript runs, or 0.
    pub(super) fn current_id(&self) -> u64 {
        self.current
            .borrow()
            .as_ref()
            .map_or(0, |request| request.id())
    }

    /// The running request, or the error that the original gives for work outside of one.
    pub(crate) fn require_request(&self) -> Result<Rc<RequestContext>, OpError> {
        self.current().ok_or_else(|| {
            // The first sentence is what programs look for.
            OpError::Error(
                "Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or connect()), \
                 setting a timeout, and generating random values are not allowed within global scope. To fix this \
                 error, perform this operation within a handler. \
                 https://developers.cloudflare.com/workers/runtime-apis/handlers/"
                    .into(),
            )
        })
    }

    /// Enters the engine on behalf of `owner`. When the entry ends all promise jobs have run; what
    /// that means for the request is looked at before this returns.
    pub(crate) fn enter(
        self: &Rc<Self>,
        owner: Option<Rc<RequestContext>>,
        run: impl FnOnce(&Rc<Realm>) -> Result<(), Exception>,
    ) {
        let limit = self.limits.get().processor;
        let shortened = self.shorten_limit(limit, owner.as_deref());
        let began = Began::now(shortened);
        let outer = self.switch(owner.clone());
        self.entries.set(self.entries.get() + 1);
        let result = run(self);
        self.entries.set(self.entries.get() - 1);
        self.switch(outer);
        // The turn ends with the outermost entry.
        if self.entries.get() == 0 {
            self.storages.commit();
        }
        if shortened && let Some(limit) = limit {
            self.context.set_time_limit(limit);
        }
        let spent = owner
            .as_ref()
            .map_or(Duration::ZERO, |owner| owner.charge(began.spent(limit)));
        let over = limit.is_some_and(|limit| spent > limit);
        if let Some(owner) = &owner {
            owner.entered();
        }
        match (result, owner) {
            (Err(exception), Some(owner)) if exception.is_termination() => owner.over_time_limit(),
            (Err(exception), _) => self.log("error", &exception.to_string()),
            (Ok(()), Some(owner)) if over => owner.over_time_limit(),
            (Ok(()), Some(owner)) => owner.after_entry(),
            (Ok(()), None) => {}
        }
    }

    /// Says where the cache is, once.
    pub(crate) fn set_cache(&self, cache: Place) {
        if self.cache.set(cache).is_err() {
            unreachable!("a realm has one cache");
        }
    }

    /// Where the cache is.
    pub(crate) fn cache(&self) -> Place {
        self.cache.get_or_init(Place::default).clone()
    }

    /// The storages of live Durable Objects.
    pub(crate) fn storages(&self) -> &Storages {
        &self.storages
    }

    /// Says where everything is kept that lasts, once.
    pub(crate) fn set_data_folder(&self, folder: PathBuf) {
        if self.data_folder.set(folder).is_err() {
            unreachable!("a realm has one data folder");
        }
    }

    /// Where everything is kept that lasts; `None` if nothing is kept.
    pub(crate) fn data_folder(&self) -> Option<&Path> {
        self.data_folder.get().map(PathBuf::as_path)
    }

    /// Says which programs run beside this one, and what they call it, once.
    pub(crate) fn set_programs(&self, programs: Rc<Programs>, name: &str) {
        if self.programs.set((programs, name.to_owned())).is_err() {
            unreachable!("a realm runs one program");
        }
    }

    /// The programs of this process.
    pub(crate) fn programs(&self) -> Rc<Programs> {
        (self.programs.get_or_init(Default::default).0).clone()
    }

    /// What other programs call this one.
    pub(crate) fn name(&self) -> &str {
        &self.programs.get_or_init(Default::default).1
    }

    /// Says where Durable Objects are, once.
    pub(crate) fn set_objects(&self, objects: Rc<Objects>) {
        if self.objects.set(objects).is_err() {
            unreachable!("a realm runs one program");
        }
    }

    /// The Durable Objects of this process, and the way to those of others.
    pub(crate) fn objects(&self) -> Rc<Objects> {
        self.objects.get_or_init(Rc::default).clone()
    }

    /// Makes this the current request; gives the one before.
    fn switch(&self, request: Option<Rc<RequestContext>>) -> Option<Rc<RequestContext>> {
        self.current_id
            .set(request.as_ref().map_or(0.0, |request| request.id() as f64));
        self.current.replace(request)
    }

    /// Lowers the engine's time limit for a request that has used up a good part of it in earlier entries. That is
    /// rare, and changing the limit takes longer than most entries do.
    fn shorten_limit(&self, limit: Option<Duration>, owner: Option<&RequestContext>) -> bool {
        let (Some(limit), Some(owner)) = (limit, owner) else {
            return false;
        };
        let spent = owner.spent();
        let shorten = spent > limit / EXACT_FROM;
        if shorten {
            let left = limit.saturating_sub(spent).max(Duration::from_millis(1));
            self.context.set_time_limit(left);
        }
        shorten
    }

    /// Sets what a request may use.
    pub(crate) fn set_limits(&self, limits: Limits) {
        self.limits.set(limits);
        if let Some(limit) = limits.processor {
            self.context.set_time_limit(limit);
        }
    }

    /// What a request may use.
    pub(crate) fn limits(&self) -> Limits {
        self.limits.get()
    }

    /// Says where the program's log goes, once.
    pub(crate) fn set_log(&self, log: LogSink) {
        if self.log.set(log).is_err() {
            unreachable!("a realm runs one program");
        }
    }

    /// Passes a line of the program's log on. There is none to pass on before there is a program.
    pub(crate) fn log(&self, level: &str, text: &str) {
        self.log_message(level, text, || None);
    }

    /// As [`log`](Self::log); `message` gives what the console was given, as JSON, if somebody wants it.
    pub(crate) fn log_message(
        &self,
        level: &str,
        text: &str,
        message: impl FnOnce() -> Option<String>,
    ) {
        let gathering = self.current().and_then(|request| request.request_log());
        if let Some(log) = &gathering {
            log.line(
                level,
                message().unwrap_or_else(|| json!([text]).to_string()),
            );
        }
        if let Some(log) = self.log.get() {
            log(&LogLine {
                level,
                text,
                is_gathered: gathering.is_some(),
            });
        }
    }

    /// The exception that an operation's error becomes.
    pub(crate) fn exception(&self, error: OpError) -> Exception {
        let (name, message) = match error {
            OpError::Thrown(value) => return value.into(),
            OpError::Terminated(exception) => return exception,
            OpError::Type(message) => ("TypeError", message),
            OpError::Range(message) => ("RangeError", message),
            OpError::Error(message) => ("Error", message),
            OpError::Dom(name, message) => (name, message),
        };
        self.internals
            .get("makeError")
            .and_then(|make| make.call(None, [Arg::String(name), Arg::String(&message)]))
            .map_or_else(|exception| exception, Exception::from)
    }
}

/// Which part of its processor time a request may use before each entry is measured exactly.
const EXACT_FROM: u32 = 8;

/// When an entry began.
enum Began {
    /// By elapsed time, which costs next to nothing.
    Elapsed(Instant),
    /// By the thread's processor time, for requests that have used a good part of their limit: on a machine that is
    /// overloaded elapsed time is far more.
    #[cfg(target_os = "linux")]
    Processor(Duration),
}

impl Began {
    fn now(exactly: bool) -> Self {
        #[cfg(target_os = "linux")]
        if exactly && let Some(time) = quire_jsc::clock::thread_time() {
            return Self::Processor(time);
        }
        let _ = exactly;
        Self::Elapsed(Instant::now())
    }

    /// Elapsed time counts only as far as it makes the next entry be measured exactly, where that is possible: the
    /// engine's own limit ends a single entry that takes too long.
    fn spent(&self, limit: Option<Duration>) -> Duration {
        match self {
            Self::Elapsed(began) => match limit {
                Some(limit) if cfg!(target_os = "linux") => began
                    .elapsed()
                    .min(limit / EXACT_FROM + Duration::from_nanos(1)),
                _ => began.elapsed(),
            },
            #[cfg(target_os = "linux")]
            Self::Processor(began) => quire_jsc::clock::thread_time()
                .unwrap_or(*began)
                .saturating_sub(*began),
        }
    }
}

/// What a request may use; `None` for no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// Processor time, all of its entries into the engine together.
    pub(crate) processor: Option<Duration>,
    /// Requests to elsewhere: `fetch`, and whatever a binding sends.
    pub(crate) subrequests: Option<u64>,
    /// Time that the handler of an alarm or of a queue may take.
    pub(crate) handlers: Duration,
}

/// The file itself rather than the copy inside the program: with `QUIRE_RUNTIME_SOURCES` set to this crate's `src`, a debug
/// build runs edited JavaScript without being compiled again.
fn edited_source(name: &str) -> Option<String> {
    if !cfg!(debug_assertions) {
        return None;
    }
    let root = std::env::var_os("QUIRE_RUNTIME_SOURCES")?;
    std::fs::read_to_string(std::path::Path::new(&root).join(name)).ok()
}
