//! Changes on disk, big files, and requests at the same time.

use std::fs;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt as _;

use super::site::Site;
use crate::content::tests::loads;
use crate::{AssetBody, AssetRequest, AssetsOptions};

fn quick() -> AssetsOptions {
    AssetsOptions {
        revalidate: Duration::from_millis(80),
        ..AssetsOptions::serve()
    }
}

#[tokio::test]
async fn development_sees_a_change_at_once() {
    let site = Site::new(AssetsOptions::dev(), &[("a.txt", "one")]);
    assert_eq!(site.get("/a.txt").await.text(), "one");
    // The same length, and most likely the same tick of the clock.
    site.write("a.txt", "two");
    assert_eq!(site.get("/a.txt").await.text(), "two");
    site.write("a.txt", "three");
    assert_eq!(site.get("/a.txt").await.text(), "three");
    assert_eq!(site.get("/b").await.status, StatusCode::NOT_FOUND);
    site.write("b.html", "b");
    assert_eq!(site.get("/b").await.text(), "b");
    fs::remove_file(site.path("b.html")).unwrap();
    assert_eq!(site.get("/b").await.status, StatusCode::NOT_FOUND);
    fs::rename(site.path("a.txt"), site.path("c.txt")).unwrap();
    assert_eq!(site.get("/a.txt").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/c.txt").await.text(), "three");
}

#[tokio::test]
async fn serving_sees_a_change_after_a_while_and_not_before() {
    let options = AssetsOptions {
        revalidate: Duration::from_secs(3600),
        ..AssetsOptions::serve()
    };
    let still = Site::new(options, &[("a.txt", "one")]);
    assert_eq!(still.get("/a.txt").await.text(), "one");
    fs::remove_dir_all(still.path("")).unwrap();
    assert_eq!(
        still.get("/a.txt").await.text(),
        "one",
        "a hit does not touch the disk"
    );

    let site = Site::new(quick(), &[("a.txt", "one")]);
    let first = site.get("/a.txt").await;
    site.write("a.txt", "two");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = site.get("/a.txt").await;
    assert_eq!(second.text(), "two");
    assert_ne!(first.header("etag"), second.header("etag"));
    // Build tools delete the directory and make it again.
    fs::remove_dir_all(site.path("")).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(site.get("/a.txt").await.status, StatusCode::NOT_FOUND);
    site.write("a.txt", "again");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(site.get("/a.txt").await.text(), "again");
}

#[tokio::test]
async fn an_unchanged_file_is_read_once() {
    let site = Site::new(AssetsOptions::dev(), &[("read-once.txt", "x")]);
    tokio::time::sleep(Duration::from_millis(80)).await;
    for path in ["/read-once.txt", "//read-once.txt", "/x/../read-once.txt"]
        .iter()
        .cycle()
        .take(30)
    {
        assert_eq!(site.get(path).await.text(), "x");
    }
    assert_eq!(loads("read-once.txt"), 1);
}

#[tokio::test]
async fn big_files_are_hashed_once_for_all_who_wait() {
    let site = Site::new(AssetsOptions::dev(), &[]);
    let content: Vec<u8> = (0..5_000_000u32)
        .flat_map(|n| (n % 65_521).to_le_bytes())
        .collect();
    site.write("hashed-once.bin", &content);
    tokio::time::sleep(Duration::from_millis(80)).await;
    let answers =
        futures_util::future::join_all((0..8).map(|_| site.get("/hashed-once.bin"))).await;
    for answer in answers {
        assert!(answer.body == content);
        assert_eq!(
            answer.header("etag"),
            Some(&*format!(
                "\"{}\"",
                crate::content_hash("x.bin", &*content).unwrap()
            ))
        );
    }
    assert_eq!(loads("hashed-once.bin"), 1);
}

#[tokio::test]
async fn a_client_that_leaves_does_not_waste_the_work() {
    let site = Site::new(AssetsOptions::dev(), &[]);
    site.write("left.bin", vec![1; 20_000_000]);
    tokio::time::sleep(Duration::from_millis(80)).await;
    for _ in 0..20 {
        let _ = tokio::time::timeout(Duration::from_millis(1), site.get("/left.bin")).await;
    }
    assert_eq!(site.get("/left.bin").await.body.len(), 20_000_000);
    assert_eq!(loads("left.bin"), 1);
}

async fn body(site: &Site, path: &str) -> AssetBody {
    let headers = HeaderMap::new();
    let request = AssetRequest {
        method: &Method::GET,
        path,
        query: None,
        headers: &headers,
        host: None,
        https: false,
    };
    site.assets.respond(request).await.into_body()
}

#[tokio::test]
async fn a_big_file_comes_in_pieces_as_they_are_taken() {
    let site = Site::new(AssetsOptions::serve(), &[]);
    let content: Vec<u8> = (0..1_000_000u32).flat_map(u32::to_le_bytes).collect();
    site.write("big.bin", &content);
    let mut body = body(&site, "/big.bin").await;
    assert!(body.in_memory().is_none());
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        let piece = frame.unwrap().into_data().unwrap();
        assert!(piece.len() >= 64 * 1024 || pieces.len() + piece.len() == content.len());
        pieces.extend_from_slice(&piece);
        assert_eq!(
            http_body::Body::size_hint(&body).exact(),
            Some((content.len() - pieces.len()) as u64)
        );
    }
    assert!(pieces == content);
    assert!(http_body::Body::is_end_stream(&body));
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_breaks_the_answer_off() {
    for shorten in [true, false] {
        let site = Site::new(AssetsOptions::serve(), &[]);
        site.write("big.bin", vec![1; 4_000_000]);
        let mut body = body(&site, "/big.bin").await;
        assert!(body.frame().await.unwrap().is_ok());
        tokio::time::sleep(Duration::from_millis(20)).await;
        let file = fs::OpenOptions::new()
            .write(true)
            .open(site.path("big.bin"))
            .unwrap();
        if shorten {
            file.set_len(1_000_000).unwrap();
        } else {
            std::io::Write::write_all(&mut &file, &[2; 3_000_000]).unwrap();
        }
        let mut failed = false;
        while let Some(frame) = body.frame().await {
            failed |= frame.is_err();
        }
        assert!(failed, "shorten: {shorten}");
    }
}

#[tokio::test]
async fn a_replaced_file_is_sent_to_its_end() {
    let site = Site::new(AssetsOptions::dev(), &[]);
    site.write("big.bin", vec![1; 4_000_000]);
    let old = body(&site, "/big.bin").await;
    site.write("new.bin", vec![2; 3_000_000]);
    fs::rename(site.path("new.bin"), site.path("big.bin")).unwrap();
    assert!(site.get("/big.bin").await.body == vec![2; 3_000_000]);
    assert!(old.collect().await.unwrap().to_bytes() == vec![1; 4_000_000]);
}

#[tokio::test]
async fn memory_stays_bounded() {
    let options = AssetsOptions {
        memory: 100_000,
        ..AssetsOptions::serve()
    };
    let site = Site::new(options, &[]);
    for n in 0..50 {
        site.write(&format!("{n}.txt"), vec![b'x'; 10_000]);
    }
    // Bigger than the whole room, yet served.
    site.write("large.txt", vec![b'y'; 300_000]);
    for _ in 0..3 {
        for n in 0..50 {
            assert_eq!(site.get(&format!("/{n}.txt")).await.body.len(), 10_000);
        }
        assert_eq!(site.get("/large.txt").await.body.len(), 300_000);
    }
}

#[tokio::test]
async fn an_unreadable_file_is_an_error_and_not_missing() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new(
        AssetsOptions::dev(),
        &[("secret.txt", "x"), ("404.html", "gone")],
    );
    fs::set_permissions(site.path("secret.txt"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(site.path("secret.txt")).is_ok() {
        // The superuser may read everything; nothing to see here then.
        return;
    }
    let answer = site.get("/secret.txt").await;
    assert_eq!(
        (answer.status, answer.text()),
        (StatusCode::INTERNAL_SERVER_ERROR, "")
    );
    assert!(answer.headers.is_empty());
}
