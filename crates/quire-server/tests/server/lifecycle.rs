use std::time::Duration;

use quire_server::{Exit, Settings, Supervisor};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::support::{Server, functions, is_running, read_answer, settings, within};

#[tokio::test]
async fn a_stop_finishes_what_is_in_flight_and_refuses_the_rest() {
    let slow = "async () => { await new Promise((done) => setTimeout(done, 1500)); return new Response('done') }";
    let server = Server::start(settings(), functions(&[("slow.js", slow)])).await;
    let pids = server.pids().await;
    let mut in_flight = server.connect().await;
    in_flight
        .write_all(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
        .await
        .unwrap();
    let idle = server.connect().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.handle.stop();
    within(async {
        while TcpStream::connect(server.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let answer = read_answer(&mut in_flight).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "done"));
    assert_eq!(
        within(server.running).await.unwrap().unwrap(),
        Exit::Stopped
    );
    assert!(pids.iter().all(|&pid| !is_running(pid)));
    drop(idle);
}

#[tokio::test]
async fn what_takes_longer_than_the_limit_is_cut_off() {
    let long = "async () => { await new Promise((done) => setTimeout(done, 60000)); return new Response('done') }";
    let limits = Settings {
        drain_limit: Duration::from_millis(300),
        ..settings()
    };
    let server = Server::start(limits, functions(&[("long.js", long)])).await;
    let mut in_flight = server.connect().await;
    in_flight
        .write_all(b"GET /long HTTP/1.1\r\nHost: h\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        tokio::time::timeout(Duration::from_secs(20), server.stop())
            .await
            .unwrap(),
        Exit::Stopped
    );
}

#[tokio::test]
async fn workers_end_with_their_supervisor_even_when_stuck() {
    let files = [
        ("fine.js", "() => new Response('fine')"),
        ("stuck.js", "async () => { for (;;) await 1; }"),
    ];
    let server = Server::start(settings(), functions(&files)).await;
    let pids = server.pids().await;
    let mut stuck = server.connect().await;
    stuck
        .write_all(b"GET /stuck HTTP/1.1\r\nHost: h\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    // All that a supervisor that is killed leaves of its workers are ends of channels, closed.
    server.running.abort();
    let _ = server.running.await;
    within(async {
        while pids.iter().any(|&pid| is_running(pid)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_busy_port_is_an_error_before_anything_starts() {
    let first = Supervisor::bind(settings()).unwrap();
    let error = Supervisor::bind(Settings {
        address: first.local_addr(),
        ..settings()
    })
    .unwrap_err()
    .to_string();
    assert!(
        error.contains("already in use") && error.contains("--port"),
        "{error}"
    );
}

#[tokio::test]
async fn signals_of_the_terminal_are_not_for_workers() {
    use rustix::process::{Pid, Signal, kill_process};

    let server = Server::start(
        settings(),
        functions(&[("index.js", "() => new Response('fine')")]),
    )
    .await;
    let pids = server.pids().await;
    for signal in [Signal::INT, Signal::TERM] {
        kill_process(Pid::from_raw(pids[0] as i32).unwrap(), signal).unwrap();
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.get("/").await.body, "fine");
    assert_eq!(server.pids().await, pids);
    server.stop().await;
}
