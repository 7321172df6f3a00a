//! Encoded bodies: decoded for the program, passed on as they are where possible.

use crate::origin::{Origin, gzip};
use crate::site::{Site, bytes_of, get, run};
use http_body::Body as _;
use std::io::Read;

fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .unwrap();
    text
}

async fn request(
    site: &Site,
    path: &str,
    accept: &str,
) -> (http::response::Parts, Option<u64>, Vec<u8>) {
    let mut request = get(path);
    let accept = accept.parse().unwrap();
    request.headers_mut().insert("accept-encoding", accept);
    let response = site.send(request).await.unwrap();
    let length = response.body().size_hint().exact();
    let (head, body) = response.into_parts();
    let bytes = bytes_of(http::Response::new(body)).await;
    (head, length, bytes.to_vec())
}

#[test]
fn an_encoded_response_goes_through_untouched_if_the_client_takes_it() {
    run(async {
        let origin = Origin::start().await;
        let site = Site::start(&format!(
            "[async (c) => {{ const r = await c.next(); r.headers.set('x-seen', r.headers.get('content-encoding')); return r }}, \
              () => fetch('{}/gzip')]",
            origin.url
        ))
        .await;
        let encoded = gzip(&b"some text ".repeat(100));
        let (head, length, bytes) = request(&site, "/", "br, gzip").await;
        assert_eq!(head.headers["content-encoding"], "gzip");
        assert_eq!(head.headers["x-seen"], "gzip");
        assert_eq!(length, Some(encoded.len() as u64));
        assert_eq!(bytes, encoded);
        let (head, _, bytes) = request(&site, "/", "identity").await;
        assert!(!head.headers.contains_key("content-encoding"));
        assert_eq!(bytes, b"some text ".repeat(100));
    });
}

#[test]
fn the_program_reads_decoded_bytes() {
    run(async {
        let origin = Origin::start().await;
        let site = Site::start(&format!(
            "async () => {{ const a = await fetch('{0}/gzip'), b = await fetch('{0}/gzip', {{ encodeResponseBody: 'manual' }}); \
             const raw = await b.bytes(); return Response.json([(await a.text()).length, raw[0], raw[1], b.headers.get('content-encoding')]) }}",
            origin.url
        ))
        .await;
        assert_eq!(
            site.json("/").await,
            serde_json::json!([1000, 0x1f, 0x8b, "gzip"])
        );
    });
}

#[test]
fn what_the_program_calls_encoded_is_encoded_for_it() {
    run(async {
        let site = Site::start(
            "async () => new Response('text '.repeat(500), { headers: { 'content-encoding': 'gzip' } })",
        )
        .await;
        let (head, _, bytes) = request(&site, "/", "gzip").await;
        assert_eq!(head.headers["content-encoding"], "gzip");
        assert_eq!(gunzip(&bytes), "text ".repeat(500));
        let (head, _, bytes) = request(&site, "/", "identity").await;
        assert!(!head.headers.contains_key("content-encoding"));
        assert_eq!(bytes, "text ".repeat(500).as_bytes());
        let site = Site::start(
            "async () => new Response(new Uint8Array([1, 2, 3]), { headers: { 'content-encoding': 'gzip' }, encodeBody: 'manual' })",
        )
        .await;
        for accept in ["gzip", "identity"] {
            let (head, length, bytes) = request(&site, "/", accept).await;
            assert_eq!(head.headers["content-encoding"], "gzip", "{accept}");
            assert_eq!((length, bytes), (Some(3), vec![1, 2, 3]), "{accept}");
        }
    });
}
