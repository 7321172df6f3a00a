use std::time::{Duration, Instant};

use quire_server::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::{Server, functions, read_answer, settings, within};

async fn server(settings: Settings) -> Server {
    Server::start(
        settings,
        functions(&[("index.js", "() => new Response('fine')")]),
    )
    .await
}

#[tokio::test]
async fn malformed_requests_are_refused_and_hurt_nothing() {
    let server = server(settings()).await;
    let long_path = "a".repeat(20 * 1024);
    let longer_path = "a".repeat(70 * 1024);
    let header = format!("X: {}\r\n", "a".repeat(1024 * 1024));
    for (request, status) in [
        ("GET\r\n\r\n".to_owned(), 400),
        ("nonsense nonsense nonsense\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned(), 400),
        (
            "GET / HTTP/1.1\r\nBad Header: x\r\nHost: h\r\n\r\n".to_owned(),
            400,
        ),
        (
            "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
                .to_owned(),
            400,
        ),
        (
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
            400,
        ),
        (
            format!("GET /{long_path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
            414,
        ),
        (
            format!("GET /{longer_path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
            414,
        ),
        (format!("GET / HTTP/1.1\r\n{header}Host: h\r\n\r\n"), 431),
    ] {
        let shown = &request[..request.len().min(60)];
        assert_eq!(server.request(&request).await.status, status, "{shown:?}");
        assert_eq!(server.get("/").await.body, "fine", "after {shown:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn slow_and_silent_clients_are_cut_off_and_others_served() {
    let limits = Settings {
        header_limit: Duration::from_secs(1),
        idle_limit: Duration::from_secs(2),
        ..settings()
    };
    let server = server(limits).await;
    let silent = server.connect().await;
    let mut slow = server.connect().await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        .await
        .unwrap();
    let begun = Instant::now();
    let mut sent = 0;
    within(async {
        // A byte now and then, as a slow-loris does; at some point there is nobody to take it.
        while slow.write_all(b"G").await.is_ok() {
            sent += 1;
            assert_eq!(server.get("/").await.body, "fine");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    assert!(
        begun.elapsed() >= Duration::from_millis(900) && sent > 5,
        "{sent} bytes in {:?}",
        begun.elapsed()
    );
    let mut silent = silent;
    assert_eq!(
        within(silent.read(&mut [0; 16])).await.unwrap_or_default(),
        0
    );
    assert!(read_answer(&mut idle).await.body.ends_with("fine"));
    assert!(
        begun.elapsed() >= Duration::from_millis(1700),
        "{:?}",
        begun.elapsed()
    );
    server.stop().await;
}

#[tokio::test]
async fn a_refused_upload_is_told_why() {
    let server = Server::start(
        settings(),
        functions(&[("index.js", "() => new Response('no', { status: 403 })")]),
    )
    .await;
    let mut socket = server.connect().await;
    let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = socket.into_split();
    let upload = tokio::spawn(async move { writer.write_all(&vec![0; 8_000_000]).await });
    let mut answer = Vec::new();
    within(reader.read_to_end(&mut answer)).await.unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 403"),
        "{:?}",
        String::from_utf8_lossy(&answer)
    );
    // Whether it could send everything is up to timing.
    let _ = within(upload).await.unwrap();
    server.stop().await;
}
