use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use quire_server::{Mode, ReloadError, Settings};

use super::support::{Server, functions, settings, with_assets, within};

fn version(number: usize) -> quire_server::Deployment {
    functions(&[(
        "index.js",
        &format!("() => new Response('version {number}')"),
    )])
}

fn dev() -> Settings {
    Settings {
        mode: Mode::Dev,
        spare_workers: 1,
        ..settings()
    }
}

#[tokio::test]
async fn after_a_reload_the_next_request_is_answered_by_the_new_deployment() {
    let server = Server::start(dev(), version(0)).await;
    let mut slowest = Duration::ZERO;
    for number in 1..=5 {
        // Time for the spare worker to be there.
        tokio::time::sleep(Duration::from_millis(700)).await;
        let begun = Instant::now();
        within(server.handle.reload(version(number))).await.unwrap();
        assert_eq!(server.get("/").await.body, format!("version {number}"));
        slowest = slowest.max(begun.elapsed());
    }
    println!("reload and first answer, the slowest of 5: {slowest:?}");
    server.stop().await;
}

#[tokio::test]
async fn no_connection_is_refused_or_lost_during_reloads() {
    let server = Arc::new(Server::start(dev(), version(0)).await);
    let done = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (server, done, answered) = (server.clone(), done.clone(), answered.clone());
            tokio::spawn(async move {
                while !done.load(Relaxed) {
                    let answer = server.get("/").await;
                    assert!(
                        answer.status == 200 && answer.body.starts_with("version "),
                        "{answer:?}"
                    );
                    answered.fetch_add(1, Relaxed);
                }
            })
        })
        .collect();
    for number in 1..=4 {
        within(server.handle.reload(version(number))).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    done.store(true, Relaxed);
    for client in clients {
        within(client).await.unwrap();
    }
    assert!(answered.load(Relaxed) > 100, "{answered:?}");
    assert_eq!(server.get("/").await.body, "version 4");
    Arc::into_inner(server).unwrap().stop().await;
}

#[tokio::test]
async fn what_cannot_start_changes_nothing() {
    let server = Server::start(dev(), version(0)).await;
    let mut broken = version(1);
    broken.program.as_mut().unwrap().script = "(async function (quire) { null.x })".to_owned();
    let error = within(server.handle.reload(broken)).await.unwrap_err();
    assert!(
        matches!(&error, ReloadError::Start(failure) if failure.stack.is_some()),
        "{error}"
    );
    assert_eq!(server.get("/").await.body, "version 0");
    within(server.handle.reload(version(2))).await.unwrap();
    assert_eq!(server.get("/").await.body, "version 2");
    server.stop().await;
}

#[tokio::test]
async fn a_failed_build_shows_in_pages_until_the_next_good_one() {
    let assets = tempfile::tempdir().unwrap();
    std::fs::write(assets.path().join("index.html"), "<p>page").unwrap();
    std::fs::write(assets.path().join("data.json"), "{}").unwrap();
    let deployment = || with_assets(functions(&[]), assets.path());
    let server = Server::start(dev(), deployment()).await;
    server.handle.build_failed("unexpected <token>".to_owned());
    let page = within(async {
        loop {
            let page = server.get("/").await;
            if page.body != "<p>page" {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert!(
        page.body.starts_with("<p>page") && page.body.contains("unexpected &lt;token&gt;"),
        "{}",
        page.body
    );
    assert!(
        page.head
            .contains(&format!("content-length: {}", page.body.len())),
        "{}",
        page.head
    );
    assert_eq!(server.get("/data.json").await.body, "{}");
    within(server.handle.reload(deployment())).await.unwrap();
    assert_eq!(server.get("/").await.body, "<p>page");
    server.stop().await;
}
