use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use quire_server::{BeyondLimit, DailyLimit, Deployment, Settings};
use quire_store::usage::{DailyCounter, Day};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::support::{Answer, Server, functions, read_answer, settings, with_assets, within};

fn limited(requests: u64, beyond: BeyondLimit) -> Settings {
    Settings {
        workers: NonZeroUsize::new(2).unwrap(),
        daily_limit: Some(DailyLimit { requests, beyond }),
        ..settings()
    }
}

/// `/run` is a function, everything else static.
fn project(folder: &Path) -> Deployment {
    let assets = folder.join("assets");
    std::fs::create_dir_all(&assets).unwrap();
    std::fs::write(assets.join("run.html"), "static").unwrap();
    let mut deployment = with_assets(
        functions(&[("run.js", "() => new Response('ran')")]),
        &assets,
    );
    deployment.data = Some(folder.join("data"));
    deployment
}

fn counted(folder: &Path) -> Option<u64> {
    DailyCounter::look(&folder.join("data/usage"), Day::today()).unwrap()
}

/// Sends requests, several at a time; gives how many of them a function answered. A connection that breaks is no answer.
async fn ran(address: SocketAddr, requests: usize) -> u64 {
    let next = Arc::new(AtomicUsize::new(0));
    let clients = (0..8).map(|_| {
        let next = next.clone();
        tokio::spawn(async move {
            let mut ran = 0;
            while next.fetch_add(1, Ordering::Relaxed) < requests {
                match ask(address, "/run").await {
                    Some(answer) if answer == "ran" => ran += 1,
                    Some(answer) => assert_eq!(answer, "static"),
                    None => {}
                }
            }
            ran
        })
    });
    let clients: Vec<_> = clients.collect();
    let mut sum = 0;
    for client in clients {
        sum += within(client).await.unwrap();
    }
    sum
}

async fn ask(address: SocketAddr, path: &str) -> Option<String> {
    use tokio::io::AsyncReadExt;

    let mut socket = TcpStream::connect(address).await.ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.ok()?;
    let mut text = String::new();
    socket.read_to_string(&mut text).await.ok()?;
    text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}

fn kill(pid: u32) {
    kill_process(Pid::from_raw(pid as i32).unwrap(), Signal::KILL).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_as_many_run_as_may_whoever_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let limit = || limited(600, BeyondLimit::Open);
    let server = Server::start(limit(), project(folder.path())).await;
    let mut sum = ran(server.address, 200).await;
    assert_eq!(sum, 200);
    // While nothing is under way nothing can be lost either.
    let before = server.pids().await;
    kill(before[0]);
    server.replaced(&before[..1]).await;
    sum += ran(server.address, 200).await;
    assert_eq!(sum, 400);
    // The supervisor dies, and takes its workers along.
    let pids = server.pids().await;
    server.running.abort();
    let _ = server.running.await;
    let server = Server::start(limit(), project(folder.path())).await;
    assert!(server.pids().await.iter().all(|pid| !pids.contains(pid)));
    sum += ran(server.address, 500).await;
    assert_eq!(sum, 600);
    assert_eq!(counted(folder.path()), Some(600));
    server.stop().await;
    let server = Server::start(limit(), project(folder.path())).await;
    assert_eq!(ran(server.address, 20).await, 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_under_load_never_let_more_run() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(limited(1500, BeyondLimit::Open), project(folder.path())).await;
    let load = tokio::spawn(ran(server.address, 3000));
    for _ in 0..3 {
        let before = server.pids().await;
        kill(before[0]);
        server.replaced(&before[..1]).await;
    }
    let ran_before = within(load).await.unwrap();
    let ran_after = ran(server.address, 1600).await;
    let sum = ran_before + ran_after;
    // Of what a killed worker had under way the client learns nothing.
    assert!(
        sum <= 1500 && sum + 3 * 8 >= 1500,
        "{ran_before} {ran_after}"
    );
    assert_eq!(counted(folder.path()), Some(1500));
    server.stop().await;
}

#[tokio::test]
async fn beyond_a_closed_limit_there_is_an_error_page() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(limited(1, BeyondLimit::Closed), project(folder.path())).await;
    assert_eq!(server.get("/run").await.body, "ran");
    let answer: Answer = server.get("/run").await;
    assert_eq!(answer.status, 429);
    assert!(answer.body.contains("error 1027"), "{}", answer.body);
    let retry = answer
        .head
        .lines()
        .find_map(|line| line.strip_prefix("retry-after: "));
    let seconds: u64 = retry.unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&seconds), "{seconds}");
    let mut socket = server.connect().await;
    socket
        .write_all(
            b"GET /run HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
        )
        .await
        .unwrap();
    let page = read_answer(&mut socket).await;
    assert!(page.body.contains("<h1>Error 1027</h1>"), "{}", page.body);
    // Static files need no function.
    assert_eq!(server.get("/run.html").await.status, 308);
    assert_eq!(counted(folder.path()), Some(1));
    server.stop().await;
}

#[tokio::test]
async fn what_rules_send_to_functions_counts_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut deployment = project(folder.path());
    let rules = r#"{"version":1,"include":["/run","/asset"],"exclude":[]}"#;
    deployment.routes_rules = Some(serde_json::from_str(rules).unwrap());
    let server = Server::start(limited(10, BeyondLimit::Open), deployment).await;
    for path in ["/elsewhere", "/run/deeper", "/"] {
        server.get(path).await;
    }
    assert_eq!(counted(folder.path()), Some(0));
    // No function wants it, and it counts all the same.
    server.get("/asset").await;
    server.get("/run").await;
    assert_eq!(counted(folder.path()), Some(2));
    server.stop().await;
}

#[tokio::test]
async fn a_limit_without_a_folder_to_count_in_is_refused() {
    let mut deployment = functions(&[("run.js", "() => new Response('ran')")]);
    deployment.data = None;
    let supervisor = quire_server::Supervisor::bind(limited(1, BeyondLimit::Open)).unwrap();
    let error = within(supervisor.run(deployment)).await.unwrap_err();
    assert!(error.to_string().contains("daily limit"), "{error}");
}
