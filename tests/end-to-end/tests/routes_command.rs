//! The seed's route table, asked of the running example and of `quire routes`.
#![allow(clippy::unwrap_used)]

use quire_end_to_end::{Command, example, is_wrangler, run};
use serde_json::json;

/// The documentation's table: a pattern, an URL that it stands for, the file, and the params.
fn table() -> Vec<(&'static str, &'static str, &'static str, serde_json::Value)> {
    vec![
        (
            "/api/time",
            "/api/time",
            "./functions/api/time.ts",
            json!({}),
        ),
        (
            "/api/todos",
            "/api/todos",
            "./functions/api/todos/index.ts",
            json!({}),
        ),
        (
            "/api/todos/*",
            "/api/todos/123",
            "./functions/api/todos/[id].ts",
            json!({ "id": "123" }),
        ),
        (
            "/api/todos/*/**",
            "/api/todos/123/dates/confirm",
            "./functions/api/todos/[[path]].ts",
            json!({ "path": ["123", "dates", "confirm"] }),
        ),
        (
            "/*/profile",
            "/api/nevi/profile",
            "./functions/api/[username]/profile.ts",
            json!({ "username": "nevi" }),
        ),
        (
            "/**",
            "/api/anything/at/all",
            "./functions/api/[[path]].ts",
            json!({ "path": ["anything", "at", "all"] }),
        ),
    ]
}

#[test]
fn the_documented_table() {
    let server = Command::serve(example("routing")).workers(1).start();
    for (pattern, url, file, params) in table() {
        if is_wrangler() && pattern == "/api/todos" {
            continue;
        }
        let answer = server.get(url).json();
        assert_eq!(answer["file"], file, "{pattern}");
        assert_eq!(answer["params"], params, "{pattern}");
    }
    server.stop();
}

#[test]
fn the_order_of_the_original_is_a_flag() {
    let server = Command::serve(example("routing"))
        .workers(1)
        .argument("--compatibility-flags")
        .argument("pages_catchall_shadows_index")
        .start();
    assert_eq!(
        server.get("/api/todos").json()["file"],
        "./functions/api/todos/[[path]].ts"
    );
    assert_eq!(
        server.get("/api/todos/1").json()["file"],
        "./functions/api/todos/[id].ts"
    );
    server.stop();
}

#[test]
fn routes_lists_every_route() {
    let folder = example("routing");
    let (status, printed) = run(&folder, &["routes"]);
    assert!(status.success(), "{printed}");
    for text in [
        "/api/time",
        "/api/todos/:id",
        "/api/todos/:path*",
        "/api/:username/profile",
        "/api/:path*",
        "api/time.ts",
        "api/todos/index.ts",
        "api/todos/[id].ts",
        "api/todos/[[path]].ts",
        "api/[username]/profile.ts",
        "api/[[path]].ts",
    ] {
        assert!(printed.contains(text), "`{text}` is missing:\n{printed}");
    }
    let position = |text: &str| printed.find(text).unwrap();
    assert!(
        position("api/todos/[id].ts") < position("api/[[path]].ts"),
        "routes come in the order in which they are tried:\n{printed}"
    );
    assert!(
        printed.contains("pages_catchall_shadows_index"),
        "the conflict of index and catch-all is noted:\n{printed}"
    );
}

#[test]
fn routes_lists_middleware_and_methods() {
    let (status, printed) = run(&example("middleware"), &["routes"]);
    assert!(status.success(), "{printed}");
    for text in [
        "routing/_middleware.ts",
        "routing/todos/_middleware.ts",
        "hello-world.js",
        "POST",
        "PUT",
    ] {
        assert!(printed.contains(text), "`{text}` is missing:\n{printed}");
    }
}

#[test]
fn explain_says_why() {
    let routing = example("routing").to_string_lossy().into_owned();
    for (url, wanted) in [
        (
            "GET /api/todos/123/dates/confirm",
            vec!["api/todos/[[path]].ts", "path", "123", "confirm"],
        ),
        ("GET /api/todos", vec!["api/todos/index.ts"]),
        ("GET /about", vec!["static"]),
        (
            "DELETE /api/nevi/profile",
            vec!["api/[username]/profile.ts", "username", "nevi"],
        ),
    ] {
        let (status, printed) = run(
            &std::env::temp_dir(),
            &["routes", &routing, "--explain", url],
        );
        assert!(status.success(), "{printed}");
        for text in wanted {
            assert!(
                printed.contains(text),
                "`{url}` does not mention `{text}`:\n{printed}"
            );
        }
    }
    let middleware = example("middleware").to_string_lossy().into_owned();
    let (status, printed) = run(
        &std::env::temp_dir(),
        &["routes", &middleware, "--explain", "GET /routing/todos/1"],
    );
    assert!(status.success(), "{printed}");
    let order = [
        "routing/_middleware.ts",
        "routing/todos/_middleware.ts",
        "routing/todos/[id].ts",
    ]
    .map(|file| printed.find(file));
    assert!(
        order.iter().all(Option::is_some) && order.is_sorted(),
        "the chain in its order is missing:\n{printed}"
    );
    let hub = example("kohakuhub").to_string_lossy().into_owned();
    let (status, printed) = run(
        &std::env::temp_dir(),
        &[
            "routes",
            &hub,
            "--explain",
            "POST /team/repo.git/git-upload-pack",
        ],
    );
    assert!(status.success(), "{printed}");
    for text in [
        "/*.git/git-upload-pack",
        "[[repo]].git/git-upload-pack.js",
        "_middleware.js",
    ] {
        assert!(printed.contains(text), "`{text}` is missing:\n{printed}");
    }
}

#[test]
fn an_unusable_explanation_request_is_refused() {
    let (status, printed) = run(&example("routing"), &["routes", "--explain", "nonsense"]);
    assert!(
        !status.success() && printed.contains("nonsense"),
        "{status}\n{printed}"
    );
}
