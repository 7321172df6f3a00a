//! The origin by itself, without a proxy before it.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::path::Path;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use quire_origin::{Layout, Origin, OriginOptions, add_sample, sha256_hex};
use tokio::process::Command;

async fn start(folder: &Path) -> Origin {
    let layout = Layout::create(folder).unwrap();
    add_sample(&layout).await.unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    Origin::start(OriginOptions {
        address,
        redirect_above: 1024,
        layout,
    })
    .await
    .unwrap()
}

async fn send(request: Request<Full<Bytes>>) -> Response<Incoming> {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    client.request(request).await.unwrap()
}

async fn git(folder: &Path, arguments: &[&str]) {
    let settings = [
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.com",
        "-c",
        "init.defaultBranch=main",
    ];
    let output = Command::new("git")
        .args(settings)
        .args(arguments)
        .current_dir(folder)
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn clone_and_first_push() {
    let folder = tempfile::tempdir().unwrap();
    let origin = start(&folder.path().join("root")).await;
    let work = folder.path();
    git(
        work,
        &[
            "clone",
            "--quiet",
            &format!("{}/demo/hello.git", origin.url()),
            "hello",
        ],
    )
    .await;
    assert!(work.join("hello/README.md").is_file());

    // The first push creates the repository.
    let new = format!("{}/someone/new.git", origin.url());
    git(&work.join("hello"), &["push", "--quiet", &new, "main"]).await;
    git(work, &["clone", "--quiet", &new, "new"]).await;
    assert!(work.join("new/README.md").is_file());
    origin.stop().await;
}

#[tokio::test]
async fn a_compressed_request_body() {
    let folder = tempfile::tempdir().unwrap();
    let origin = start(folder.path()).await;
    // `0014command=ls-refs\n0000`, compressed by gzip: git does so with long requests.
    let body: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x33, 0x30, 0x30, 0x34, 0x49,
        0xce, 0xcf, 0xcd, 0x4d, 0xcc, 0x4b, 0xb1, 0xcd, 0x29, 0xd6, 0x2d, 0x4a, 0x4d, 0x2b, 0xe6,
        0x32, 0x00, 0x02, 0x00, 0xf7, 0x1d, 0x61, 0x5d, 0x18, 0x00, 0x00, 0x00,
    ];
    let request = Request::post(format!("{}/demo/hello.git/git-upload-pack", origin.url()))
        .header("content-type", "application/x-git-upload-pack-request")
        .header("content-encoding", "gzip")
        .header("git-protocol", "version=2")
        .body(Full::new(Bytes::from_static(body)))
        .unwrap();
    let answer = send(request).await;
    assert_eq!(answer.status(), 200);
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(
        String::from_utf8_lossy(&text).contains("refs/heads/main"),
        "{text:?}"
    );
    origin.stop().await;
}

#[tokio::test]
async fn uploads_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let origin = start(folder.path()).await;
    let oid = sha256_hex(b"content");
    let url = format!("{}/demo/hello.git/info/lfs/objects/{oid}", origin.url());
    let put = |content: &'static str| {
        Request::put(&url)
            .body(Full::new(Bytes::from_static(content.as_bytes())))
            .unwrap()
    };
    let get = || Request::get(&url).body(Full::default()).unwrap();
    assert_eq!(send(put("another")).await.status(), 422);
    assert_eq!(
        send(get()).await.status(),
        404,
        "what does not match its name is not stored"
    );
    assert_eq!(send(put("content")).await.status(), 200);
    let stored = send(get())
        .await
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes();
    assert_eq!(stored, "content");
    assert_eq!(
        std::fs::read_dir(folder.path().join("incoming"))
            .unwrap()
            .count(),
        0,
        "nothing is left behind"
    );
    origin.stop().await;
}

#[tokio::test]
async fn big_downloads_redirect_to_the_storage() {
    let folder = tempfile::tempdir().unwrap();
    let origin = start(folder.path()).await;
    let ask = |path: &str| {
        Request::get(format!("{}{path}", origin.url()))
            .body(Full::default())
            .unwrap()
    };
    let small = send(ask("/models/demo/tiny/resolve/main/config.json")).await;
    assert_eq!(small.status(), 200);
    let big = send(ask("/models/demo/tiny/resolve/main/weights.bin")).await;
    assert_eq!(big.status(), 302);
    let location = big.headers()["location"].to_str().unwrap().to_owned();
    let stored = send(
        Request::get(location)
            .header("range", "bytes=0-9")
            .body(Full::default())
            .unwrap(),
    )
    .await;
    assert_eq!(
        (
            stored.status().as_u16(),
            stored.headers()["content-range"].to_str().unwrap()
        ),
        (206, "bytes 0-9/8388608")
    );
    origin.stop().await;
}
