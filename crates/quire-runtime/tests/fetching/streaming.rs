//! Long bodies: nothing is read ahead without bound, and who goes away is noticed.

use crate::origin::Origin;
use crate::site::{Site, bytes_of, eventually, get, run, text_of, with_body};
use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use std::cell::Cell;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const MIB: usize = 1024 * 1024;

async fn site_of(origin: &Origin, handler: &str) -> Site {
    Site::try_start(&format!("const url = {:?};", origin.url), handler, &[])
        .await
        .unwrap()
}

fn pattern(length: usize) -> Bytes {
    (0..length).map(|i| (i / 7) as u8).collect()
}

#[test]
fn sixty_four_megabytes_come_back_as_they_went() {
    run(async {
        let body = pattern(64 * MIB);
        for handler in [
            "({ request }) => new Response(request.body)",
            "async ({ request }) => new Response(await request.arrayBuffer())",
            "({ request }) => new Response(request.body.pipeThrough(new TransformStream()))",
        ] {
            let site = Site::start(handler).await;
            let response = site
                .send(with_body("POST", "/", body.clone()))
                .await
                .unwrap();
            assert!(bytes_of(response).await == body, "{handler}");
        }
    });
}

/// A request body of 64 KiB chunks that counts what was taken of it.
fn counted(
    chunks: usize,
    taken: &Arc<AtomicUsize>,
) -> http::Request<impl http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static> {
    let taken = taken.clone();
    let chunks = futures_util::stream::iter((0..chunks).map(move |_| {
        taken.fetch_add(65536, Ordering::Relaxed);
        Ok(Frame::data(Bytes::from(vec![b'x'; 65536])))
    }));
    get("/").map(|_| StreamBody::new(chunks))
}

#[test]
fn a_slow_origin_holds_an_upload_back() {
    run(async {
        let origin = Origin::start().await;
        for body in [
            "request.body",
            "request.body.pipeThrough(new TransformStream())",
        ] {
            let site = site_of(
                &origin,
                &format!("({{ request }}) => fetch(url + '/slow-reader', {{ method: 'POST', body: {body} }}).then(() => fetch(url + '/length'))"),
            )
            .await;
            let taken = Arc::new(AtomicUsize::new(0));
            let before = origin.seen.read.get();
            let mut request = counted(1024, &taken);
            *request.method_mut() = http::Method::POST;
            let early = Cell::new(0);
            let watch = async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                early.set(taken.load(Ordering::Relaxed));
            };
            let (response, ()) = tokio::join!(site.send(request), watch);
            assert_eq!(text_of(response.unwrap()).await, "0");
            // The kernel's buffers hold a few megabytes.
            assert!(
                early.get() < 24 * MIB,
                "{body}: {} bytes were read ahead",
                early.get()
            );
            assert_eq!(origin.seen.read.get() - before, 64 * MIB, "{body}");
        }
    });
}

#[test]
fn a_slow_client_holds_the_origin_back() {
    run(async {
        for wrap in [
            "r",
            "new Response(r.body.pipeThrough(new TransformStream()))",
            "new Response(r.clone().body)",
        ] {
            let origin = Origin::start().await;
            let site = site_of(
                &origin,
                &format!(
                    "async () => {{ const r = await fetch(url + '/endless'); return {wrap} }}"
                ),
            )
            .await;
            let mut body = site.get("/").await.into_body();
            body.frame().await.unwrap().unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            let written = origin.seen.written.get();
            assert!(written < 24 * MIB, "{wrap}: {written} bytes were sent");
            drop(body);
            eventually(|| origin.seen.cut.get() == 1).await;
        }
    });
}

#[test]
fn a_response_that_is_not_read_goes_with_its_request() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async () => { const r = await fetch(url + '/first-byte'); return new Response(`${r.status}`) }",
        )
        .await;
        assert_eq!(site.text("/").await, "200");
        eventually(|| origin.seen.cut.get() == 1).await;
    });
}

#[test]
fn a_stream_is_pulled_only_as_it_is_read() {
    run(async {
        let site = Site::start(
            "() => new Response(new ReadableStream({ pull(c) { console.log('pull'); c.enqueue(new Uint8Array(10)) }, \
             cancel(reason) { console.log('cancelled', reason) } }, { highWaterMark: 0 }))",
        )
        .await;
        let mut body = site.get("/").await.into_body();
        for _ in 0..3 {
            body.frame().await.unwrap().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let pulls = site.log().len();
        assert!(pulls < 12, "{pulls} pulls");
        drop(body);
        eventually(|| site.log().last().unwrap() == "log: cancelled undefined").await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(site.log().len() <= pulls + 2, "{:?}", site.log());
    });
}

#[test]
fn an_origin_that_does_not_want_the_upload_cancels_it() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async () => { let cancelled; const gone = new Promise(r => cancelled = r); \
             const body = new ReadableStream({ async pull(c) { await scheduler.wait(1); c.enqueue(new Uint8Array(65536)) }, cancel() { cancelled('cancelled') } }); \
             const answer = await fetch(url + '/refuses-body', { method: 'POST', body }).then(r => r.status, String); \
             return Response.json([answer === 413 || answer === 'Error: Network connection lost.', await gone]) }",
        )
        .await;
        assert_eq!(site.json("/").await, serde_json::json!([true, "cancelled"]));
    });
}

#[test]
fn the_signal_of_a_request_says_that_the_client_left() {
    run(async {
        let handler = "async ({ request, waitUntil }) => { request.signal.onabort = () => console.log(`${request.signal.reason}`); \
             waitUntil(scheduler.wait(60)); \
             if (new URL(request.url).pathname === '/stream') return new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(1)) }, pull: () => scheduler.wait(5000) })); \
             if (new URL(request.url).pathname === '/whole') return new Response('whole'); \
             await scheduler.wait(5000); return new Response() }";
        let with = Site::try_start("", handler, &["enable_request_signal"])
            .await
            .unwrap();
        let without = Site::start(handler).await;
        let said = "log: AbortError: The client has disconnected";
        for (site, expected) in [(&with, vec![said, said]), (&without, vec![])] {
            let left = tokio::time::timeout(Duration::from_millis(20), site.get("/slow")).await;
            assert!(left.is_err());
            let mut body = site.get("/stream").await.into_body();
            body.frame().await.unwrap().unwrap();
            drop(body);
            assert_eq!(site.text("/whole").await, "whole");
            tokio::time::sleep(Duration::from_millis(30)).await;
            assert_eq!(site.log(), expected);
        }
    });
}

#[test]
fn a_middleware_reads_the_body_and_passes_it_on() {
    run(async {
        let site = Site::start(
            "[async (c) => { const text = await c.request.text(); const r = await c.next(); return new Response(text + '|' + await r.text()) }, \
              async (c) => { const text = await c.request.text(); const r = await c.next(new Request(c.request.url, { method: 'PUT', body: text + '!' })); return r }, \
              async (c) => new Response(c.request.method + ' ' + await c.request.text())]",
        )
        .await;
        let response = site.send(with_body("POST", "/", "abc")).await.unwrap();
        assert_eq!(text_of(response).await, "abc|PUT abc!");
    });
}

#[test]
fn an_error_of_the_router_for_a_response_that_is_none() {
    run(async {
        let site = Site::start("() => Response.error()").await;
        let failure = site.send(get("/")).await.unwrap_err();
        assert!(
            failure.message.starts_with("RangeError: "),
            "{}",
            failure.message
        );
        let site = Site::start("({ waitUntil }) => { waitUntil(Promise.reject(new Error('later'))); return new Response('x') }").await;
        assert_eq!(site.text("/").await, "x");
        eventually(|| {
            site.log()
                .iter()
                .any(|line| line.contains("Uncaught (in promise) Error: later"))
        })
        .await;
    });
}
