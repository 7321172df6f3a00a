//! 200,000 requests of every kind over the routing example: no error, and memory stays flat.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use quire_end_to_end::memory::{process_tree, resident};
use quire_end_to_end::{Command, example, is_wrangler};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;
const IN_ALL: usize = 200_000;
const WARM: usize = 50_000;

struct Kind {
    method: &'static str,
    target: &'static str,
    body: &'static str,
    status: u16,
    contains: &'static str,
}

const fn kind(
    method: &'static str,
    target: &'static str,
    body: &'static str,
    status: u16,
    contains: &'static str,
) -> Kind {
    Kind {
        method,
        target,
        body,
        status,
        contains,
    }
}

const KINDS: [Kind; 16] = [
    kind("GET", "/api/time", "", 200, "functions/api/time.ts"),
    kind("GET", "/api/todos", "", 200, "functions/api/todos/"),
    kind("GET", "/api/todos/123", "", 200, "\"id\":\"123\""),
    kind(
        "GET",
        "/api/todos/123/dates/confirm",
        "",
        200,
        "[\"123\",\"dates\",\"confirm\"]",
    ),
    kind(
        "GET",
        "/api/nevi/profile?x=1",
        "",
        200,
        "\"username\":\"nevi\"",
    ),
    kind(
        "GET",
        "/api/anything/else",
        "",
        200,
        "[\"anything\",\"else\"]",
    ),
    kind(
        "POST",
        "/api/todos/7",
        "{\"title\":\"milk\"}",
        200,
        "\"method\":\"POST\"",
    ),
    kind(
        "PUT",
        "/api/x",
        "a longer body, which nobody reads, of some bytes",
        200,
        "\"method\":\"PUT\"",
    ),
    kind("GET", "/", "", 200, "<h1>Routing</h1>"),
    kind("GET", "/about", "", 200, "A static page"),
    kind("GET", "/about.html", "", 308, ""),
    kind("GET", "/file.txt", "", 200, "plain text"),
    kind("GET", "/missing", "", 404, "There is no such page"),
    kind("POST", "/about", "x", 405, ""),
    kind("GET", "/api/a%2Fb", "", 200, "a%2Fb"),
    kind("DELETE", "/api/todos/1/2", "", 200, "\"method\":\"DELETE\""),
];

async fn connect(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn ask(
    sender: &mut SendRequest<Full<Bytes>>,
    address: SocketAddr,
    kind: &Kind,
) -> Result<(), String> {
    let request = http::Request::builder()
        .method(kind.method)
        .uri(kind.target)
        .header("host", address.to_string())
        .body(Full::new(Bytes::from_static(kind.body.as_bytes())))
        .map_err(|error| error.to_string())?;
    sender
        .ready()
        .await
        .map_err(|error| format!("the connection is gone: {error}"))?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| error.to_string())?;
    let status = answer.status().as_u16();
    let body = answer
        .into_body()
        .collect()
        .await
        .map_err(|error| error.to_string())?
        .to_bytes();
    let text = String::from_utf8_lossy(&body);
    if status == kind.status && text.contains(kind.contains) {
        return Ok(());
    }
    Err(format!(
        "{} {} gave {status}: {text}",
        kind.method, kind.target
    ))
}

/// Sends `count` requests over [`CONNECTIONS`] connections; gives how long it took.
async fn send(address: SocketAddr, count: usize) -> Duration {
    let started = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for _ in 0..CONNECTIONS {
        let next = Arc::clone(&next);
        tasks.push(tokio::spawn(async move {
            let mut sender = connect(address).await;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return Ok(());
                }
                let answered = tokio::time::timeout(
                    Duration::from_secs(20),
                    ask(&mut sender, address, &KINDS[index % KINDS.len()]),
                )
                .await;
                answered
                    .unwrap_or_else(|_| Err("no answer within 20 seconds".to_owned()))
                    .map_err(|error| format!("request {index}: {error}"))?;
            }
        }));
    }
    for task in tasks {
        let ended: Result<(), String> = task.await.unwrap();
        ended.unwrap();
    }
    started.elapsed()
}

fn memory(supervisor: u32) -> u64 {
    process_tree(supervisor)
        .into_iter()
        .map(resident)
        .sum::<u64>()
        / 1024
}

#[test]
fn two_hundred_thousand_requests() {
    if is_wrangler() {
        return;
    }
    let server = Command::serve(example("routing")).workers(2).start();
    let processes = process_tree(server.pid());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let first = runtime.block_on(send(server.address(), WARM));
    let warm = memory(server.pid());
    let second = runtime.block_on(send(server.address(), IN_ALL - WARM));
    let end = memory(server.pid());
    let rate = IN_ALL as f64 / (first + second).as_secs_f64();
    println!(
        "{IN_ALL} requests in {:?} ({rate:.0} a second); {warm} MiB after {WARM}, {end} MiB at the end",
        first + second
    );
    assert_eq!(
        process_tree(server.pid()),
        processes,
        "a worker was replaced\n{}",
        server.printed()
    );
    assert!(
        end <= warm + warm / 10 + 8,
        "memory grew from {warm} MiB after {WARM} requests to {end} MiB after {IN_ALL}"
    );
    server.stop();
}
