//! Programs of one process that call each other.

#![allow(clippy::unwrap_used)]

use http_body_util::{BodyExt, Empty};
use quire_routes::{FunctionFile, RouteOptions, RouteTable, Router};
use quire_runtime::{Binding, Client, Program, Programs, Resource, Runtime, Services, StartError};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// What every service of these tests begins with.
const PRELUDE: &str =
    "const { RpcTarget, WorkerEntrypoint } = quire.module(\"cloudflare:workers\");";

struct Site {
    functions: Runtime,
    _services: Vec<Runtime>,
    router: Router,
    log: Rc<RefCell<Vec<String>>>,
}

fn program(script: &str, routes: RouteTable, bindings: Vec<Binding>) -> Program {
    Program {
        script: format!("(async function (quire) {{ \"use strict\"; {PRELUDE}\n{script}\n}})"),
        routes,
        bindings,
        compatibility_date: "2026-06-01".into(),
        cpu_limit_ms: 300,
        ..Program::default()
    }
}

fn binding(name: &str, script: &str) -> Binding {
    Binding {
        name: name.into(),
        resource: Resource::Service {
            script: script.into(),
            entrypoint: None,
            props: None,
        },
    }
}

impl Site {
    /// A function for every path; `env.ONE` and `env.TWO` are services, which know each other too.
    async fn start(function: &str, one: &str, two: &str) -> Result<Self, StartError> {
        let file = FunctionFile {
            path: "[[path]].js".into(),
            exports: vec!["onRequest".into()],
        };
        let routes = RouteTable::from_files(&[file], &RouteOptions::default()).unwrap();
        let programs = Rc::new(Programs::default());
        let log = Rc::new(RefCell::new(Vec::new()));
        let services = |name: &str| {
            let (sink, name) = (log.clone(), name.to_owned());
            Services {
                assets: None,
                name: name.clone(),
                programs: programs.clone(),
                objects: std::rc::Rc::default(),
                log: Box::new(move |line| {
                    let quire_runtime::LogLine { level, text, .. } = line;
                    sink.borrow_mut().push(format!("{name} {level}: {text}"));
                }),
                data: None,
            }
        };
        let bindings = || {
            vec![
                binding("ONE", "one"),
                binding("TWO", "two"),
                binding("GONE", "gone"),
            ]
        };
        let mut running = Vec::new();
        for (name, script) in [("one", one), ("two", two)] {
            let program = program(script, RouteTable::default(), bindings());
            running.push(Runtime::start(program, services(name)).await?);
        }
        let script = format!("quire.register([[\"[[path]].js\", \"onRequest\", {function}]]);");
        let program = program(&script, routes.clone(), bindings());
        Ok(Self {
            functions: Runtime::start(program, services("project")).await?,
            _services: running,
            router: Router::new(routes),
            log,
        })
    }

    /// The text that a request is answered with, or why there is none.
    async fn get(&self, path: &str) -> String {
        let request = http::Request::get(path)
            .header("host", "a.example")
            .body(Empty::<bytes::Bytes>::new())
            .unwrap();
        let target = request.uri().path().to_owned();
        let chain = self.router.find("GET", &target);
        let answer = self.functions.handle(request, &chain, Client::default());
        let answer = tokio::time::timeout(Duration::from_secs(20), answer).await;
        match answer.expect("it was answered") {
            Err(failure) => format!("failed: {}", failure.message),
            Ok(response) => {
                let bytes = response.into_body().collect().await.unwrap().to_bytes();
                String::from_utf8(bytes.into()).unwrap()
            }
        }
    }
}

fn run(test: impl AsyncFnOnce()) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test());
}

const NOTHING: &str = "quire.worker({});";

#[test]
fn a_service_answers_requests_and_calls() {
    run(async || {
        let site = Site::start(
            "async ({ env }) => new Response(await (await env.ONE.fetch('http://x/path')).text() + await env.ONE.add(1, 2))",
            "quire.worker({ default: class extends WorkerEntrypoint { fetch(request) { return new Response(request.url) } add(a, b) { return a + b } } });",
            NOTHING,
        );
        assert_eq!(site.await.unwrap().get("/").await, "http://x/path3");
    });
}

#[test]
fn a_service_that_throws_or_hangs_leaves_the_others_alone() {
    run(async || {
        let site = Site::start(
            "async ({ env, request }) => {
               const { pathname } = new URL(request.url);
               if (pathname === '/ok') return env.TWO.fetch('http://x/');
               if (pathname === '/call') return new Response(await env.ONE[new URL(request.url).search.slice(1)]());
               return env.ONE.fetch(request);
             }",
            "quire.worker({ default: class extends WorkerEntrypoint {
               spin() { for (;;); }
               hang() { return new Promise(() => {}) }
               fetch(request) {
                 const { pathname } = new URL(request.url);
                 if (pathname === '/spin') for (;;);
                 if (pathname === '/hang') return new Promise(() => {});
                 throw new TypeError('thrown in one');
               }
             } });",
            "quire.worker({ default: { fetch: () => new Response('two is well') } });",
        )
        .await
        .unwrap();
        assert_eq!(site.get("/throw").await, "failed: TypeError: thrown in one");
        for (path, expected) in [
            ("/hang", "would never generate a response"),
            ("/spin", "exceeded CPU time limit"),
            ("/call?hang", "would never generate a response"),
            ("/call?spin", "exceeded CPU time limit"),
        ] {
            let answer = site.get(path).await;
            assert!(answer.contains(expected), "{path}: {answer}");
        }
        assert_eq!(site.get("/ok").await, "two is well");
        assert_eq!(site.functions.live_requests(), 0);
    });
}

#[test]
fn programs_that_call_each_other_without_end_are_stopped() {
    run(async || {
        let site = Site::start(
            "({ env }) => env.ONE.fetch('http://x/')",
            "quire.worker({ default: { fetch: (request, env) => env.TWO.fetch(request) } });",
            "quire.worker({ default: { fetch: (request, env) => env.ONE.fetch(request) } });",
        );
        let answer = site.await.unwrap().get("/").await;
        assert!(
            answer.contains("Subrequest depth limit exceeded"),
            "{answer}"
        );
    });
}

#[test]
fn a_callback_runs_in_the_request_that_made_it_and_a_session_ends_with_it() {
    run(async || {
        let site = Site::start(
            "async ({ env }) => {
               const counter = await env.ONE.counter();
               let seen = 0;
               await counter.each(async (n) => { await scheduler.wait(1); seen += n });
               return new Response(`${seen} ${await env.ONE.live()}`);
             }",
            "class Counter extends RpcTarget { async each(f) { for (const n of [1, 2, 3]) await f(n) } [Symbol.dispose]() { live-- } }
             let live = 0;
             quire.worker({ default: class extends WorkerEntrypoint { counter() { live++; return new Counter() } live() { return live } } });",
            NOTHING,
        )
        .await
        .unwrap();
        // What the first request held is let go with it.
        for _ in 0..3 {
            assert_eq!(site.get("/").await, "6 1");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(site.log.borrow().is_empty(), "{:?}", site.log.borrow());
    });
}

#[test]
fn work_given_to_wait_until_goes_on_after_the_answer() {
    run(async || {
        let site = Site::start(
            "async ({ env, request }) => request.url.endsWith('/seen') ? env.ONE.fetch('http://x/seen') : new Response(await env.ONE.begin())",
            "let seen = 0;
             quire.worker({ default: class extends WorkerEntrypoint {
               begin() { this.ctx.waitUntil(scheduler.wait(30).then(() => seen++)); return 'begun' }
               fetch() { return new Response(`${seen}`) }
             } });",
            NOTHING,
        )
        .await
        .unwrap();
        assert_eq!(site.get("/").await, "begun");
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(site.get("/seen").await, "1");
    });
}

#[test]
fn bodies_stream_through_a_service_untouched() {
    run(async || {
        let site = Site::start(
            "async ({ env }) => env.ONE.fetch('http://x/', { method: 'POST', body: 'x'.repeat(1_000_000) })",
            "quire.worker({ default: { fetch: (request, env) => env.TWO.fetch(request) } });",
            "quire.worker({ default: { fetch: (request) => new Response(request.body) } });",
        );
        assert_eq!(site.await.unwrap().get("/").await.len(), 1_000_000);
    });
}

#[test]
fn a_service_that_does_not_run_answers_so() {
    run(async || {
        let site = Site::start(
            "async ({ env }) => {
               const response = await env.GONE.fetch('http://x/');
               return new Response(`${response.status} ${await response.text()} ${await env.GONE.call().catch((error) => error.message)}`);
             }",
            NOTHING,
            NOTHING,
        );
        let text = "Worker \"gone\" not found. Make sure it is running locally.";
        assert_eq!(
            site.await.unwrap().get("/").await,
            format!("503 {text} {text}")
        );
    });
}

#[test]
fn a_start_that_fails_says_what_was_thrown() {
    run(async || {
        let site = Site::start("() => {}", "throw new Error('at the top')", NOTHING).await;
        let message = site.err().map(|error| error.to_string()).unwrap();
        assert!(message.contains("at the top"), "{message}");
    });
}
