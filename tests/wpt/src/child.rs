//! One test file in a runtime of its own: what the child process does.

use futures_util::future::LocalBoxFuture;
use http_body_util::{BodyExt, Empty};
use quire_routes::{FunctionFile, RouteOptions, RouteTable, Router};
use quire_runtime::{
    AssetRequest, AssetService, AssetSource, Body, Client, Program, Runtime, Services,
};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::rc::Rc;

/// The module that the generated program consists of.
const MODULE: &str = "wpt.js";

/// What the child is asked to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job {
    /// The whole program: driver, harness, tests.
    pub script: String,
    /// Whether to pass on what the tests log.
    pub log: bool,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// `OK`, or `ERROR`, `TIMEOUT`, `PRECONDITION_FAILED` for the file as a whole
    pub status: String,
    /// What went wrong with the file as a whole
    pub message: Option<String>,
    /// Its tests
    pub tests: Vec<TestOutcome>,
}

/// What came of one test of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestOutcome {
    /// Its name
    pub name: String,
    /// `PASS`, `FAIL`, `TIMEOUT`, `NOTRUN`, `PRECONDITION_FAILED`
    pub status: String,
    /// What went wrong
    pub message: Option<String>,
}

impl Outcome {
    /// A file that gave no outcome of its own.
    pub fn failed(message: impl Into<String>) -> Self {
        Self {
            status: "ERROR".into(),
            message: Some(message.into()),
            tests: Vec::new(),
        }
    }
}

/// There are no assets.
struct NoAssets;

impl AssetService for NoAssets {
    fn fetch(&self, _: AssetRequest) -> LocalBoxFuture<'static, http::Response<Body>> {
        let mut response = http::Response::new(Body::full("no asset"));
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        Box::pin(async move { response })
    }
}

/// Reads a job from the standard input, runs it, and writes its outcome to the standard output.
pub fn main() -> Result<(), String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| format!("the job could not be read: {error}"))?;
    let job: Job = serde_json::from_str(&text)
        .map_err(|error| format!("the job cannot be understood: {error}"))?;
    let threads = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no event loop: {error}"))?;
    let outcome = tokio::task::LocalSet::new()
        .block_on(&threads, run(job))
        .unwrap_or_else(|message| Outcome::failed(message).to_json());
    println!("{outcome}");
    // The engine need not be taken down tidily: the process ends here.
    std::process::exit(0);
}

impl Outcome {
    fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Runs the program's only function and gives what it answers.
async fn run(job: Job) -> Result<String, String> {
    let files = [FunctionFile {
        path: MODULE.into(),
        exports: vec!["onRequest".into()],
    }];
    let routes = RouteTable::from_files(&files, &RouteOptions::default())
        .map_err(|error| format!("{error:?}"))?;
    let program = Program {
        script: job.script,
        source_map: None,
        routes: routes.clone(),
        vars: serde_json::Map::new(),
        bindings: Vec::new(),
        consumers: Vec::new(),
        compatibility_date: "2026-06-01".into(),
        // Tests are handlers here, and those of WebAssembly compile what they try. The other one is the original's, for
        // these tests: it holds to the standard where programs rely on what is not.
        compatibility_flags: vec!["wasm_compile_in_handlers".into(), "pedantic_wpt".into()],
        cpu_limit_ms: 0,
        subrequest_limit: 0,
        handler_limit_ms: quire_runtime::HANDLER_LIMIT_MS,
    };
    let log = job.log;
    let services = Services {
        assets: Some(AssetSource::Files(Rc::new(NoAssets))),
        name: String::new(),
        programs: Rc::default(),
        objects: std::rc::Rc::default(),
        log: Box::new(move |line| {
            let quire_runtime::LogLine { level, text, .. } = line;
            if log {
                eprintln!("[{level}] {text}");
            }
        }),
        data: None,
    };
    let runtime = Runtime::start(program, services)
        .await
        .map_err(|error| error.to_string())?;
    let router = Router::new(routes);
    let path = "/wpt";
    let request = http::Request::get(path)
        .header("host", "wpt.test")
        .body(Empty::<bytes::Bytes>::new())
        .map_err(|error| error.to_string())?;
    let chain = router.find("GET", path);
    let response = runtime
        .handle(request, &chain, Client::default())
        .await
        .map_err(|failure| failure.stack.unwrap_or(failure.message))?;
    let body = response
        .into_body()
        .collect()
        .await
        .map_err(|error| error.to_string())?;
    String::from_utf8(body.to_bytes().to_vec()).map_err(|error| error.to_string())
}
