//! Whole answers: statuses, headers, conditions.

use std::fs;

use http::{Method, StatusCode};

use super::site::Site;
use crate::{Assets, AssetsError, AssetsOptions};

const ALWAYS: [&str; 2] = ["access-control-allow-origin", "referrer-policy"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut names: Vec<_> = ALWAYS.iter().chain(more).copied().collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn lookup_through_the_file_system() {
    let site = Site::of(&[
        "index.html",
        "404.html",
        "about.html",
        "about/index.html",
        "blog/index.html",
        "blog/post.html",
        "blog/404.html",
        "a b.html",
        "@s.html",
        "p+q&r.html",
        "100%.html",
        "ümlaut.txt",
        "file.txt",
        "sub/_headers",
        "_headers",
        "_routes.json",
        "_worker.js/index.js",
        "functions/api.js",
        "node_modules/x/404.html",
        ".well-known/security.txt",
        ".hidden",
    ]);
    // Path, status, and the file served or the target of the redirect.
    for (target, status, expected) in [
        ("/", 200, "index.html"),
        ("//about", 200, "about.html"),
        ("/about//", 200, "about/index.html"),
        ("/about", 200, "about.html"),
        ("/about/", 200, "about/index.html"),
        ("/about.html?x=1&y=%20", 308, "/about?x=1&y=%20"),
        ("/about/index.html", 308, "/about/"),
        ("/about/index", 308, "/about/"),
        ("/nowhere/index?q", 308, "/nowhere/?q"),
        ("/blog", 308, "/blog/"),
        ("/blog/post/", 308, "/blog/post"),
        ("/blog%2Fpost", 200, "blog/post.html"),
        ("/blog/../about.html", 308, "/about"),
        ("/blog%2f..%2fabout.html", 308, "/blog/../about"),
        ("/blog/..%2Ffile.txt", 200, "file.txt"),
        ("/a%20b.html", 308, "/a%20b"),
        ("/a%20b", 200, "a b.html"),
        ("/@s.html", 308, "/%40s"),
        ("/p+q&r.html", 308, "/p%2Bq%26r"),
        ("/100%.html", 308, "/100%25"),
        ("/100%", 200, "100%.html"),
        ("/100%25", 200, "100%.html"),
        ("/%C3%BCmlaut.txt", 200, "ümlaut.txt"),
        ("/%2Fevil.com/index/", 308, "/evil.com/"),
        ("/%5c%5cevil.com/index", 308, "/evil.com/"),
        ("/404", 200, "404.html"),
        ("/404.html", 308, "/404"),
        ("/%FF", 404, "404.html"),
        ("/%FF/index", 308, "/%25FF/"),
        ("/a%00b", 404, "404.html"),
        ("/blog/a%00/b", 404, "blog/404.html"),
        ("/About", 404, "404.html"),
        ("/blog/zip/x", 404, "blog/404.html"),
        ("/file.txt/", 404, "404.html"),
        ("/file.txt/more", 404, "404.html"),
        ("/blog/post.html/more", 404, "blog/404.html"),
        ("/..%2f..%2fetc%2fpasswd", 404, "404.html"),
        ("/_headers", 404, "404.html"),
        ("/_routes.json", 404, "404.html"),
        ("/_routes", 404, "404.html"),
        ("/_worker.js", 404, "404.html"),
        ("/_worker.js/", 404, "404.html"),
        ("/_worker.js/index.js", 404, "404.html"),
        ("/%5Fworker.js/index.js", 404, "404.html"),
        ("/x/..%2f_worker.js/index.js", 404, "404.html"),
        ("//functions/api.js", 404, "404.html"),
        ("/node_modules/x/y", 404, "404.html"),
        ("/sub/_headers", 200, "sub/_headers"),
        ("/.well-known/security.txt", 200, ".well-known/security.txt"),
        ("/.hidden", 200, ".hidden"),
        ("", 200, "index.html"),
    ] {
        // The second answer comes from memory.
        for _ in 0..2 {
            let answer = site.get(target).await;
            assert_eq!(answer.status.as_u16(), status, "{target}");
            if status == 308 {
                assert_eq!(answer.header("location"), Some(expected), "{target}");
                assert_eq!(answer.header_names(), with(&["location"]), "{target}");
            } else {
                assert_eq!(answer.text(), expected, "{target}");
            }
        }
    }
    let long = format!("/{}", "a".repeat(5000));
    assert_eq!(site.get(&long).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get(&"/a".repeat(5000)).await.text(), "404.html");
}

#[tokio::test]
async fn without_not_found_page() {
    let application = Site::of(&["index.html", "docs/404.html"]);
    let answer = application.get("/settings/profile").await;
    assert_eq!(
        (answer.status, answer.text()),
        (StatusCode::OK, "index.html")
    );
    assert_eq!(
        answer.header("etag"),
        application.get("/").await.header("etag")
    );
    assert_eq!(application.get("/docs/x").await.text(), "docs/404.html");
    let etag = answer.header("etag").unwrap();
    let again = application
        .request(Method::GET, "/other", &[("if-none-match", etag)], None)
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);

    let bare = Site::of(&["a.txt"]);
    let answer = bare.get("/b").await;
    assert_eq!((answer.status, answer.text()), (StatusCode::NOT_FOUND, ""));
    assert_eq!(answer.header_names(), with(&["cache-control"]));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn headers_of_a_page() {
    let site = Site::new(
        AssetsOptions::serve(),
        &[("file.txt", "f\n"), ("noext", "x"), ("404.html", "gone")],
    );
    let answer = site.get("/file.txt").await;
    assert_eq!(
        answer.header_names(),
        with(&[
            "cache-control",
            "content-type",
            "etag",
            "x-content-type-options"
        ])
    );
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("x-content-type-options", "nosniff"),
        ("content-type", "text/plain; charset=utf-8"),
        ("cache-control", "public, max-age=0, must-revalidate"),
        // The tag that the original gives to these bytes under this extension.
        ("etag", "\"98b5a340e87f03cb5ee2fc5086b214b8\""),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert_eq!(
        site.get("/noext").await.header("content-type"),
        Some("application/octet-stream")
    );

    let missing = site.get("/missing").await;
    assert_eq!(
        (missing.status, missing.text()),
        (StatusCode::NOT_FOUND, "gone")
    );
    assert_eq!(
        missing.header_names(),
        with(&["cache-control", "content-type", "x-content-type-options"])
    );
    assert_eq!(missing.header("cache-control"), Some("no-store"));
    assert_eq!(
        missing.header("content-type"),
        Some("text/html; charset=utf-8")
    );
}

#[tokio::test]
async fn other_methods_are_refused() {
    let site = Site::of(&["index.html"]);
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::PATCH,
        Method::TRACE,
    ] {
        for path in ["/", "/missing", "/index.html", "/_worker.js"] {
            let answer = site.request(method.clone(), path, &[], None).await;
            assert_eq!(
                answer.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
            assert_eq!((answer.text(), answer.header_names()), ("", with(&[])));
        }
    }
}

#[tokio::test]
async fn head_tells_the_length_without_a_body() {
    let site = Site::new(
        AssetsOptions::serve(),
        &[("a.txt", "four"), ("404.html", "not here")],
    );
    site.write("big.bin", vec![7; 1_000_000]);
    for (path, status, length) in [
        ("/a.txt", 200, "4"),
        ("/big.bin", 200, "1000000"),
        ("/b", 404, "8"),
    ] {
        let get = site.get(path).await;
        let mut head = site.request(Method::HEAD, path, &[], None).await;
        assert_eq!((head.status.as_u16(), head.text()), (status, ""));
        assert_eq!(head.headers.remove("content-length").unwrap(), length);
        assert_eq!(head.headers, get.headers);
    }
}

#[tokio::test]
async fn conditions() {
    let site = Site::of(&["a.txt", "404.html"]);
    let etag = site.get("/a.txt").await.header("etag").unwrap().to_owned();
    let weak = format!("W/{etag}");
    for method in [Method::GET, Method::HEAD] {
        for value in [&etag, &weak] {
            let answer = site
                .request(method.clone(), "/a.txt", &[("if-none-match", value)], None)
                .await;
            assert_eq!(
                (answer.status, answer.text()),
                (StatusCode::NOT_MODIFIED, "")
            );
            assert_eq!(answer.header_names(), with(&[]));
        }
    }
    let list = format!("{etag}, \"other\"");
    let unquoted = etag.trim_matches('"');
    for value in ["*", &list, "\"other\"", unquoted, "", "w/\"x\""] {
        let answer = site
            .request(Method::GET, "/a.txt", &[("if-none-match", value)], None)
            .await;
        assert_eq!(
            (answer.status, answer.text()),
            (StatusCode::OK, "a.txt"),
            "{value}"
        );
    }
    let twice = [
        ("if-none-match", etag.as_str()),
        ("if-none-match", "\"other\""),
    ];
    assert_eq!(
        site.request(Method::GET, "/a.txt", &twice, None)
            .await
            .status,
        StatusCode::OK
    );
    let since = [("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")];
    assert_eq!(
        site.request(Method::GET, "/a.txt", &since, None)
            .await
            .status,
        StatusCode::OK
    );

    let page = site.get("/404").await.header("etag").unwrap().to_owned();
    let missing = site
        .request(Method::GET, "/missing", &[("if-none-match", &page)], None)
        .await;
    assert_eq!(
        (missing.status, missing.text()),
        (StatusCode::NOT_FOUND, "404.html")
    );
}

#[tokio::test]
async fn requests_that_must_not_be_cached() {
    let site = Site::of(&["a.txt"]);
    for header in [("range", "bytes=0-1"), ("authorization", "Bearer x")] {
        let answer = site.request(Method::GET, "/a.txt", &[header], None).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, "a.txt"));
        assert_eq!(
            answer.header_names(),
            with(&["content-type", "etag", "x-content-type-options"])
        );
    }
}

#[tokio::test]
async fn previews_are_not_for_search_engines() {
    let site = Site::of(&["a.txt", "404.html"]);
    for (host, noindex) in [
        ("abc.project.pages.dev", true),
        ("a.b.project.pages.dev:8788", true),
        ("Abc.Project.Pages.Dev", true),
        ("project.pages.dev", false),
        ("pages.dev", false),
        ("abc.project.pages.dev.example.com", false),
        ("example.com", false),
        ("a.b.xpages.dev", false),
        ("[::1]:80", false),
        ("", false),
    ] {
        let answer = site.request(Method::GET, "/a.txt", &[], Some(host)).await;
        assert_eq!(
            answer.header("x-robots-tag"),
            noindex.then_some("noindex"),
            "{host}"
        );
        let missing = site.request(Method::GET, "/missing", &[], Some(host)).await;
        assert_eq!(missing.header("x-robots-tag"), None, "{host}");
    }
}

#[tokio::test]
async fn equal_bytes_under_different_extensions_differ() {
    let site = Site::new(
        AssetsOptions::serve(),
        &[("a.txt", "same"), ("b.txt", "same"), ("c.md", "same")],
    );
    let [a, b, c] = [
        site.get("/a.txt").await,
        site.get("/b.txt").await,
        site.get("/c.md").await,
    ];
    assert_eq!(a.header("etag"), b.header("etag"));
    assert_ne!(a.header("etag"), c.header("etag"));
}

#[test]
fn what_cannot_be_served_says_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    let missing = Assets::open(place.path().join("dist"), AssetsOptions::serve()).unwrap_err();
    assert!(matches!(missing, AssetsError::Missing(_)), "{missing}");
    assert!(
        missing
            .to_string()
            .contains("dist` does not exist; build the project first"),
        "{missing}"
    );
    fs::write(place.path().join("file"), "").unwrap();
    for path in ["file", "file/below"] {
        let error = Assets::open(place.path().join(path), AssetsOptions::serve()).unwrap_err();
        assert!(matches!(error, AssetsError::NotADirectory(_)), "{error}");
        assert!(error.to_string().contains("name the directory"), "{error}");
    }
}
