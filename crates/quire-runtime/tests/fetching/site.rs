//! A runtime with one handler for every path, and what it logs.

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http_body_util::{BodyExt, Full};
use quire_routes::{FunctionFile, RouteOptions, RouteTable, Router};
use quire_runtime::{
    AssetRequest, AssetService, AssetSource, Body, Client, Failure, Program, Runtime, Services,
    StartError,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

struct NoAssets;

impl AssetService for NoAssets {
    fn fetch(&self, _: AssetRequest) -> LocalBoxFuture<'static, http::Response<Body>> {
        Box::pin(async { http::Response::new(Body::full("asset")) })
    }
}

pub(crate) struct Site {
    runtime: Runtime,
    router: Router,
    log: Rc<RefCell<Vec<String>>>,
}

impl Site {
    /// `handlers` is one function or an array of them.
    pub(crate) async fn try_start(
        prelude: &str,
        handlers: &str,
        flags: &[&str],
    ) -> Result<Self, StartError> {
        Self::limited(prelude, handlers, flags, (0, 0)).await
    }

    /// With limits: milliseconds of processor time, and subrequests.
    pub(crate) async fn limited(
        prelude: &str,
        handlers: &str,
        flags: &[&str],
        (cpu_limit_ms, subrequest_limit): (u64, u64),
    ) -> Result<Self, StartError> {
        let file = FunctionFile {
            path: "[[path]].js".into(),
            exports: vec!["onRequest".into()],
        };
        let routes = RouteTable::from_files(&[file], &RouteOptions::default()).unwrap();
        let log = Rc::new(RefCell::new(Vec::new()));
        let sink = log.clone();
        let program = Program {
            script: format!(
                "(async function (quire) {{ \"use strict\"; {prelude}\n\
                 quire.register([[\"[[path]].js\", \"onRequest\", {handlers}]]); }})"
            ),
            routes: routes.clone(),
            compatibility_date: "2026-06-01".into(),
            compatibility_flags: flags.iter().map(|flag| (*flag).into()).collect(),
            cpu_limit_ms,
            subrequest_limit,
            ..Program::default()
        };
        let services = Services {
            assets: Some(AssetSource::Files(Rc::new(NoAssets))),
            name: String::new(),
            programs: Rc::default(),
            objects: std::rc::Rc::default(),
            log: Box::new(move |line| {
                (sink.borrow_mut()).push(format!("{}: {}", line.level, line.text))
            }),
            data: None,
        };
        Ok(Self {
            runtime: Runtime::start(program, services).await?,
            router: Router::new(routes),
            log,
        })
    }

    pub(crate) async fn start(handlers: &str) -> Self {
        Self::try_start("", handlers, &[]).await.unwrap()
    }

    pub(crate) async fn send<B>(
        &self,
        request: http::Request<B>,
    ) -> Result<http::Response<Body>, Failure>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: std::fmt::Display,
    {
        let (path, method) = (
            request.uri().path().to_string(),
            request.method().to_string(),
        );
        let chain = self.router.find(&method, &path);
        self.runtime
            .handle(request, &chain, Client::default())
            .await
    }

    /// The response to a GET without headers.
    pub(crate) async fn get(&self, path: &str) -> http::Response<Body> {
        self.send(get(path)).await.unwrap()
    }

    /// The text that answers a GET.
    pub(crate) async fn text(&self, path: &str) -> String {
        text_of(self.get(path).await).await
    }

    /// The JSON that answers a GET.
    pub(crate) async fn json(&self, path: &str) -> serde_json::Value {
        let text = self.text(path).await;
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"))
    }

    /// How many requests have not ended.
    #[allow(dead_code, reason = "one of the two test programs uses it")]
    pub(crate) fn live_requests(&self) -> usize {
        self.runtime.live_requests()
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.log.borrow().clone()
    }
}

pub(crate) fn get(path: &str) -> http::Request<Full<Bytes>> {
    with_body("GET", path, Bytes::new())
}

/// A request with a `Content-Length`, unless the body is empty.
pub(crate) fn with_body(
    method: &str,
    path: &str,
    body: impl Into<Bytes>,
) -> http::Request<Full<Bytes>> {
    let body = body.into();
    let mut request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", "site.test:8788");
    if !body.is_empty() {
        request = request.header("content-length", body.len());
    }
    request.body(Full::new(body)).unwrap()
}

pub(crate) async fn bytes_of(response: http::Response<Body>) -> Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

pub(crate) async fn text_of(response: http::Response<Body>) -> String {
    match response.into_body().collect().await {
        Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        Err(error) => format!("(cut off: {error})"),
    }
}

/// Waits until something holds.
pub(crate) async fn eventually(mut holds: impl FnMut() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never held");
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        tokio::time::timeout(Duration::from_secs(60), future)
            .await
            .unwrap()
    })
}
