//! What goes out, what comes back, and how it fails.

use crate::origin::Origin;
use crate::site::{Site, get, run, text_of, with_body};
use http_body::Body as _;
use serde_json::json;

/// A site whose handler gets the origin's address as `url`.
async fn site_of(origin: &Origin, handler: &str) -> Site {
    Site::try_start(&format!("const url = {:?};", origin.url), handler, &[])
        .await
        .unwrap()
}

#[test]
fn headers_that_are_not_the_programs_are_left_out() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async () => fetch(url.replace('//', '//user:secret@') + '/echo', { method: 'POST', body: 'abc', headers: { host: 'x', \
             connection: 'close', 'content-length': '9', 'transfer-encoding': 'chunked', 'cf-connecting-ip': '1.2.3.4', te: 'x', \
             upgrade: 'h2c', 'keep-alive': '1', 'x-kept': '\u{e9}', cookie: 'a=b', origin: 'http://o' } })",
        )
        .await;
        let echo = site.json("/").await;
        let host = origin.url.strip_prefix("http://").unwrap();
        let mut lines: Vec<_> = echo["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "accept-encoding: br, gzip",
                "cf-worker: site.test",
                "content-length: 3",
                "content-type: text/plain;charset=UTF-8",
                "cookie: a=b",
                &format!("host: {host}"),
                "origin: http://o",
                "x-kept: \u{e9}",
            ]
        );
        assert_eq!(echo["body"], "abc");
    });
}

#[test]
fn bodies_are_framed_by_what_they_are() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async ({ request }) => { const bytes = (text) => new TextEncoder().encode(text); \
             const stream = () => new ReadableStream({ start(c) { c.enqueue(bytes('ab')); c.enqueue('c'); c.close() } }); \
             const fixed = () => { const f = new FixedLengthStream(3); const w = f.writable.getWriter(); w.write(bytes('abc')); w.close(); return f.readable }; \
             const body = { text: 'abc', stream: stream(), fixed: fixed(), request: request.body, none: undefined }[new URL(request.url).pathname.slice(1)]; \
             const { headers, body: sent } = await (await fetch(url + '/echo', { method: 'PUT', body })).json(); \
             return Response.json([sent, headers.filter(h => h.startsWith('content-length') || h.startsWith('transfer'))]) }",
        )
        .await;
        for (path, expected) in [
            ("/text", json!(["abc", ["content-length: 3"]])),
            ("/stream", json!(["abc", ["transfer-encoding: chunked"]])),
            ("/fixed", json!(["abc", ["content-length: 3"]])),
            ("/request", json!(["abc", ["content-length: 3"]])),
            ("/none", json!(["", ["content-length: 0"]])),
        ] {
            let response = site.send(with_body("POST", path, "abc")).await.unwrap();
            let text = text_of(response).await;
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&text).unwrap(),
                expected,
                "{path}"
            );
        }
    });
}

#[test]
fn a_form_that_arrived_is_sent_on() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async ({ request }) => { const form = await request.formData(); form.append('file', new File(['data'], 'f.txt', { type: 'a/b' })); \
             const { body, headers } = await (await fetch(url + '/echo', { method: 'POST', body: form })).json(); \
             const type = headers.find(h => h.startsWith('content-type')).slice(14); \
             const again = await new Response(body, { headers: { 'content-type': type } }).formData(); \
             return Response.json([again.get('a'), again.get('file').name, again.get('file').type, await again.get('file').text()]) }",
        )
        .await;
        let mut request = with_body("POST", "/", "a=1%202");
        request.headers_mut().insert(
            "content-type",
            "application/x-www-form-urlencoded".parse().unwrap(),
        );
        let text = text_of(site.send(request).await.unwrap()).await;
        assert_eq!(text, r#"["1 2","f.txt","a/b","data"]"#);
    });
}

#[test]
fn responses_without_a_body() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async ({ request }) => { const path = new URL(request.url).pathname; \
             if (path === '/head') return fetch(url + '/head', { method: 'HEAD' }); \
             const r = await fetch(url + '/status?status=' + path.slice(1)); \
             if (r.body !== null) throw new Error('a body'); return r }",
        )
        .await;
        for status in ["204", "304"] {
            let response = site.get(&format!("/{status}")).await;
            assert_eq!(response.status().as_str(), status);
            assert_eq!(response.headers()["etag"], "\"e\"");
            assert!(response.body().is_end_stream());
        }
        let mut head = get("/head");
        *head.method_mut() = http::Method::HEAD;
        let response = site.send(head).await.unwrap();
        assert_eq!(response.headers()["content-length"], "1234");
    });
}

#[test]
fn failures_have_the_originals_words() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async () => { const say = (e) => String(e); const after = (ms, c) => setTimeout(() => c.abort(), ms); \
             const late = new AbortController(), reading = new AbortController(), own = new AbortController(); \
             const first = await fetch(url + '/first-byte', { signal: reading.signal }); reading.abort(); \
             const second = await fetch(url + '/first-byte', { signal: own.signal }); const reader = second.body.getReader(); \
             await reader.read(); own.abort(new RangeError('enough')); \
             return Response.json([ \
               await fetch('http://127.0.0.1:1/').catch(say), \
               (await fetch('http://no-such-name.invalid/').catch(say)).slice(0, 33), \
               await (await fetch(url + '/dies')).text().catch(say), \
               await fetch(url + '/hang', { signal: AbortSignal.abort() }).catch(say), \
               await (after(300, late), fetch(url + '/hang', { signal: late.signal }).catch(say)), \
               await fetch(url + '/hang', { signal: AbortSignal.timeout(300) }).catch(say), \
               await first.text().catch(say), \
               await reader.read().catch(say), \
             ]) }",
        )
        .await;
        assert_eq!(
            site.json("/").await,
            json!([
                "Error: Network connection lost.",
                "Error: internal error; reference ",
                "Error: Network connection lost.",
                "AbortError: The operation was aborted",
                "AbortError: The operation was aborted",
                "TimeoutError: The operation was aborted due to timeout",
                "AbortError: The operation was aborted",
                "RangeError: enough",
            ])
        );
        // The aborted exchanges were ended: two that hung, two that were being read.
        crate::site::eventually(|| origin.seen.cut.get() == 4).await;
        assert!(site.log().iter().any(|line| line.contains("fetch to http://127.0.0.1:1 failed: Connection refused")));
    });
}

#[test]
fn connections_are_used_again() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async () => { for (let i = 0; i < 10; i++) await (await fetch(url + '/echo')).text(); return new Response('done') }",
        )
        .await;
        for _ in 0..3 {
            assert_eq!(site.text("/").await, "done");
        }
        assert_eq!(origin.seen.connections.get(), 1);
    });
}

#[test]
fn a_body_belongs_to_one_request() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async ({ request, waitUntil }) => { if (globalThis.kept) return Response.json([ \
               globalThis.kept.url.endsWith('/first'), await globalThis.kept.text().catch(e => e.message.slice(0, 52)), \
               globalThis.response.status, await globalThis.response.text().catch(e => e.message.slice(0, 52))]); \
             globalThis.kept = request; request.url; globalThis.response = await fetch(url + '/echo'); \
             waitUntil(new Promise(r => setTimeout(r, 500))); return new Response('kept') }",
        )
        .await;
        let first = site.send(with_body("POST", "/first", "abc")).await.unwrap();
        assert_eq!(text_of(first).await, "kept");
        let refused = "Cannot perform I/O on behalf of a different request.";
        assert_eq!(
            site.json("/second").await,
            json!([true, refused, 200, refused])
        );
    });
}

#[test]
fn programs_do_not_fetch_while_they_start() {
    run(async {
        let site = Site::try_start(
            "const early = await fetch('http://127.0.0.1:1/').catch(String);",
            "() => new Response(early)",
            &[],
        )
        .await
        .unwrap();
        let text = site.text("/").await;
        assert!(
            text.starts_with("Error: Disallowed operation called within global scope."),
            "{text}"
        );
    });
}

#[test]
fn header_values_may_hold_control_characters() {
    run(async {
        let origin = Origin::start().await;
        let site = site_of(
            &origin,
            "async () => { const r = await fetch(url + '/controls', { method: 'POST', body: 'a\\x01b\\xff', headers: { 'x-value': 'v\\x01\\x1f\\xe9' } }); \
             return Response.json([r.headers.get('x-back'), await r.text()]) }",
        )
        .await;
        assert_eq!(
            site.json("/").await,
            json!(["v\u{1}\u{1f}\u{e9}\u{2}\u{7f}", "a\u{1}b\u{ff}"])
        );
    });
}
