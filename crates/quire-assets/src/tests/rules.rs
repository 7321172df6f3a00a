//! `_redirects` and `_headers` on whole answers. What the original answers to the same is recorded in the end-to-end tests.

use http::{Method, StatusCode};
use quire_routes::{HeaderRules, RedirectRules, SiteRules};

use super::site::Site;
use crate::AssetsOptions;

fn site(redirects: &str, headers: &str) -> Site {
    let rules = SiteRules {
        redirects: RedirectRules::parse("_redirects", redirects).rules,
        headers: HeaderRules::parse("_headers", headers).rules,
    };
    let options = AssetsOptions {
        rules,
        ..AssetsOptions::serve()
    };
    let files = ["index.html", "404.html", "a.txt", "b.html"];
    let files: Vec<_> = files.iter().map(|name| (*name, *name)).collect();
    Site::new(options, &files)
}

#[tokio::test]
async fn redirects_come_before_files_and_methods() {
    let site = site(
        "/a.txt /b 301\n/abs https://x.example:8080/y?own=1#f\n/frag /b#sec 303\n\
         /keep/* /b/:splat 308\n/same http-is-not-a-path\n/w /b 200\n/w2 /b.html 200\n/w3 /none 200\n",
        "",
    );
    for (target, status, location, text) in [
        ("/a.txt", 301, "/b", "Redirecting to /b"),
        ("/a.txt?q=1", 301, "/b?q=1", "Redirecting to /b?q=1"),
        (
            "/abs?mine",
            302,
            "https://x.example:8080/y?own=1#f",
            "Redirecting to https://x.example:8080/y?own=1#f",
        ),
        ("/frag?y=2", 303, "/b?y=2#sec", "Redirecting to /b?y=2#sec"),
        ("/keep/x?q", 308, "/b/x?q", ""),
        ("/w2?q", 308, "/b?q", ""),
    ] {
        let answer = site.get(target).await;
        assert_eq!(answer.status, status, "{target}");
        assert_eq!(answer.headers["location"], location, "{target}");
        assert_eq!(answer.body, text.as_bytes(), "{target}");
        assert_eq!(
            answer.headers.contains_key("content-type"),
            !text.is_empty()
        );
    }
    let posted = site.request(Method::POST, "/a.txt", &[], None).await;
    assert_eq!(posted.status, 301);
    let rewritten = site.get("/w").await;
    assert_eq!(
        (rewritten.status, &rewritten.body[..]),
        (StatusCode::OK, &b"b.html"[..])
    );
    assert_eq!(site.get("/w3").await.body, "404.html");
    assert_eq!(site.get("/same").await.status, 404);
}

#[tokio::test]
async fn header_rules_apply_to_all_answers_by_the_path_that_was_asked_for() {
    let site = site(
        "/w /b 200\n/r /b\n",
        "/*\n X-All: 1\n Referrer-Policy: none\n! Access-Control-Allow-Origin\n/w\n X-All: 2\n X-W: :x\n\
         /none\n Cache-Control: public\n Set-Cookie: a=1\n/n*\n Set-Cookie: b=2\n/a.txt\n Etag: own\n X-L: é\n",
    );
    // The second answer is by what is remembered of the path.
    for target in ["/a.txt", "/b.html", "/r", "/w", "/none"].repeat(2) {
        let answer = site.get(target).await;
        let expected = if target == "/w" { "1, 2" } else { "1" };
        assert_eq!(answer.headers["x-all"], expected, "{target}");
        assert_eq!(answer.headers["referrer-policy"], "none");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
    let posted = site.request(Method::POST, "/a.txt", &[], None).await;
    assert_eq!(
        (posted.status, &posted.headers["x-all"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"1".parse().unwrap())
    );
    let file = site.get("/a.txt").await;
    assert_eq!(file.headers["etag"], "own");
    assert_eq!(file.headers["x-l"].as_bytes(), [0xe9]);
    let missing = site.get("/none").await;
    assert_eq!(
        (missing.status, &missing.headers["cache-control"]),
        (StatusCode::NOT_FOUND, &"no-store".parse().unwrap())
    );
    let cookies: Vec<_> = missing.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
}

#[tokio::test]
async fn rules_for_hosts_go_by_the_host() {
    let site = site(
        "",
        "https://a.example/a.txt\n X-Host: a\nhttps://:name.b.example/*\n X-Host: :name\n",
    );
    for (host, expected) in [
        ("a.example", Some("a")),
        ("x.b.example:8788", Some("x")),
        ("y.b.example", Some("y")),
        ("c.example", None),
        ("a.example", Some("a")),
    ] {
        let answer = site.request(Method::GET, "/a.txt", &[], Some(host)).await;
        assert_eq!(answer.header("x-host"), expected, "{host}");
    }
}
