//! Whose turn it is: requests that share promises, hang, end, or use more than they may.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "fetching/site.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod site;

use quire_runtime::{FailureKind, StartError};
use site::{Site, get, run, text_of, with_body};
use std::time::{Duration, Instant};

/// A program whose handlers stand under their path's name.
async fn start(handlers: &str) -> Site {
    limited(handlers, (0, 0)).await.unwrap()
}

async fn limited(handlers: &str, limits: (u64, u64)) -> Result<Site, StartError> {
    let prelude = format!("const shared = {{}}; const handlers = {{ {handlers} }};");
    Site::limited(
        &prelude,
        "(context) => handlers[new URL(context.request.url).pathname.slice(1)](context)",
        &[],
        limits,
    )
    .await
}

const TEXT: &str = "const text = (value) => new Response(String(value));";

#[test]
fn a_promise_that_another_request_settles_wakes_its_waiter() {
    run(async {
        let site = start(
            "async wait() { shared.gate = Promise.withResolvers(); return new Response(await shared.gate.promise); },
             async open() { await scheduler.wait(50); shared.gate.resolve('woken'); return new Response('opened'); }",
        )
        .await;
        let (opener, waiter) = tokio::join!(site.text("/open"), async {
            tokio::task::yield_now().await;
            site.text("/wait").await
        });
        assert_eq!((waiter.as_str(), opener.as_str()), ("woken", "opened"));
    });
}

#[test]
fn what_a_woken_request_goes_on_with_outlives_the_one_that_woke_it() {
    run(async {
        let site = start(
            "async wait({ request }) {
               shared.gate = Promise.withResolvers();
               await shared.gate.promise;
               const body = await request.text();
               await scheduler.wait(80);
               return new Response(`${body} later`);
             },
             async timer() {
               shared.gate = Promise.withResolvers();
               await shared.gate.promise;
               await scheduler.wait(80);
               return new Response('late');
             },
             async open() { await scheduler.wait(20); shared.gate.resolve(); return new Response('opened'); }",
        )
        .await;
        for (path, expected) in [("/wait", "own body later"), ("/timer", "late")] {
            let (opener, waiter) = tokio::join!(site.text("/open"), async {
                tokio::task::yield_now().await;
                text_of(
                    site.send(with_body("POST", path, "own body"))
                        .await
                        .unwrap(),
                )
                .await
            });
            assert_eq!((waiter.as_str(), opener.as_str()), (expected, "opened"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(site.live_requests(), 0);
    });
}

#[test]
fn a_request_in_flight_is_shared() {
    run(async {
        let site = start(
            "async load() {
               shared.loads = (shared.loads ?? 0) + 1;
               await scheduler.wait(50);
               return 'loaded';
             },
             async page() { return new Response(await (shared.flight ??= handlers.load())); },
             count: () => new Response(String(shared.loads))",
        )
        .await;
        let pages = futures_util::future::join_all((0..20).map(|_| site.text("/page"))).await;
        assert!(pages.iter().all(|page| page == "loaded"), "{pages:?}");
        assert_eq!(site.text("/count").await, "1");
    });
}

#[test]
fn a_hung_request_fails_at_once_and_beside_others_when_they_are_done() {
    run(async {
        let site = start(
            "never: () => new Promise(() => {}),
             async busy() { await scheduler.wait(300); return new Response('busy'); }",
        )
        .await;
        let began = Instant::now();
        let failure = site.send(get("/never")).await.err().unwrap();
        assert_eq!(failure.kind, FailureKind::Hung);
        assert!(began.elapsed() < Duration::from_millis(250));
        let (busy, never) = tokio::join!(site.text("/busy"), async {
            tokio::task::yield_now().await;
            let failure = site.send(get("/never")).await.err().unwrap();
            (failure.kind, began.elapsed())
        });
        assert_eq!(busy, "busy");
        assert_eq!(never.0, FailureKind::Hung);
        assert!(never.1 < Duration::from_secs(5));
        assert_eq!(site.live_requests(), 0);
    });
}

#[test]
fn promises_of_ended_requests_reject_for_those_who_wait() {
    run(async {
        let site = start(
            "leave() { shared.left = fetch('http://127.0.0.1:9/'); shared.left.catch(() => {}); return new Response('left'); },
             async slow({ request }) { shared.body = request.text(); return new Response('left'); },
             async wait() { try { await shared.body; } catch (error) { return new Response(error.message); } }",
        )
        .await;
        // The body never comes, so that reading it is under way when the request ends.
        let (sender, body) =
            tokio::sync::mpsc::channel::<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>(1);
        let body = http_body_util::StreamBody::new(futures_util::stream::unfold(
            body,
            async |mut body| {
                let frame = body.recv().await?;
                Some((frame, body))
            },
        ));
        let request = http::Request::builder()
            .method("POST")
            .uri("/slow")
            .header("host", "site.test")
            .body(Box::pin(body))
            .unwrap();
        assert_eq!(text_of(site.send(request).await.unwrap()).await, "left");
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(site.live_requests(), 0);
        let text = site.text("/wait").await;
        assert!(
            text.starts_with(
                "This promise was created by a request that has since ended, so it can never settle"
            ),
            "{text}"
        );
        drop(sender);
        assert_eq!(site.log(), Vec::<String>::new());
    });
}

#[test]
fn processor_time_is_summed_over_a_request() {
    let program = "spin(ms) { const end = Date.now() + ms; while (Date.now() < end); },
         async sum() { for (let i = 0; i < 50; i++) { handlers.spin(40); await scheduler.wait(1); } return new Response('done'); },
         async once() { handlers.spin(60); return new Response('done'); }";
    run(async {
        let site = limited(program, (100, 0)).await.unwrap();
        let failure = site.send(get("/sum")).await.err().unwrap();
        assert_eq!(failure.kind, FailureKind::TimeLimit);
        // The limit is each request's own.
        for _ in 0..3 {
            assert_eq!(site.text("/once").await, "done");
        }
        assert_eq!(site.live_requests(), 0);
    });
}

#[test]
fn subrequests_are_limited() {
    run(async {
        let site = limited(
            &format!(
                "async all() {{ {TEXT}
                   const messages = [];
                   for (let i = 0; i < 4; i++) await fetch('http://127.0.0.1:1/').catch((e) => messages.push(e.message));
                   return text(messages.slice(2)); }}"
            ),
            (0, 3),
        )
        .await
        .unwrap();
        for _ in 0..2 {
            let text = site.text("/all").await;
            assert_eq!(text, "Network connection lost.,Too many subrequests.");
        }
    });
}

#[test]
fn code_from_strings_is_refused_once_the_program_runs() {
    run(async {
        let handler = "() => { try { return new Response(String(new Function('return 1')())); } catch (error) { return new Response(String(error)); } }";
        let site = Site::try_start("const early = eval('1 + 1');", handler, &[])
            .await
            .unwrap();
        assert_eq!(
            site.text("/").await,
            "EvalError: Code generation from strings disallowed for this context"
        );
        let refused =
            Site::try_start("eval('1')", handler, &["disallow_eval_during_startup"]).await;
        assert!(matches!(refused, Err(StartError::Program { .. })));
    });
}

#[test]
fn work_given_to_wait_until_keeps_a_request_alive() {
    run(async {
        let site = start(
            "late({ waitUntil }) { waitUntil(scheduler.wait(60)); setTimeout(() => console.log('in time'), 20); \
               setTimeout(() => console.log('dropped'), 200); return new Response('x'); }",
        )
        .await;
        assert_eq!(site.text("/late").await, "x");
        assert_eq!(site.live_requests(), 1);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(site.live_requests(), 0);
        assert_eq!(site.log(), ["log: in time"]);
    });
}

#[test]
fn a_handler_of_html_rewriter_that_never_settles_is_a_hang() {
    run(async {
        let site = start(
            "rewritten: (source) => new HTMLRewriter().on('p', { element: () => new Promise(() => {}) }).transform(new Response(source)),
             read: async () => new Response(await handlers.rewritten('<b>x</b><p>y</p>').text()),
             answer: () => handlers.rewritten('<b>x</b><p>y</p>'),
             source: () => handlers.rewritten(new ReadableStream({ pull: () => new Promise(() => {}) })),
             async waits() {
               const rewriter = new HTMLRewriter().on('p', { async element(e) { await scheduler.wait(30); e.append('z'); } });
               return rewriter.transform(new Response('<p>y</p>'));
             }",
        )
        .await;
        let failure = site.send(get("/read")).await.err().unwrap();
        assert_eq!(failure.kind, FailureKind::Hung);
        for path in ["/answer", "/source"] {
            let response = site.send(get(path)).await.unwrap();
            let body = http_body_util::BodyExt::collect(response.into_body()).await;
            assert!(body.is_err(), "{path} has a whole body");
        }
        assert_eq!(site.text("/waits").await, "<p>yz</p>");
        assert_eq!(site.live_requests(), 0);
    });
}

#[test]
fn a_request_that_was_kept_can_be_looked_at_later() {
    run(async {
        let site = start(
            "keep({ request }) { shared.request = request; return new Response('kept'); },
             look: () => new Response(`${new URL(shared.request.url).pathname} ${shared.request.headers.get('cf-connecting-ip')}`)",
        )
        .await;
        assert_eq!(site.text("/keep").await, "kept");
        assert_eq!(site.text("/look").await, "/keep 127.0.0.1");
    });
}

#[test]
fn what_a_request_started_itself_ends_with_it_whoever_waits() {
    run(async {
        let site = start(
            "first() { shared.slow = scheduler.wait(200); return new Response('over'); },
             async second() { await scheduler.wait(50); await shared.slow; return new Response('settled'); }",
        )
        .await;
        let (second, first) = tokio::join!(site.send(get("/second")), site.text("/first"));
        assert_eq!(first, "over");
        assert_eq!(second.err().unwrap().kind, FailureKind::Hung);
    });
}
