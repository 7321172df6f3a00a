//! The runtime as the server sees it: start a program, hand it requests.

use super::bodies::NativeBody;
use super::body::Body;
use super::chains::Chains;
use super::client::Client;
use super::compatibility::Compatibility;
use super::event::{self, Arrived, Entrypoint};
use super::fetcher::Fetcher;
use super::outcome::{Failure, Outcome};
use super::program::Program;
use super::programs::Programs;
use super::realm::{Limits, LogSink, Realm};
use super::source_map::{SCRIPT_NAME, SourceMap};
use super::{body_ops, event_loop, request_ops, respond, serialize, session};
use crate::bindings::{self, Binding, Consumers, ObjectClass, Objects, Resource};
use crate::node;
use crate::web;
use http_body::Body as _;
use quire_jsc::{Arg, Call, Exception, Value};
use quire_routes::Chain;
use serde_json::json;
use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long a program's top level may take to settle.
const START_MAX: Duration = Duration::from_secs(30);

/// What the original says where code would be made from strings.
const EVAL_REFUSED: &str = "Code generation from strings disallowed for this context";

/// The text of stacks, the modules that only Workers have, and what compatibility flags change of the globals.
const WORKERS_SOURCES: [(&str, &str); 9] = [
    ("core/stack.js", include_str!("stack.js")),
    ("core/workers/rpc.js", include_str!("workers/rpc.js")),
    ("core/workers/pack.js", include_str!("workers/pack.js")),
    (
        "core/workers/messages.js",
        include_str!("workers/messages.js"),
    ),
    (
        "core/workers/streams.js",
        include_str!("workers/streams.js"),
    ),
    (
        "core/workers/session.js",
        include_str!("workers/session.js"),
    ),
    (
        "core/workers/workers.js",
        include_str!("workers/workers.js"),
    ),
    (
        "core/workers/entrypoints.js",
        include_str!("workers/entrypoints.js"),
    ),
    ("core/adaptations.js", include_str!("adaptations.js")),
];

/// What the runtime needs from around it.
pub struct Services {
    /// Answers `env.ASSETS.fetch` and requests that no handler takes; `None` for a program without assets.
    pub assets: Option<AssetSource>,
    /// The program's name.
    pub name: String,
    /// The programs that run beside it, and soon it too.
    pub programs: Rc<Programs>,
    /// The Durable Objects of this process.
    pub objects: Rc<Objects>,
    /// Takes what the program logs.
    pub log: LogSink,
    /// The folder for what lasts, such as the cache; `None` keeps nothing.
    pub data: Option<PathBuf>,
}

/// A request for a static asset.
#[derive(Clone, Debug)]
pub struct AssetRequest {
    /// Its method
    pub method: http::Method,
    /// The raw path, percent-encoded
    pub path: String,
    /// The query, without `?`
    pub query: Option<String>,
    /// The host of its URL, with the port
    pub host: Option<String>,
    /// Its headers
    pub headers: http::HeaderMap,
}

/// Who answers what no handler does.
pub enum AssetSource {
    /// Static files.
    Files(Rc<dyn AssetService>),
    /// Another server, which gets requests with their bodies, whatever their methods.
    Server(Rc<dyn Fetcher>),
}

/// Where static assets come from.
pub trait AssetService {
    /// Answers a request for an asset.
    fn fetch(
        &self,
        request: AssetRequest,
    ) -> futures_util::future::LocalBoxFuture<'static, http::Response<Body>>;
}

/// Why a program did not start.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StartError {
    /// Its top-level code threw.
    #[error("the program failed while it started: {message}")]
    Program {
        /// What it threw
        message: String,
        /// The message and the stack below it, positions in the project's own files
        stack: String,
    },
    /// Its top-level code never settled.
    #[error("the program's top-level `await` waits for something that never comes")]
    Unsettled,
    /// The runtime's own code failed; a fault of quire.
    #[error("the runtime failed to start: {0}")]
    Runtime(String),
}

impl From<Exception> for StartError {
    fn from(exception: Exception) -> Self {
        Self::Runtime(format!(
            "{exception} {}",
            exception.stack().unwrap_or_default()
        ))
    }
}

/// A running program. It must be used within one `LocalSet`, in which its timers and transfers run.
pub struct Runtime {
    realm: Rc<Realm>,
    dispatch: Value,
    chains: Chains,
    consumers: Consumers,
    events: JoinHandle<()>,
}

/// An engine with all its Web APIs that waits for a program. Making one is most of what starting
/// takes, and needs nothing of the program: a process can do it before it knows which.
pub struct Engine(Rc<Realm>);

impl Engine {
    /// Makes an engine. It stays on the thread that made it.
    pub fn new() -> Result<Self, StartError> {
        let realm = Realm::new()?;
        body_ops::install(&realm);
        request_ops::install(&realm);
        respond::install(&realm);
        session::install(&realm);
        web::install(&realm)?;
        serialize::install(&realm)?;
        node::install(&realm)?;
        bindings::install(&realm)?;
        realm.run_source("core/promises.js", include_str!("promises.js"))?;
        realm.run_source("core/chain.js", include_str!("chain.js"))?;
        realm.run_source("core/program.js", include_str!("program.js"))?;
        for (name, source) in WORKERS_SOURCES {
            realm.run_source(name, source)?;
        }
        let report = realm.internal("unhandledRejection")?;
        let log = Rc::downgrade(&realm);
        realm
            .context()
            .on_unhandled_rejection(move |promise, reason| {
                let reported =
                    report.call_and_forget(None, [Arg::Value(&promise), Arg::Value(&reason)]);
                if let (Err(exception), Some(realm)) = (reported, log.upgrade()) {
                    realm.log("error", &exception.to_string());
                }
            })?;
        Ok(Self(realm))
    }

    /// Starts a program: evaluates its script and waits for its top level.
    pub async fn start(self, program: Program, services: Services) -> Result<Runtime, StartError> {
        let Self(realm) = self;
        realm.set_log(services.log);
        let assets = match services.assets {
            Some(AssetSource::Files(files)) => {
                web::fetch::install_assets(&realm, files.clone());
                (services.programs)
                    .set_assets(&services.name, Rc::new(web::fetch::AssetFiles(files)));
                Some("files")
            }
            Some(AssetSource::Server(server)) => {
                services.programs.set_assets(&services.name, server);
                Some("server")
            }
            None => None,
        };
        realm.set_programs(services.programs.clone(), &services.name);
        for binding in &program.bindings {
            if let Resource::DurableObject {
                script,
                class,
                sqlite,
            } = &binding.resource
            {
                services.objects.declare(ObjectClass {
                    program: script.as_ref().unwrap_or(&services.name).clone(),
                    class: class.clone(),
                    sqlite: *sqlite,
                });
            }
        }
        realm.set_objects(services.objects);
        if let Some(data) = services.data {
            web::cache::set_folder(&realm, data.join("cache"));
            realm.set_data_folder(data);
        }
        realm.set_limits(Limits {
            processor: (program.cpu_limit_ms > 0)
                .then(|| Duration::from_millis(program.cpu_limit_ms)),
            subrequests: (program.subrequest_limit > 0).then_some(program.subrequest_limit),
            handlers: Duration::from_millis(program.handler_limit_ms),
        });
        let compatibility = Compatibility::of(&program);
        realm.set_compatibility(compatibility)?;
        let eval_allowed = compatibility.eval_during_startup;
        realm.context().set_eval_enabled(eval_allowed, EVAL_REFUSED);
        realm.set_source_map(SourceMap::parse(program.source_map.as_deref()));
        let events = tokio::task::spawn_local(event_loop::run(realm.clone()));
        let mut runtime = Runtime {
            dispatch: realm.internal("dispatch")?,
            chains: Chains::new(program.routes, realm.internal("defineChain")?),
            consumers: Consumers::new(&realm, program.consumers),
            events,
            realm,
        };
        runtime
            .load(&program.script, &program.vars, &program.bindings, assets)
            .await?;
        services.programs.add(&services.name, &runtime.realm);
        // A program that uses AsyncLocalStorage put another one in its place.
        runtime.dispatch = runtime.realm.internal("dispatch")?;
        runtime
            .realm
            .context()
            .set_eval_enabled(compatibility.eval_in_handlers, EVAL_REFUSED);
        Ok(runtime)
    }
}

impl Runtime {
    /// Makes an engine and starts a program in it.
    pub async fn start(program: Program, services: Services) -> Result<Self, StartError> {
        Engine::new()?.start(program, services).await
    }

    async fn load(
        &self,
        script: &str,
        vars: &serde_json::Map<String, serde_json::Value>,
        bindings: &[Binding],
        assets: Option<&str>,
    ) -> Result<(), StartError> {
        let realm = &self.realm;
        let program_error = |message: String, stack: &str| StartError::Program {
            stack: realm.source_map().stack(&message, stack),
            message,
        };
        let load = realm
            .context()
            .evaluate(script, SCRIPT_NAME)
            .map_err(|exception| {
                program_error(
                    exception.to_string(),
                    &exception.stack().unwrap_or_default(),
                )
            })?;
        let (settled, outcome) = oneshot::channel();
        let settled = Cell::new(Some(settled));
        let done = realm.context().function(move |call: &Call<'_>| {
            let thrown = match call.is_nullish(0) {
                true => None,
                false if call.is_nullish(1) => Some((call.string(0)?, String::new())),
                false => Some((call.string(0)?, call.string(1)?)),
            };
            if let Some(settled) = settled.take() {
                // The receiver is gone only if starting was given up.
                let _ = settled.send(thrown);
            }
            Ok(())
        });
        let env =
            json!({ "name": realm.name(), "vars": vars, "bindings": bindings, "assets": assets })
                .to_string();
        let load_program = realm.internal("loadProgram")?;
        #[cfg(target_os = "linux")]
        let clock = quire_jsc::clock::stop();
        load_program
            .call_and_forget(
                None,
                [Arg::Value(&load), Arg::String(&env), Arg::Value(&done)],
            )
            .map_err(|exception| program_error(exception.to_string(), ""))?;
        let outcome = tokio::time::timeout(START_MAX, outcome).await;
        #[cfg(target_os = "linux")]
        drop(clock);
        match outcome {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some((message, stack)))) => Err(program_error(message, &stack)),
            Ok(Err(_)) | Err(_) => Err(StartError::Unsettled),
        }
    }

    /// Runs a request through a chain of handlers. The path of its URI is normalised. Dropping the
    /// future says that the client has gone.
    pub async fn handle<B>(
        &self,
        request: http::Request<B>,
        chain: &Chain<'_>,
        client: Client,
    ) -> Result<http::Response<Body>, Failure>
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: std::fmt::Display,
    {
        let (head, body) = request.into_parts();
        let body = event::incoming(&head.headers, body);
        self.run_chain(head, body, chain, Some(client)).await
    }

    /// Runs a request of another program through a chain of handlers.
    pub async fn handle_call(
        &self,
        request: http::Request<Body>,
        chain: &Chain<'_>,
    ) -> Result<http::Response<Body>, Failure> {
        let (head, body) = request.into_parts();
        let body = (!body.is_end_stream()).then(|| body.received());
        self.run_chain(head, body, chain, None).await
    }

    async fn run_chain(
        &self,
        head: http::request::Parts,
        body: Option<NativeBody>,
        chain: &Chain<'_>,
        client: Option<Client>,
    ) -> Outcome {
        let known = self.chains.known(chain)?;
        let arrived = Arrived::new(&self.realm, head, body, client)?;
        let values = known.values(&arrived.url, chain);
        let has_values = values.is_some();
        self.realm.enter(Some(arrived.request.clone()), |_| {
            self.dispatch.call_and_forget(
                None,
                [
                    Arg::Number(f64::from(known.number)),
                    Arg::Number(arrived.request.id() as f64),
                    Arg::Number(arrived.method as f64),
                    Arg::Number(arrived.body as f64),
                    Arg::Boolean(has_values),
                    Arg::String(values.as_deref().unwrap_or(&arrived.url)),
                ],
            )
        });
        arrived.outcome().await
    }

    /// Has the program's default entry point answer a request. The path of its URI is normalised. Dropping the
    /// future says that the client has gone.
    pub async fn fetch<B>(
        &self,
        request: http::Request<B>,
        client: Client,
    ) -> Result<http::Response<Body>, Failure>
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: std::fmt::Display,
    {
        let (head, body) = request.into_parts();
        let body = event::incoming(&head.headers, body);
        event::fetch(
            &self.realm,
            head,
            body,
            &Entrypoint::default(),
            Some(client),
        )
        .await
    }

    /// Has the program's default entry point answer a request of another program.
    pub async fn fetch_call(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, Failure> {
        let (head, body) = request.into_parts();
        let body = (!body.is_end_stream()).then(|| body.received());
        event::fetch(&self.realm, head, body, &Entrypoint::default(), None).await
    }

    /// Has the program deal with the messages of the queues that it reads from.
    pub fn consume(&self) {
        self.consumers.start();
    }

    /// The program takes no more messages; those that it has it deals with.
    pub fn stop_consuming(&self) {
        self.consumers.stop();
    }

    /// How many requests have not ended: those that wait for a response, send one, or have work given to `waitUntil`.
    pub fn live_requests(&self) -> usize {
        let requests = self.realm.requests().borrow();
        requests
            .values()
            .filter(|request| !request.is_resident())
            .count()
    }

    /// What the engine's heap holds.
    pub fn memory(&self) -> quire_jsc::Memory {
        self.realm.context().memory()
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.events.abort();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use quire_jsc::Context;

    /// What the engine keeps for many small arrays.
    fn bytes_of_arrays(context: &Context) -> u64 {
        let held = || {
            context.collect_garbage();
            let memory = context.memory();
            memory.heap_bytes + memory.extra_bytes
        };
        let before = held();
        let make = "globalThis.kept = Array.from({ length: 100_000 }, (_, i) => [i, {}]); 0";
        context.evaluate(make, "arrays.js").unwrap();
        held() - before
    }

    /// Some things that prototypes may be given make all arrays slow, and larger.
    #[test]
    fn arrays_are_what_they_are_in_a_bare_engine() {
        let bare = bytes_of_arrays(&Context::new());
        let ours = bytes_of_arrays(Engine::new().unwrap().0.context());
        assert!(ours * 10 < bare * 11, "{ours} bytes rather than {bare}");
    }
}
