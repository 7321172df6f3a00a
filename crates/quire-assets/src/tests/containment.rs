//! No request gets bytes from outside the served directory.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::LazyLock;

use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::site::Site;
use crate::AssetsOptions;

const SECRET: &str = "the secret outside";

static PLANTED: LazyLock<(Runtime, Site)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let site = Site::new(
        AssetsOptions::serve(),
        &[
            ("index.html", "home"),
            ("a/b.txt", "inside"),
            ("404.html", "gone"),
        ],
    );
    for name in [
        "secret",
        "secret.txt",
        "secret.html",
        "index.html",
        "404.html",
        "a.html",
        "site.html",
    ] {
        fs::write(site.path("..").join(name), SECRET).unwrap();
    }
    symlink("../secret.txt", site.path("leak.txt")).unwrap();
    symlink("..", site.path("up")).unwrap();
    symlink("../../secret.html", site.path("a/leak.html")).unwrap();
    symlink(
        fs::canonicalize(site.path("..")).unwrap(),
        site.path("a/up"),
    )
    .unwrap();
    symlink("/", site.path("top")).unwrap();
    fs::create_dir(site.path("c")).unwrap();
    symlink("../../404.html", site.path("c/404.html")).unwrap();
    symlink("../../index.html", site.path("c/index.html")).unwrap();
    symlink("a/b.txt", site.path("fine.txt")).unwrap();
    (runtime, site)
});

fn body_of(path: &str) -> String {
    let (runtime, site) = &*PLANTED;
    String::from_utf8_lossy(&runtime.block_on(site.get(path)).body).into_owned()
}

/// Texts that path tricks are made of.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "/",
        "\\",
        "%2f",
        "%2F",
        "%5c",
        "%252f",
        "..",
        ".",
        "%2e",
        "%2E%2e",
        "%252e%252e",
        "%c0%ae",
        "%c0%af",
        "..;",
        "%00",
        "%09",
        "%0a",
        "%20",
        "\u{2024}",
        "\u{ff0f}",
        "a",
        "b.txt",
        "up",
        "leak",
        "leak.txt",
        "leak.html",
        "top",
        "site",
        "secret",
        "secret.txt",
        "secret.html",
        ".html",
        "index",
        "index.html",
        "404.html",
        "c",
        "fine.txt",
        "etc",
        "passwd",
        "proc",
        "self",
        "cwd",
        "%",
        "?",
        "#",
        ":",
        "~",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn assembled_paths(pieces in prop::collection::vec(piece(), 0..12)) {
        let path = format!("/{}", pieces.concat());
        let body = body_of(&path);
        prop_assert!(["home", "inside", "gone", ""].contains(&&*body), "{path}: {body}");
    }

    #[test]
    fn arbitrary_paths(path in ".{0,60}") {
        let body = body_of(&path);
        prop_assert!(["home", "inside", "gone", ""].contains(&&*body), "{path}: {body}");
    }
}

#[test]
fn known_tricks() {
    for path in [
        "/leak.txt",
        "/up/secret.txt",
        "/up/secret",
        "/a/leak",
        "/a/leak.html",
        "/a/up/secret",
        "/a/up/site/up/secret",
        "/top/etc/passwd",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/a/../../secret.txt",
        "/a%2f..%2f..%2fsecret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%00/secret.txt",
        "/c/",
        "/c/x",
        "//../secret.txt",
        "/./../secret.txt",
    ] {
        let body = body_of(path);
        assert!(["gone", ""].contains(&&*body), "{path}: {body}");
    }
    assert_eq!(body_of("/fine.txt"), "inside");
    assert_eq!(body_of("/a/b.txt"), "inside");
}
