//! Browsers' and download clients' routes of `examples/kohakuhub`, and the headers of git's.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use quire_end_to_end::clients::{Workplace, incompressible};
use quire_end_to_end::memory::{peak, process_tree};
use quire_end_to_end::origin::RunningOrigin;
use quire_end_to_end::{Answer, Command, Request, Server, example, is_wrangler};
use quire_origin::sha256_hex;

fn hub() -> (RunningOrigin, Server) {
    let origin = RunningOrigin::start();
    let server = Command::serve(example("kohakuhub"))
        .workers(2)
        .binding("API_BASE_URL", &origin.url())
        .start();
    (origin, server)
}

fn assert_cors(answer: &Answer, expected: bool) {
    let cors: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| name.starts_with("access-control-"))
        .collect();
    assert_eq!(!cors.is_empty(), expected, "CORS headers: {answer:?}");
    if expected {
        assert_eq!(
            answer.header("access-control-allow-origin").as_deref(),
            Some("*"),
            "{answer:?}"
        );
    }
}

fn assert_git_headers(answer: &Answer) {
    assert_eq!(
        answer.header("cache-control").as_deref(),
        Some("no-store, no-cache, must-revalidate"),
        "{answer:?}"
    );
    assert_eq!(
        answer.header("x-content-type-options").as_deref(),
        Some("nosniff"),
        "{answer:?}"
    );
    assert_eq!(
        answer.header("x-accel-buffering").as_deref(),
        Some("no"),
        "{answer:?}"
    );
    assert_cors(answer, false);
}

#[test]
fn the_backend_sees_the_whole_request() {
    let (_origin, server) = hub();
    let answer = server.send(
        Request::new("PUT", "/api/models/a%20b?x=1&y=%2F")
            .header("X-Custom", "kept")
            .header("Authorization", "Bearer token")
            .header("Content-Type", "application/json")
            .header("X-Forwarded-For", "203.0.113.9")
            .header("X-Forwarded-Host", "evil.example")
            .header("X-Per-Connection", "dropped")
            .header("Proxy-Authorization", "dropped")
            .header("TE", "trailers")
            .body("{\"a\":1}"),
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.header("content-type").as_deref(),
        Some("application/json")
    );
    assert_cors(&answer, true);
    let echo = answer.json();
    assert_eq!(echo["method"], "PUT");
    assert_eq!(echo["path"], "/api/models/a%20b");
    assert_eq!(echo["query"], "x=1&y=%2F");
    assert_eq!(echo["body"]["length"], 7);
    assert_eq!(echo["body"]["sha256"], sha256_hex(b"{\"a\":1}"));
    let headers = &echo["headers"];
    assert_eq!(headers["x-custom"][0], "kept");
    assert_eq!(headers["authorization"][0], "Bearer token");
    assert_eq!(headers["content-type"][0], "application/json");
    assert_eq!(headers["x-forwarded-host"][0], server.address().to_string());
    assert_eq!(headers["x-forwarded-proto"][0], "http");
    assert_eq!(headers["x-forwarded-for"][0], "127.0.0.1");
    assert!(
        headers["host"][0] != server.address().to_string(),
        "the backend is addressed by its own name: {headers}"
    );
    for dropped in ["proxy-authorization", "te", "connection", "keep-alive"] {
        assert!(
            headers.get(dropped).is_none(),
            "`{dropped}` was forwarded: {headers}"
        );
    }
    server.stop();
}

#[test]
fn all_methods_reach_the_backend() {
    let (_origin, server) = hub();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let answer = server.send(Request::new(method, "/api/x"));
        assert_eq!(answer.json()["method"], method);
        let answer = server.send(Request::new(method, "/org/some/where"));
        assert_eq!(answer.json()["path"], "/org/some/where");
    }
    let answer = server.send(Request::new("HEAD", "/api/x"));
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    server.stop();
}

#[test]
fn statuses_and_cookies_come_back_unchanged() {
    let (_origin, server) = hub();
    for status in [
        200, 201, 204, 205, 304, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503,
    ] {
        let answer = server.get(&format!("/api/status/{status}"));
        assert_eq!(answer.status, status, "{answer:?}");
        assert_cors(&answer, true);
    }
    let answer = server.get("/api/cookies");
    let cookies: Vec<&str> = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(cookies, ["a=1; Path=/", "b=2; HttpOnly"]);
    server.stop();
}

#[test]
fn redirects_reach_the_client() {
    let (_origin, server) = hub();
    for status in [301, 302, 303, 307, 308] {
        let answer = server.get(&format!(
            "/api/redirect/{status}?to=https%3A%2F%2Fexample.com%2Fthere"
        ));
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("location").as_deref(),
            Some("https://example.com/there")
        );
        assert_cors(&answer, true);
    }
    server.stop();
}

#[test]
fn downloads_that_follow_redirects_and_that_do_not() {
    let (origin, server) = hub();
    let workplace = Workplace::new();
    let big = incompressible(3_000_000, 3);
    for kind in ["models", "datasets", "spaces"] {
        origin.file(&format!("{kind}/team/name/main/data/big file.bin"), &big);
        origin.file(&format!("{kind}/team/name/main/config.json"), b"{}\n");
    }
    for prefix in [
        "/models/team/name",
        "/datasets/team/name",
        "/spaces/team/name",
        "/team/name",
    ] {
        let small = server.get(&format!("{prefix}/resolve/main/config.json"));
        assert_eq!(
            (small.status, small.text().as_str()),
            (200, "{}\n"),
            "{prefix}"
        );
        assert_cors(&small, true);

        let url = format!("{}{prefix}/resolve/main/data/big%20file.bin", server.url());
        let head = String::from_utf8(workplace.curl(&["--head", &url])).unwrap();
        let location = head
            .lines()
            .find_map(|line| {
                line.strip_prefix("location: ")
                    .or(line.strip_prefix("Location: "))
            })
            .unwrap();
        assert!(head.starts_with("HTTP/1.1 302"), "{head}");
        assert!(
            location.starts_with(&format!("{}/storage/", origin.url())),
            "{head}"
        );
        assert!(
            workplace.curl(&[&url]).is_empty(),
            "a client that does not follow gets no content"
        );
        assert!(
            workplace.curl(&["--location", &url]) == big,
            "{prefix}: the download differs"
        );
        // Redirect and range together: what a resumed download does.
        let tail = workplace.curl(&["--location", "--range", "2999990-", &url]);
        assert_eq!(tail, &big[2_999_990..]);
    }
    let missing = server.get("/models/team/name/resolve/main/missing.bin");
    assert_eq!(missing.status, 404);
    assert_eq!(
        missing.header("x-error-code").as_deref(),
        Some("EntryNotFound")
    );
    server.stop();
}

#[test]
fn ranges_and_conditions() {
    let (origin, server) = hub();
    origin.file("models/org/name/main/text.txt", b"0123456789");
    let target = "/models/org/name/resolve/main/text.txt";
    let whole = server.get(target);
    assert_eq!((whole.status, whole.text().as_str()), (200, "0123456789"));
    assert_eq!(whole.header("accept-ranges").as_deref(), Some("bytes"));
    let (etag, modified) = (
        whole.header("etag").unwrap(),
        whole.header("last-modified").unwrap(),
    );

    for (range, status, content, content_range) in [
        ("bytes=0-3", 206, "0123", "bytes 0-3/10"),
        ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=-2", 206, "89", "bytes 8-9/10"),
        ("bytes=10-", 416, "no such range\n", "bytes */10"),
    ] {
        let part = server.send(Request::get(target).header("Range", range));
        assert_eq!(
            (part.status, part.text().as_str()),
            (status, content),
            "{range}"
        );
        assert_eq!(
            part.header("content-range").as_deref(),
            Some(content_range),
            "{range}"
        );
        assert_cors(&part, true);
    }
    let part = server.send(
        Request::get(target)
            .header("Range", "bytes=0-3")
            .header("If-Range", "\"another\""),
    );
    assert_eq!(
        part.status, 200,
        "a range of a changed file is the whole file"
    );

    let unchanged = server.send(Request::get(target).header("If-None-Match", &etag));
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    let unchanged = server.send(Request::get(target).header("If-Modified-Since", &modified));
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));

    let head = server.send(Request::new("HEAD", target));
    assert_eq!(
        (
            head.status,
            head.header("content-length").as_deref(),
            head.body.len()
        ),
        (200, Some("10"), 0)
    );
    server.stop();
}

#[test]
fn preflights_of_browser_routes() {
    let (_origin, server) = hub();
    for target in [
        "/api/models",
        "/org/name/members",
        "/models/org/name/resolve/main/x",
        "/team/name/resolve/main/x",
    ] {
        let answer = server.send(
            Request::new("OPTIONS", target)
                .header("Origin", "https://app.example")
                .header("Access-Control-Request-Method", "PUT")
                .header("Access-Control-Request-Headers", "authorization, x-custom"),
        );
        assert_eq!(
            (answer.status, answer.body.len()),
            (204, 0),
            "{target}: {answer:?}"
        );
        assert_eq!(
            answer.header("access-control-allow-origin").as_deref(),
            Some("*")
        );
        assert_eq!(
            answer.header("access-control-allow-headers").as_deref(),
            Some("authorization, x-custom")
        );
        assert!(
            answer
                .header("access-control-allow-methods")
                .unwrap()
                .contains("PUT")
        );
        assert!(answer.header("access-control-max-age").is_some());
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    server.stop();
}

#[test]
fn git_routes_are_never_cached_and_carry_no_cors() {
    let (_origin, server) = hub();
    let origin = ("Origin", "https://app.example");
    for (request, media_type) in [
        (
            Request::get("/demo/hello.git/info/refs?service=git-upload-pack"),
            "application/x-git-upload-pack-advertisement",
        ),
        (
            Request::get("/demo/hello.git/info/refs?service=git-receive-pack"),
            "application/x-git-receive-pack-advertisement",
        ),
        (Request::get("/demo/hello.git/HEAD"), "text/plain"),
        (
            Request::new("POST", "/demo/hello.git/git-upload-pack")
                .header("Content-Type", "application/x-git-upload-pack-request")
                .header("Git-Protocol", "version=2")
                .body("0014command=ls-refs\n0000"),
            "application/x-git-upload-pack-result",
        ),
        (
            Request::new("POST", "/demo/hello.git/info/lfs/objects/batch")
                .header("Content-Type", "application/vnd.git-lfs+json")
                .body(r#"{"operation":"download","objects":[]}"#),
            "application/vnd.git-lfs+json",
        ),
    ] {
        let answer = server.send(request.header(origin.0, origin.1));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(
            answer.header("content-type").as_deref(),
            Some(media_type),
            "{answer:?}"
        );
        assert_git_headers(&answer);
    }
    // Errors and preflights of git routes, too.
    assert_git_headers(&server.get("/demo/nothing.git/info/refs?service=git-upload-pack"));
    assert_git_headers(
        &server
            .send(Request::new("OPTIONS", "/demo/hello.git/info/refs").header(origin.0, origin.1)),
    );
    server.stop();
}

#[test]
fn links_of_lfs_lead_back_here() {
    let (_origin, server) = hub();
    let oid = sha256_hex(b"content");
    let batch = format!(
        r#"{{"operation":"upload","transfers":["basic"],"objects":[{{"oid":"{oid}","size":7}}]}}"#
    );
    let answer = server.send(
        Request::new("POST", "/demo/hello.git/info/lfs/objects/batch")
            .header("Authorization", "Basic eA==")
            .body(batch),
    );
    let actions = &answer.json()["objects"][0]["actions"];
    let here = format!("{}/demo/hello.git/info/lfs/objects/", server.url());
    assert_eq!(actions["upload"]["href"], format!("{here}{oid}"));
    assert_eq!(actions["verify"]["href"], format!("{here}verify"));

    let target = format!("/demo/hello.git/info/lfs/objects/{oid}");
    let wrong = server.send(Request::new("PUT", &target).body("another"));
    assert_eq!(
        wrong.status, 422,
        "content that does not match its name is refused: {wrong:?}"
    );
    let stored = server.send(Request::new("PUT", &target).body("content"));
    assert_eq!(stored.status, 200, "{stored:?}");
    let read = server.send(Request::get(&target).header("Range", "bytes=3-"));
    assert_eq!((read.status, read.text().as_str()), (206, "tent"));
    assert_git_headers(&read);
    server.stop();
}

#[test]
fn answers_stream() {
    let (_origin, server) = hub();
    let started = Instant::now();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
        .write_all(&Request::get("/api/stream?count=6&every=400").bytes(server.address()))
        .unwrap();
    let (mut received, mut first) = (Vec::new(), None);
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&received).contains("tick 5") {
        let length = stream.read(&mut piece).unwrap();
        assert!(
            length > 0,
            "it ended early: {}",
            String::from_utf8_lossy(&received)
        );
        received.extend_from_slice(&piece[..length]);
        if first.is_none() && String::from_utf8_lossy(&received).contains("tick 0") {
            first = Some(started.elapsed());
        }
    }
    let (first, last) = (first.unwrap(), started.elapsed());
    assert!(
        last - first >= Duration::from_millis(1500),
        "the pieces came together: the first after {first:?}, the last after {last:?}"
    );
    server.stop();
}

#[test]
fn uploads_stream() {
    if is_wrangler() {
        return;
    }
    let (_origin, server) = hub();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let head = format!(
        "POST /api/loopback HTTP/1.1\r\nHost: {}\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.address()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut received = String::new();
    // Each piece comes back before the next is sent: neither direction waits for the end of the other.
    for piece in ["one", "two", "three"] {
        stream
            .write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes())
            .unwrap();
        let mut buffer = [0; 4096];
        while !received.contains(piece) {
            let length = stream
                .read(&mut buffer)
                .unwrap_or_else(|error| panic!("`{piece}` did not come back: {error}\n{received}"));
            assert!(
                length > 0,
                "it ended before `{piece}` came back: {received}"
            );
            received.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    assert!(received.starts_with("HTTP/1.1 200"), "{received}");
    server.stop();
}

#[test]
fn a_big_upload_is_not_held_in_memory() {
    let (_origin, server) = hub();
    let workplace = Workplace::new();
    let content = incompressible(100_000_000, 4);
    std::fs::write(workplace.path().join("upload"), &content).unwrap();
    let digest = sha256_hex(&content);
    let before: u64 = process_tree(server.pid())
        .into_iter()
        .map(peak)
        .max()
        .unwrap_or(0);
    let echo = workplace.curl(&[
        "--upload-file",
        "upload",
        &format!("{}/api/upload", server.url()),
    ]);
    let echo: serde_json::Value = serde_json::from_slice(&echo).unwrap();
    assert_eq!(echo["body"]["length"], 100_000_000);
    assert_eq!(echo["body"]["sha256"], digest);
    let after: u64 = process_tree(server.pid())
        .into_iter()
        .map(peak)
        .max()
        .unwrap_or(0);
    let growth = after.saturating_sub(before) / 1024;
    assert!(
        is_wrangler() || growth < 60,
        "100 MB passed through, and the largest process grew by {growth} MiB"
    );
    server.stop();
}

#[test]
fn compressed_request_bodies_pass_unchanged() {
    let (_origin, server) = hub();
    // Not gzip at all: whoever tried to decode it on the way would fail.
    let answer = server.send(
        Request::new("POST", "/api/x")
            .header("Content-Encoding", "gzip")
            .body("not really gzip"),
    );
    let echo = answer.json();
    assert_eq!(echo["headers"]["content-encoding"][0], "gzip");
    assert_eq!(echo["body"]["sha256"], sha256_hex(b"not really gzip"));
    server.stop();
}

#[test]
fn static_pages_come_from_the_project() {
    let (_origin, server) = hub();
    let index = server.get("/");
    assert!(
        index.text().contains("<title>KohakuHub</title>"),
        "{index:?}"
    );
    assert_eq!(
        server.get("/style.css").header("content-type").as_deref(),
        Some("text/css; charset=utf-8")
    );
    // A page of the front end's own routing.
    assert!(
        server
            .get("/models/org/name")
            .text()
            .contains("<title>KohakuHub</title>")
    );
    server.stop();
}

#[test]
fn a_backend_that_is_away() {
    let server = Command::serve(example("kohakuhub"))
        .workers(2)
        .binding("API_BASE_URL", "http://127.0.0.1:9")
        .start();
    let answer = server.get("/api/x");
    assert_eq!(answer.status, 502, "{answer:?}");
    assert_eq!(
        answer.json()["error"],
        "the hub's backend cannot be reached"
    );
    assert_cors(&answer, true);
    let answer = server.get("/demo/hello.git/info/refs?service=git-upload-pack");
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (502, "the hub's backend cannot be reached\n")
    );
    assert_cors(&answer, false);
    assert!(
        server.get("/").text().contains("<title>KohakuHub</title>"),
        "static pages need no backend"
    );
    server.stop();
}
