//! Programs in a whole runtime: contexts, chains, bodies, failures.
#![allow(clippy::unwrap_used, missing_docs)]

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http_body_util::{BodyExt, Full};
use quire_routes::{FunctionFile, RouteOptions, RouteTable, Router};
use quire_runtime::{
    AssetRequest, AssetService, AssetSource, Body, Client, Failure, FailureKind, Program, Runtime,
    Services, StartError,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Answers every asset request with a text that names it.
struct Assets;

impl AssetService for Assets {
    fn fetch(&self, request: AssetRequest) -> LocalBoxFuture<'static, http::Response<Body>> {
        let text = format!("asset {} {}", request.method, request.path);
        let response = http::Response::builder()
            .header("content-type", "text/plain")
            .header("x-asset", "yes")
            .body(Body::full(text))
            .unwrap();
        Box::pin(async move { response })
    }
}

/// A runtime with one program, and the lines it logged.
struct Site {
    runtime: Runtime,
    router: Router,
    log: Rc<RefCell<Vec<String>>>,
}

/// A file of the program: its path, and the exports that it registers.
type File<'a> = (&'a str, &'a [(&'a str, &'a str)]);

async fn try_start(files: &[File<'_>], prelude: &str) -> Result<Site, StartError> {
    let function_files: Vec<_> = files
        .iter()
        .map(|(path, exports)| FunctionFile {
            path: (*path).into(),
            exports: exports.iter().map(|(name, _)| (*name).into()).collect(),
        })
        .collect();
    let routes = RouteTable::from_files(&function_files, &RouteOptions::default()).unwrap();
    let entries: Vec<_> = files
        .iter()
        .flat_map(|(path, exports)| {
            exports
                .iter()
                .map(move |(name, value)| format!("[{path:?}, {name:?}, {value}]"))
        })
        .collect();
    let script = format!(
        "(async function (quire) {{ {prelude}\nquire.register([{}]); }})",
        entries.join(",\n")
    );
    let log = Rc::new(RefCell::new(Vec::new()));
    let sink = log.clone();
    let program = Program {
        script,
        routes: routes.clone(),
        vars: serde_json::json!({ "TEXT": "plain", "JSON": { "deep": [1] } })
            .as_object()
            .unwrap()
            .clone(),
        bindings: vec![quire_runtime::Binding {
            name: "AI".into(),
            resource: quire_runtime::Resource::Remote {
                service: "ai".into(),
            },
        }],
        compatibility_date: "2026-06-01".into(),
        cpu_limit_ms: 200,
        ..Program::default()
    };
    let services = Services {
        assets: Some(AssetSource::Files(Rc::new(Assets))),
        name: String::new(),
        programs: Rc::default(),
        objects: std::rc::Rc::default(),
        log: Box::new(move |line| {
            (sink.borrow_mut()).push(format!("{}: {}", line.level, line.text))
        }),
        data: None,
    };
    Ok(Site {
        runtime: Runtime::start(program, services).await?,
        router: Router::new(routes),
        log,
    })
}

/// An answer: its status, headers as `name: value` lines, and text.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<String>,
    text: String,
}

impl Site {
    async fn send(&self, request: http::Request<Full<Bytes>>) -> Result<Answer, Failure> {
        let path = request.uri().path().to_string();
        let method = request.method().to_string();
        let chain = self.router.find(&method, &path);
        let response = self
            .runtime
            .handle(request, &chain, Client::default())
            .await?;
        let (head, body) = response.into_parts();
        let text = body
            .collect()
            .await
            .map_err(|_| ())
            .map(|body| body.to_bytes());
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")))
                .collect(),
            text: text.map_or("(cut off)".into(), |bytes| {
                String::from_utf8_lossy(&bytes).into_owned()
            }),
        })
    }

    async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.send(request("GET", path, "")).await
    }

    async fn text(&self, path: &str) -> String {
        self.get(path).await.unwrap().text
    }
}

fn request(method: &str, path: &str, body: &str) -> http::Request<Full<Bytes>> {
    let mut request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", "example.test");
    if !body.is_empty() {
        request = request.header("content-length", body.len());
    }
    request
        .body(Full::new(Bytes::from(body.to_string())))
        .unwrap()
}

/// Runs a test on a runtime of its own.
fn on_site<T>(files: &[File<'_>], test: impl AsyncFnOnce(&Site) -> T) -> T {
    run(async { test(&try_start(files, "").await.unwrap()).await })
}

fn run<T>(future: impl Future<Output = T>) -> T {
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

#[test]
fn a_service_that_only_the_platform_has_fails_when_it_is_used() {
    on_site(
        &[(
            "x.js",
            &[(
                "onRequest",
                "async ({ env }) => new Response(await Promise.resolve(env.AI).then((ai) => ai.run('m')).catch(String))",
            )],
        )],
        async |site| {
            let answer = site.send(request("GET", "/x", "")).await.unwrap();
            assert!(
                answer
                    .text
                    .starts_with("Error: env.AI.run: `ai` is a service"),
                "{}",
                answer.text
            );
        },
    );
}

#[test]
fn a_handler_sees_request_params_and_env() {
    on_site(
        &[(
            "api/[id].js",
            &[(
                "onRequest",
                "async (c) => Response.json({ url: c.request.url, method: c.request.method, id: c.params.id, \
                 path: c.functionPath, text: c.env.TEXT, deep: c.env.JSON.deep[0], keys: Object.keys(c), \
                 host: c.request.headers.get('host'), body: await c.request.text(), null: c.request.body === null })",
            )],
        )],
        async |site| {
            let answer = site
                .send(request("POST", "/api/a%20b?q=1", "hello"))
                .await
                .unwrap();
            assert_eq!(answer.status, 200);
            assert_eq!(answer.headers, ["content-type: application/json"]);
            let value: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
            assert_eq!(
                value,
                serde_json::json!({ "url": "http://example.test/api/a%20b?q=1", "method": "POST", "id": "a%20b",
                    "path": "/api/a%20b", "text": "plain", "deep": 1, "host": "example.test", "body": "hello", "null": false,
                    "keys": ["request", "functionPath", "next", "params", "data", "env", "waitUntil", "passThroughOnException"] })
            );
        },
    );
}

#[test]
fn middleware_wraps_and_changes_the_response() {
    on_site(
        &[
            (
                "_middleware.js",
                &[(
                    "onRequest",
                    "[async (c) => { try { return await c.next() } catch (e) { return new Response(`caught ${e.message}`, { status: 500 }) } }, \
                      async (c) => { c.data.who = 'mw'; const r = await c.next(); r.headers.set('X-Hello', 'mw'); return r }]",
                )],
            ),
            (
                "hi.js",
                &[("onRequest", "({ data }) => new Response('hi ' + data.who)")],
            ),
            (
                "bad.js",
                &[("onRequest", "() => { throw new Error('no') }")],
            ),
            ("none.js", &[("onRequest", "() => 'text'")]),
        ],
        async |site| {
            let answer = site.get("/hi").await.unwrap();
            assert_eq!(answer.text, "hi mw");
            assert!(answer.headers.contains(&"x-hello: mw".to_string()));
            assert_eq!(site.text("/bad").await, "caught no");
            assert_eq!(
                site.text("/none").await,
                "caught Your Pages function should return a Response"
            );
            let asset = site.get("/logo.png").await.unwrap();
            assert_eq!(asset.text, "asset GET /logo.png");
            assert!(asset.headers.contains(&"x-hello: mw".to_string()));
            assert!(asset.headers.contains(&"x-asset: yes".to_string()));
        },
    );
}

#[test]
fn bodies_pass_through_and_are_shared_between_handlers() {
    on_site(
        &[
            (
                "_middleware.js",
                &[(
                    "onRequest",
                    "async (c) => { const r = await c.next(); r.headers.set('x-length', (await c.request.text()).length); return r }",
                )],
            ),
            (
                "echo.js",
                &[("onRequest", "(c) => new Response(c.request.body)")],
            ),
            (
                "upper.js",
                &[(
                    "onRequest",
                    "async (c) => new Response((await c.request.text()).toUpperCase())",
                )],
            ),
            (
                "stream.js",
                &[(
                    "onRequest",
                    "(c) => new Response(c.request.body.pipeThrough(new TransformStream()))",
                )],
            ),
            (
                "twice.js",
                &[(
                    "onRequest",
                    "async (c) => { const b = c.request.clone(); return new Response(await c.request.text() + await b.text()) }",
                )],
            ),
        ],
        async |site| {
            for (path, expected) in [
                ("/echo", "body"),
                ("/upper", "BODY"),
                ("/stream", "body"),
                ("/twice", "bodybody"),
            ] {
                let answer = site.send(request("POST", path, "body")).await.unwrap();
                assert_eq!(answer.text, expected, "{path}");
                assert!(
                    answer.headers.contains(&"x-length: 4".to_string()),
                    "{path} {:?}",
                    answer.headers
                );
            }
        },
    );
}

#[test]
fn failures_say_what_happened() {
    on_site(
        &[
            (
                "throws.js",
                &[(
                    "onRequest",
                    "function onRequest() { throw new TypeError('broken') }",
                )],
            ),
            ("string.js", &[("onRequest", "() => { throw 'text' }")]),
            ("hangs.js", &[("onRequest", "() => new Promise(() => {})")]),
            ("spins.js", &[("onRequest", "() => { while (true); }")]),
            (
                "later.js",
                &[(
                    "onRequest",
                    "async () => { await new Promise(r => setTimeout(r, 5)); while (true); }",
                )],
            ),
            (
                "timer.js",
                &[(
                    "onRequest",
                    "() => new Promise(r => setTimeout(() => r(new Response('late')), 20))",
                )],
            ),
            (
                "newline.js",
                &[(
                    "onRequest",
                    "() => new Response('', { headers: { a: 'b\\nc' } })",
                )],
            ),
            (
                "pass.js",
                &[(
                    "onRequest",
                    "(c) => { c.passThroughOnException(); throw new Error('x') }",
                )],
            ),
        ],
        async |site| {
            let failure = site.get("/throws").await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::Exception);
            assert_eq!(failure.message, "TypeError: broken");
            assert!(
                failure
                    .stack
                    .unwrap()
                    .contains("    at onRequest (functions.js:")
            );
            assert_eq!(
                site.get("/string").await.unwrap_err().message,
                "Error: text"
            );
            let started = Instant::now();
            assert_eq!(
                site.get("/hangs").await.unwrap_err().kind,
                FailureKind::Hung
            );
            assert!(started.elapsed() < Duration::from_secs(2));
            assert_eq!(
                site.get("/spins").await.unwrap_err().kind,
                FailureKind::TimeLimit
            );
            assert_eq!(
                site.get("/later").await.unwrap_err().kind,
                FailureKind::TimeLimit
            );
            assert_eq!(site.text("/timer").await, "late");
            assert_eq!(
                site.get("/newline").await.unwrap_err().message,
                "TypeError: Invalid header value."
            );
            assert_eq!(site.text("/pass").await, "asset GET /pass");
        },
    );
}

#[test]
fn streams_made_in_javascript_reach_the_client() {
    on_site(
        &[
            (
                "count.js",
                &[(
                    "onRequest",
                    "() => { let n = 0; return new Response(new ReadableStream({ async pull(c) { await scheduler_wait(1); \
                    if (n === 5) c.close(); else c.enqueue(new TextEncoder().encode(`${n++};`)) } })); \
                    function scheduler_wait(ms) { return new Promise(r => setTimeout(r, ms)) } }",
                )],
            ),
            (
                "stuck.js",
                &[(
                    "onRequest",
                    "() => new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(3)) }, pull() { return new Promise(() => {}) } }))",
                )],
            ),
            (
                "fails.js",
                &[(
                    "onRequest",
                    "() => new Response(new ReadableStream({ pull(c) { c.error(new Error('x')) } }))",
                )],
            ),
            (
                "pair.js",
                &[(
                    "onRequest",
                    "() => { const { readable, writable } = new TransformStream(); const w = writable.getWriter(); \
                    (async () => { const e = new TextEncoder(); for (let i = 0; i < 100; i++) await w.write(e.encode('x'.repeat(1000))); await w.close() })(); \
                    return new Response(readable) }",
                )],
            ),
        ],
        async |site| {
            assert_eq!(site.text("/count").await, "0;1;2;3;4;");
            assert_eq!(site.text("/stuck").await, "(cut off)");
            assert_eq!(site.text("/fails").await, "(cut off)");
            assert_eq!(site.text("/pair").await.len(), 100_000);
        },
    );
}

#[test]
fn wait_until_outlives_the_response_and_other_work_does_not() {
    on_site(
        &[(
            "wait.js",
            &[
                (
                    "onRequest",
                    "(c) => { const later = (ms) => new Promise(r => setTimeout(r, ms)); \
                c.waitUntil(later(30).then(() => console.log('waited'))); later(10).then(() => console.log('alongside')); \
                return new Response('sent') }",
                ),
                (
                    "onRequestPost",
                    "() => { setTimeout(() => console.log('never'), 10); return new Response('sent') }",
                ),
            ],
        )],
        async |site| {
            assert_eq!(site.text("/wait").await, "sent");
            site.send(request("POST", "/wait", "")).await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(*site.log.borrow(), ["log: alongside", "log: waited"]);
        },
    );
}

#[test]
fn a_client_that_goes_away_ends_its_request() {
    on_site(
        &[(
            "slow.js",
            &[(
                "onRequest",
                "async () => { await new Promise(r => setTimeout(r, 50)); console.log('went on'); return new Response() }",
            )],
        )],
        async |site| {
            let gone = tokio::time::timeout(Duration::from_millis(10), site.get("/slow")).await;
            assert!(gone.is_err());
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert!(site.log.borrow().is_empty());
        },
    );
}

#[test]
fn a_program_that_fails_to_start_says_where() {
    run(async {
        let error = try_start(&[], "null.x").await.err().unwrap();
        let StartError::Program { message, stack } = error else {
            panic!("{error}")
        };
        assert!(message.starts_with("TypeError"), "{message}");
        assert!(stack.contains("functions.js:1:"), "{stack}");
        let error = try_start(&[], "await fetch('http://127.0.0.1/')")
            .await
            .err()
            .unwrap();
        assert!(
            error.to_string().contains("Disallowed operation"),
            "{error}"
        );
        assert!(
            try_start(&[], "await Promise.resolve(); await null;")
                .await
                .is_ok()
        );
    });
}

#[test]
fn many_requests_leave_nothing_behind() {
    on_site(
        &[(
            "r.js",
            &[(
                "onRequest",
                "async (c) => Response.json({ at: new URL(c.request.url).pathname })",
            )],
        )],
        async |site| {
            for _ in 0..20_000 {
                assert_eq!(site.text("/r").await, r#"{"at":"/r"}"#);
            }
            let before = site.runtime.memory();
            for _ in 0..20_000 {
                site.text("/r").await;
            }
            let after = site.runtime.memory();
            assert!(
                after.heap_bytes < before.heap_bytes + 8_000_000,
                "{before:?} {after:?}"
            );
        },
    );
}
