use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use quire_server::tail::{Event, Events, Filter, Outcome, Seen, TailError, VIEWERS_MAX, follow};
use quire_server::{AccessLog, Deployment, LogLevel, Settings};
use quire_store::usage::{Day, Usage};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::support::{Server, functions, read_answer, settings, with_assets, within};

fn two_workers() -> Settings {
    Settings {
        workers: NonZeroUsize::new(2).unwrap(),
        ..settings()
    }
}

const FILES: [(&str, &str); 4] = [
    ("todos/[id].js", "({ params }) => new Response('todo ' + params.id)"),
    (
        "log.js",
        "({ waitUntil, request }) => {
            console.log('hello', { a: [1] }, undefined);
            console.warn(request.headers.get('x-word') ?? 'none');
            waitUntil(new Promise((done) => setTimeout(() => { console.log('later'); done() }, 50)));
            return new Response('logged');
        }",
    ),
    ("throw.js", "() => { throw new TypeError('no such thing') }"),
    (
        "slow.js",
        "async () => { await new Promise((done) => setTimeout(done, 60000)); return new Response('slow') }",
    ),
];

fn project(folder: &Path) -> Deployment {
    let assets = folder.join("assets");
    std::fs::create_dir_all(&assets).unwrap();
    std::fs::write(assets.join("page.html"), "static page").unwrap();
    let mut deployment = with_assets(functions(&FILES), &assets);
    deployment.data = Some(folder.join("data"));
    deployment
}

async fn scrape(address: SocketAddr) -> String {
    let mut socket = within(TcpStream::connect(address)).await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    socket.write_all(request).await.unwrap();
    let answer = read_answer(&mut socket).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.head.contains("text/plain; version=0.0.4"),
        "{}",
        answer.head
    );
    answer.body
}

/// Waits until the metrics have all of these lines.
async fn metrics_have(address: SocketAddr, lines: &[&str]) {
    let mut text = String::new();
    let found = tokio::time::timeout(super::support::PATIENCE, async {
        loop {
            text = scrape(address).await;
            if lines
                .iter()
                .all(|line| text.lines().any(|found| found == *line))
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let found = found.await;
    assert!(found.is_ok(), "{lines:#?} not all in\n{text}");
}

#[tokio::test]
async fn requests_of_all_workers_are_counted_by_route_and_outlive_a_worker() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        metrics_address: Some("127.0.0.1:0".parse().unwrap()),
        ..two_workers()
    };
    let server = Server::start(settings, project(folder.path())).await;
    let metrics = server.metrics.unwrap();
    for number in 0..20 {
        server.get(&format!("/todos/{number}")).await;
    }
    server.get("/page").await;
    server.get("/throw").await;
    server
        .request("FOO / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        .await;
    let counted = [
        r#"quire_requests_total{route="/todos/:id",status="200"} 20"#,
        r#"quire_request_duration_seconds_count{route="/todos/:id"} 20"#,
        r#"quire_requests_total{route="static",status="200"} 1"#,
        r#"quire_response_body_bytes_total{route="static"} 11"#,
        r#"quire_requests_total{route="/throw",status="500"} 1"#,
        r#"quire_requests_total{route="refused",status="501"} 1"#,
        r#"quire_worker_restarts_total{reason="crash"} 0"#,
    ];
    metrics_have(metrics, &counted).await;
    let text = scrape(metrics).await;
    assert_eq!(
        text.matches("quire_connections{worker=").count(),
        2,
        "{text}"
    );
    let before = server.pids().await;
    let pid = Pid::from_raw(before[0] as i32).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    server.replaced(&before[..1]).await;
    let still = [
        counted[0],
        r#"quire_worker_restarts_total{reason="crash"} 1"#,
    ];
    metrics_have(metrics, &still).await;
    server.stop().await;
    // What was counted lasts.
    let usage = Usage::find(&folder.path().join("data/usage"))
        .unwrap()
        .unwrap();
    let today = &usage.since(Day::today().before(1)).unwrap()[0];
    let of = |route: &str| {
        today
            .routes
            .iter()
            .find(|usage| usage.route == route)
            .unwrap()
    };
    assert_eq!(
        (of("/todos/:id").requests, of("/todos/:id").counted),
        (20, true)
    );
    assert_eq!((of("/throw").errors, of("static").counted), (1, false));
    assert_eq!(today.counted(), 21);
}

#[tokio::test]
async fn a_client_that_leaves_is_counted_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        metrics_address: Some("127.0.0.1:0".parse().unwrap()),
        ..settings()
    };
    let server = Server::start(settings, project(folder.path())).await;
    let metrics = server.metrics.unwrap();
    let mut socket = server.connect().await;
    socket
        .write_all(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
        .await
        .unwrap();
    let pid = server.pids().await[0];
    let in_flight = format!("quire_requests_in_flight{{worker=\"0\",pid=\"{pid}\"}} 1");
    metrics_have(metrics, &[&in_flight]).await;
    drop(socket);
    let left = r#"quire_requests_total{route="/slow",status="499"} 1"#;
    metrics_have(metrics, &[left]).await;
    server.stop().await;
}

#[tokio::test]
async fn every_request_is_a_line_of_the_access_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("access.log");
    let settings = Settings {
        access_log: Some(AccessLog::File(file.clone())),
        ..two_workers()
    };
    let server = Server::start(settings, project(folder.path())).await;
    for number in 0..50 {
        server.get(&format!("/todos/{number}?q=1")).await;
    }
    server.get("/page").await;
    server.stop().await;
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 51);
    for number in 0..50 {
        let path = format!("/todos/{number}?q=1");
        let line = lines
            .iter()
            .find(|line| line["path"] == path.as_str())
            .unwrap();
        assert_eq!(line["route"], "/todos/:id");
        assert_eq!(line["bytes"], format!("todo {number}").len());
        assert_eq!(
            (&line["status"], &line["client"]),
            (&json!(200), &json!("127.0.0.1"))
        );
        assert!(line["duration_ms"].as_f64().unwrap() >= line["cpu_ms"].as_f64().unwrap());
    }
    assert!(
        lines
            .iter()
            .any(|line| line["route"] == "static" && line["path"] == "/page")
    );
}

async fn next(events: &mut Events) -> Event {
    let line = within(events.next()).await.unwrap().unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn status(event: &Event) -> Option<u16> {
    match &event.event {
        Some(Seen::Request { response, .. }) => response.map(|response| response.status),
        _ => None,
    }
}

/// Follows a server, and waits until a worker knows of it: from then on nothing of that one is missed.
async fn following(server: &Server, data: &Path, filter: &Filter) -> Events {
    let everything = Filter {
        all: true,
        ..Filter::default()
    };
    let mut probe = follow(data, &everything).await.unwrap();
    let events = follow(data, filter).await.unwrap();
    within(async {
        loop {
            server.get("/probe").await;
            if let Ok(line) = tokio::time::timeout(Duration::from_millis(200), probe.next()).await {
                return line.unwrap();
            }
        }
    })
    .await;
    events
}

#[tokio::test]
async fn a_request_is_told_with_all_it_logged_and_threw() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(settings(), project(folder.path())).await;
    let mut events = following(&server, &data, &Filter::default()).await;
    let request = "GET /log?a=b HTTP/1.1\r\nHost: example.com\r\nX-Word: word\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n";
    assert_eq!(server.request(request).await.body, "logged");
    let event = next(&mut events).await;
    assert_eq!((event.outcome, status(&event)), (Outcome::Ok, Some(200)));
    let messages: Vec<&Value> = event.logs.iter().map(|log| &log.message).collect();
    let expected = [
        json!(["hello", { "a": [1] }, "undefined"]),
        json!(["word"]),
        json!(["later"]),
    ];
    assert_eq!(messages, expected.iter().collect::<Vec<_>>());
    assert_eq!(event.logs[1].level, "warn");
    let Some(Seen::Request { request, .. }) = &event.event else {
        panic!("{event:?}");
    };
    assert_eq!(request.url, "http://example.com/log?a=b");
    assert_eq!(request.headers["authorization"], "REDACTED");
    assert_eq!(request.headers["x-word"], "word");
    assert_eq!(
        (event.script_name.as_str(), event.route.as_str()),
        ("project", "/log")
    );
    server.get("/page").await;
    assert_eq!(server.get("/throw").await.status, 500);
    // The static page is left out.
    let event = next(&mut events).await;
    assert_eq!(
        (event.outcome, status(&event)),
        (Outcome::Exception, Some(500))
    );
    let exception = &event.exceptions[0];
    assert_eq!(
        (exception.name.as_str(), exception.message.as_str()),
        ("TypeError", "no such thing")
    );
    assert_eq!(server.stop().await, quire_server::Exit::Stopped);
    assert!(within(events.next()).await.unwrap().is_none());
    assert!(matches!(
        follow(&data, &Filter::default()).await,
        Err(TailError::NoServer(_))
    ));
}

#[tokio::test]
async fn viewers_see_what_they_asked_for_of_all_workers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(two_workers(), project(folder.path())).await;
    let only_errors = Filter {
        outcome: vec![Outcome::Exception],
        ..Filter::default()
    };
    let searched = Filter {
        query: Some("needle".to_owned()),
        ..Filter::default()
    };
    let mut errors = following(&server, &data, &only_errors).await;
    let mut found = follow(&data, &searched).await.unwrap();
    within(async {
        let mut seen = 0;
        while seen < 10 {
            server.get("/todos/1").await;
            server.get("/throw").await;
            // A worker may not know yet that somebody is there.
            if let Ok(line) = tokio::time::timeout(Duration::from_millis(200), errors.next()).await
            {
                let event: Event = serde_json::from_str(&line.unwrap().unwrap()).unwrap();
                assert_eq!(event.route, "/throw");
                seen += 1;
            }
        }
    })
    .await;
    let request =
        "GET /log HTTP/1.1\r\nHost: h\r\nX-Word: a needle in hay\r\nConnection: close\r\n\r\n";
    server.request(request).await;
    assert_eq!(next(&mut found).await.route, "/log");
    server.stop().await;
}

#[tokio::test]
async fn no_more_than_ten_may_follow() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(settings(), project(folder.path())).await;
    let mut viewers = Vec::new();
    for _ in 0..VIEWERS_MAX {
        viewers.push(follow(&data, &Filter::default()).await.unwrap());
    }
    let refused = follow(&data, &Filter::default()).await;
    assert!(matches!(refused, Err(TailError::Refused(_))), "{refused:?}");
    viewers.pop();
    within(async {
        while follow(&data, &Filter::default()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn a_viewer_that_does_not_read_slows_nobody_and_is_told_what_it_missed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let quiet = Settings {
        log_level: LogLevel::None,
        ..settings()
    };
    let server = Server::start(quiet, project(folder.path())).await;
    let mut events = following(&server, &data, &Filter::default()).await;
    let word = "x".repeat(8 * 1024);
    let request =
        format!("GET /log HTTP/1.1\r\nHost: h\r\nX-Word: {word}\r\nConnection: close\r\n\r\n");
    for _ in 0..1500 {
        assert_eq!(server.request(&request).await.status, 200);
    }
    let mut told = 0;
    within(async {
        loop {
            match next(&mut events).await.event {
                Some(Seen::Notice(notice)) => {
                    assert_eq!(notice.kind, "overload");
                    let lost: u64 = notice.message.split(' ').next().unwrap().parse().unwrap();
                    return assert!(lost > 0 && lost + told <= 1500, "{lost} {told}");
                }
                _ => told += 1,
            }
        }
    })
    .await;
    server.stop().await;
}
