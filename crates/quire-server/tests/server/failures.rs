use std::num::NonZeroUsize;
use std::time::Duration;

use quire_server::{Mode, ServerError, Settings, Supervisor};
use tokio::io::AsyncWriteExt;

use super::support::{Server, functions, settings, within};

/// Functions that misbehave, and one that does not.
const FILES: [(&str, &str); 6] = [
    ("fine.js", "() => new Response('fine')"),
    ("throws.js", "() => { throw new TypeError('on purpose') }"),
    ("spins.js", "() => { while (true); }"),
    ("chains.js", "async () => { for (;;) await 1; }"),
    (
        "grows.js",
        "async () => { const all = []; for (;;) { all.push(new Uint8Array(1 << 20).fill(1)); } }",
    ),
    ("never.js", "() => new Promise(() => {})"),
];

fn two_workers() -> Settings {
    Settings {
        workers: NonZeroUsize::new(2).unwrap(),
        hang_limit: Some(Duration::from_secs(2)),
        memory_limit: 300 << 20,
        ..settings()
    }
}

/// Sends a request and leaves its connection open.
async fn send(server: &Server, path: &str) -> tokio::net::TcpStream {
    let mut socket = server.connect().await;
    socket
        .write_all(
            format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").as_bytes(),
        )
        .await
        .unwrap();
    socket
}

#[tokio::test]
async fn others_are_served_while_a_worker_hangs_and_it_is_replaced() {
    for path in ["/chains", "/grows"] {
        let server = Server::start(two_workers(), functions(&FILES)).await;
        let before = server.pids().await;
        assert_eq!(before.len(), 2);
        let hung = send(&server, path).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        for _ in 0..20 {
            assert_eq!(server.get("/fine").await.body, "fine", "while {path}");
        }
        within(async {
            while server.pids().await.iter().all(|pid| before.contains(pid)) {
                assert_eq!(server.get("/fine").await.body, "fine", "while {path}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
        drop(hung);
        let after = server.pids().await;
        assert_eq!(
            after.iter().filter(|pid| before.contains(pid)).count(),
            1,
            "{path}: {before:?} {after:?}"
        );
        assert_eq!(server.get("/fine").await.body, "fine", "after {path}");
        server.stop().await;
    }
}

#[tokio::test]
async fn an_endless_loop_is_stopped_and_its_worker_lives_on() {
    let server = Server::start(settings(), functions(&FILES)).await;
    let before = server.pids().await;
    let answer = server.get("/spins").await;
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("1102"), "{}", answer.body);
    assert_eq!(server.get("/fine").await.body, "fine");
    assert_eq!(server.pids().await, before);
    server.stop().await;
}

#[tokio::test]
async fn a_killed_worker_is_replaced_at_once() {
    let server = Server::start(settings(), functions(&FILES)).await;
    let before = server.pids().await;
    let pid = rustix::process::Pid::from_raw(before[0] as i32).unwrap();
    // A worker that has lived for a second is replaced without delay.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    // Not refused: the connection waits in the queue for the next worker.
    assert_eq!(server.get("/fine").await.body, "fine");
    server.replaced(&before).await;
    server.stop().await;
}

#[tokio::test]
async fn serve_tells_an_id_and_dev_tells_everything() {
    let server = Server::start(settings(), functions(&FILES)).await;
    let answer = server.get("/throws").await;
    assert_eq!(answer.status, 500);
    assert!(
        answer.body.contains("error 1101") && !answer.body.contains("on purpose"),
        "{}",
        answer.body
    );
    let answer = server.get("/never").await;
    assert_eq!(answer.status, 500);
    server.stop().await;

    let server = Server::start(
        Settings {
            mode: Mode::Dev,
            ..settings()
        },
        functions(&FILES),
    )
    .await;
    let answer = server.get("/throws").await;
    assert!(
        answer.body.starts_with("TypeError: on purpose"),
        "{}",
        answer.body
    );
    let browser =
        "GET /throws HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
    let answer = server.request(browser).await;
    assert!(
        answer.body.contains("<h1>TypeError: on purpose</h1>"),
        "{}",
        answer.body
    );
    server.stop().await;
}

#[tokio::test]
async fn a_program_that_cannot_start_is_an_error_of_the_server() {
    let supervisor = Supervisor::bind(settings()).unwrap();
    let mut deployment = functions(&FILES);
    deployment.program.as_mut().unwrap().script =
        "(async function (quire) { throw new Error('at the top') })".to_owned();
    let error = within(supervisor.run(deployment)).await.unwrap_err();
    let ServerError::Start(failure) = error else {
        panic!("{error}")
    };
    assert!(
        failure
            .stack
            .as_deref()
            .unwrap_or_default()
            .contains("at the top"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_missing_directory_is_an_error_that_names_it() {
    let supervisor = Supervisor::bind(settings()).unwrap();
    let mut deployment = functions(&[]);
    deployment.assets = Some("/nonexistent/dist".into());
    let error = within(supervisor.run(deployment)).await.unwrap_err();
    assert!(error.to_string().contains("/nonexistent/dist"), "{error}");
}

#[tokio::test]
async fn a_worker_that_cannot_start_is_an_error_of_the_server() {
    let mut settings = settings();
    settings.worker_command.program = Some("/bin/false".into());
    let error = within(
        Supervisor::bind(settings.clone())
            .unwrap()
            .run(functions(&FILES)),
    )
    .await
    .unwrap_err();
    assert!(error.to_string().contains("exited with code 1"), "{error}");
    settings.worker_command.program = Some("/nonexistent".into());
    let error = within(Supervisor::bind(settings).unwrap().run(functions(&FILES)))
        .await
        .unwrap_err();
    assert!(matches!(error, ServerError::Spawn(_)), "{error}");
}
