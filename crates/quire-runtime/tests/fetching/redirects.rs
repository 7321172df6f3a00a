//! What becomes of redirects.

use crate::origin::Origin;
use crate::site::{Site, run};
use serde_json::json;

#[test]
fn methods_and_bodies_change_as_the_status_says() {
    run(async {
        let origin = Origin::start().await;
        let site = Site::start(&format!(
            "async ({{ request }}) => {{ const [, status, method] = new URL(request.url).pathname.split('/'); \
             const body = method.startsWith('P') ? 'abc' : undefined; \
             const r = await fetch('{}/redirect?to=/echo&status=' + status, {{ method, body }}); \
             const echo = method === 'HEAD' ? {{}} : await r.json(); \
             return Response.json([r.status, r.redirected, echo.method ?? null, echo.body ?? null]) }}",
            origin.url
        ))
        .await;
        for status in [301, 302, 303, 307, 308] {
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
                let to_get = match status {
                    301 | 302 => method == "POST",
                    303 => method != "HEAD",
                    _ => false,
                };
                let expected = match (method, to_get) {
                    ("HEAD", _) => json!([200, true, null, null]),
                    (_, true) => json!([200, true, "GET", ""]),
                    ("POST" | "PUT", false) => json!([200, true, method, "abc"]),
                    _ => json!([200, true, method, ""]),
                };
                let answer = site.json(&format!("/{status}/{method}")).await;
                assert_eq!(answer, expected, "{status} {method}");
            }
        }
    });
}

#[test]
fn twenty_redirects_are_followed_and_no_more() {
    run(async {
        let origin = Origin::start().await;
        let site = Site::start(&format!(
            "async ({{ request }}) => Response.json(await fetch('{}/count?left=' + new URL(request.url).pathname.slice(1)) \
             .then(r => [r.status, r.url], e => [String(e)]))",
            origin.url
        ))
        .await;
        let last = format!("{}/count?left=0", origin.url);
        assert_eq!(site.json("/20").await, json!([200, last]));
        assert_eq!(
            site.json("/21").await,
            json!(["TypeError: Too many redirects."])
        );
    });
}

#[test]
fn odd_redirects() {
    run(async {
        let origin = Origin::start().await;
        let site = Site::start(&format!(
            "async ({{ request }}) => {{ const url = '{0}', say = (r) => [r.status, r.redirected, r.headers.get('location')]; \
             const failure = (e) => e.name; \
             return Response.json([ \
               await fetch(url + '/redirect?status=302&to=/echo', {{ redirect: 'manual' }}).then(say), \
               await fetch(url + '/redirect?status=302').then(say), \
               await fetch(url + '/redirect?status=302&to=').then(say), \
               await fetch(url + '/redirect?status=300&to=/echo').then(say), \
               await fetch(url + '/redirect?status=302&to=http://[').then(say, failure), \
               await fetch(url + '/redirect?status=302&to=ftp://x/').then(say, failure), \
               (await fetch(url + '/redirect?status=302&to=/echo%23b#a')).url === url + '/echo', \
               (await fetch(url + '/echo#a')).url === url + '/echo', \
               await fetch(new Request(url + '/redirect?status=302&to=/echo', request)).then(say), \
             ]) }}",
            origin.url
        ))
        .await;
        assert_eq!(
            site.json("/").await,
            json!([
                [302, false, "/echo"],
                [302, false, null],
                [302, false, ""],
                [300, false, "/echo"],
                "TypeError",
                "TypeError",
                true,
                true,
                [302, false, "/echo"],
            ])
        );
    });
}

#[test]
fn credentials_stay_with_their_origin() {
    run(async {
        let (origin, other) = (Origin::start().await, Origin::start().await);
        let site = Site::start(&format!(
            "async ({{ request }}) => {{ const to = new URL(request.url).pathname === '/foreign' ? '{}' : ''; \
             const r = await fetch('{}/redirect?status=302&to=' + to + '/echo', {{ headers: {{ authorization: 'a', cookie: 'c', 'x-y': 'z' }} }}); \
             const {{ headers }} = await r.json(); return Response.json(headers.map(h => h.split(':')[0])) }}",
            other.url, origin.url
        ))
        .await;
        let own = site.text("/own").await;
        assert!(own.contains("authorization") && own.contains("cookie") && own.contains("x-y"));
        let foreign = site.text("/foreign").await;
        assert!(!foreign.contains("authorization"), "{foreign}");
        assert!(
            foreign.contains("cookie") && foreign.contains("x-y"),
            "{foreign}"
        );
    });
}

#[test]
fn a_stream_is_not_sent_twice() {
    run(async {
        let origin = Origin::start().await;
        let site = Site::start(&format!(
            "async ({{ request }}) => {{ const [, status] = new URL(request.url).pathname.split('/'); \
             const body = new ReadableStream({{ start(c) {{ c.enqueue(new Uint8Array([65])); c.close() }} }}); \
             return Response.json(await fetch('{}/redirect?to=/echo&status=' + status, {{ method: 'POST', body }}) \
             .then(async r => (await r.json()).method, e => e.message.slice(0, 36))) }}",
            origin.url
        ))
        .await;
        for status in [301, 302, 307, 308] {
            let answer = site.json(&format!("/{status}")).await;
            assert_eq!(
                answer,
                json!("A request with a one-time-use body ("),
                "{status}"
            );
        }
        assert_eq!(site.json("/303").await, json!("GET"));
    });
}
