//! Files in other forms than whole and as they are.

use std::fs::{self, File};
use std::io::Read;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method};
use http_body_util::BodyExt as _;
use quire_http::{AcceptEncoding, Coding};

use super::site::Site;
use crate::{Asset, AssetBody, AssetRequest, AssetsOptions};

const ALL: &[u8] = b"gzip, deflate, br, zstd";

async fn asset(site: &Site, path: &str, method: Method) -> Asset {
    let request = AssetRequest {
        method: &method,
        path,
        query: None,
        headers: &HeaderMap::new(),
        host: None,
        https: false,
    };
    let mut response = site.assets.respond(request).await;
    response.body_mut().take_asset().unwrap()
}

async fn bytes(body: AssetBody) -> Vec<u8> {
    body.collect().await.unwrap().to_bytes().to_vec()
}

async fn encoded(site: &Site, path: &str, accept: &[u8]) -> Option<(Coding, Vec<u8>)> {
    let accepted = AcceptEncoding::parse([accept]);
    let asset = asset(site, path, Method::GET).await;
    let (coding, body) = asset.encoded(&accepted, true).await.unwrap()?;
    Some((coding, bytes(body).await))
}

#[tokio::test]
async fn a_file_beside_it_is_what_clients_get_who_take_it() {
    let text = "text ".repeat(100);
    for options in [AssetsOptions::serve(), AssetsOptions::dev()] {
        let site = Site::new(
            options,
            &[
                ("index.html", "short"),
                ("index.html.br", "page as br"),
                ("404.html", "none"),
                ("404.html.gz", "none as gz"),
                ("a.js", text.as_str()),
                ("a.js.gz", "a as gz"),
                ("a.js.zst", "a as zst"),
            ],
        );
        // The second answer comes from memory.
        for _ in 0..2 {
            for (path, accept, expected) in [
                ("/", ALL, Some((Coding::Brotli, "page as br"))),
                ("/", b"gzip", None),
                ("/missing", ALL, Some((Coding::Gzip, "none as gz"))),
                ("/a.js", ALL, Some((Coding::Zstd, "a as zst"))),
                (
                    "/a.js",
                    b"gzip, zstd;q=0.9",
                    Some((Coding::Gzip, "a as gz")),
                ),
                ("/a.js", b"identity, gzip;q=0.5", None),
                // By its name it is a file like others.
                ("/a.js.gz", b"", None),
            ] {
                let found = encoded(&site, path, accept).await;
                let expected = expected.map(|(coding, text)| (coding, text.as_bytes().to_vec()));
                assert_eq!(found, expected, "{path}");
            }
            assert_eq!(site.get("/a.js.gz").await.text(), "a as gz");
            // Nothing in that form is there; it is made.
            let (coding, compressed) = encoded(&site, "/a.js", b"br").await.unwrap();
            assert!(coding == Coding::Brotli && compressed.len() < 50);
        }
        assert_eq!(site.get("/b.js.gz").await.status, 404);
    }
}

#[tokio::test]
async fn one_that_is_older_than_the_file_is_not_of_it() {
    let site = Site::new(
        AssetsOptions::dev(),
        &[("a.txt", "new"), ("a.txt.br", "old")],
    );
    let sibling = File::options()
        .write(true)
        .open(site.path("a.txt.br"))
        .unwrap();
    sibling
        .set_modified(SystemTime::now() - Duration::from_secs(60))
        .unwrap();
    assert_eq!(encoded(&site, "/a.txt", b"br").await, None);
    sibling
        .set_modified(SystemTime::now() + Duration::from_secs(60))
        .unwrap();
    let found = encoded(&site, "/a.txt", b"br").await;
    assert_eq!(found, Some((Coding::Brotli, b"old".to_vec())));
    fs::remove_file(site.path("a.txt.br")).unwrap();
    assert_eq!(encoded(&site, "/a.txt", b"br").await, None);
}

#[tokio::test]
async fn what_is_not_there_is_compressed_once_and_kept() {
    let big = "a line of a big file\n".repeat(100_000);
    let site = Site::new(
        AssetsOptions::serve(),
        &[
            ("small.css", &big[..5000]),
            ("big.js", big.as_str()),
            ("tiny.css", "a {}"),
        ],
    );
    for (path, content) in [("/small.css", &big[..5000]), ("/big.js", &big[..])] {
        for _ in 0..2 {
            let (coding, compressed) = encoded(&site, path, b"gzip").await.unwrap();
            assert_eq!(coding, Coding::Gzip);
            let mut text = String::new();
            flate2::read::GzDecoder::new(&compressed[..])
                .read_to_string(&mut text)
                .unwrap();
            assert!(text == content, "{path}");
        }
        let file = asset(&site, path, Method::GET).await;
        let kept = file.found.version.compressed(Coding::Gzip).get();
        assert!(kept.unwrap().is_some());
        assert!(
            file.found
                .version
                .compressed(Coding::Brotli)
                .get()
                .is_none()
        );
        // A client that takes it but whose content is of no such type gets it as it is.
        let accepted = AcceptEncoding::parse([ALL]);
        assert!(file.encoded(&accepted, false).await.unwrap().is_none());
    }
    assert_eq!(encoded(&site, "/tiny.css", ALL).await, None);
    // A changed file is compressed anew.
    site.write("small.css", "changed ".repeat(100));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let (_, compressed) = encoded(&site, "/small.css", b"gzip").await.unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&compressed[..])
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "changed ".repeat(100));
}

#[tokio::test]
async fn compressed_content_counts_as_memory() {
    let options = AssetsOptions {
        memory: 2000 * 1024,
        ..AssetsOptions::serve()
    };
    let content: String = (0..60_000).map(|n| format!("{n:x},")).collect();
    let names: Vec<_> = (0..40).map(|n| format!("{n}.txt")).collect();
    let files: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), content.as_str()))
        .collect();
    let site = Site::new(options, &files);
    let mut compressed = 0;
    for name in &names {
        let (_, bytes) = encoded(&site, &format!("/{name}"), b"gzip").await.unwrap();
        compressed += bytes.len();
    }
    assert!(compressed > 2000 * 1024);
    let weight = asset(&site, "/0.txt", Method::GET).await.cache.weight();
    assert!(weight <= 2000 * 1024, "{weight}");
}

#[tokio::test]
async fn parts_of_short_and_long_files() {
    let long: Vec<u8> = (0..2_000_000_u32).map(|n| (n / 7) as u8).collect();
    let site = Site::of(&["short.txt"]);
    site.write("long.mp4", &long);
    for (path, content) in [("/short.txt", &b"short.txt"[..]), ("/long.mp4", &long[..])] {
        let length = content.len();
        for (start, end) in [
            (0, 1),
            (3, 7),
            (0, length),
            (length / 3, length),
            (length - 1, length),
        ] {
            let file = asset(&site, path, Method::GET).await;
            assert_eq!(file.length(), length as u64);
            let part = file.part(start as u64..end as u64).await.unwrap();
            assert!(
                bytes(part).await == content[start..end],
                "{path} {start}..{end}"
            );
        }
    }
    // The answer to HEAD has no bytes but knows the file.
    let file = asset(&site, "/long.mp4", Method::HEAD).await;
    assert_eq!(file.length(), 2_000_000);
}

#[tokio::test]
async fn pages_say_what_to_load_ahead() {
    let page = "<base href=/sub/><link rel=preload as=style href=a.css>";
    let files = [("index.html", page), ("page.txt", page), ("404.html", page)];
    let site = Site::new(AssetsOptions::serve(), &files);
    let link = |host| {
        let site = &site;
        async move {
            let answer = site.request(Method::GET, "/", &[], Some(host)).await;
            answer.header("link").map(str::to_owned)
        }
    };
    for host in ["a.example", "b.example:81"] {
        assert_eq!(
            link(host).await.unwrap(),
            format!("<http://{host}/sub/a.css>; rel=\"preload\"; as=style")
        );
    }
    for path in ["/page.txt", "/missing"] {
        assert_eq!(site.get(path).await.header("link"), None, "{path}");
    }
    let unchanged = site.get("/").await.headers["etag"].clone();
    let conditional = [("if-none-match", unchanged.to_str().unwrap())];
    let answer = site.request(Method::GET, "/", &conditional, None).await;
    assert_eq!((answer.status.as_u16(), answer.header("link")), (304, None));
    let developed = Site::new(AssetsOptions::dev(), &files);
    assert_eq!(developed.get("/").await.header("link"), None);
}
