//! Files to ordered routes.

use quire_routes::{RouteNote, RouteTable};

use crate::table;

fn listing(table: &RouteTable) -> Vec<String> {
    let line = |route: &quire_routes::Route| {
        let method = route.method.map_or("-", |method| method.as_str());
        let kind = match (&route.module, &route.middleware) {
            (Some(_), Some(_)) => " (both)",
            (None, Some(_)) => " (middleware)",
            _ => "",
        };
        format!("{method} {} {}{kind}", route.path, route.mount)
    };
    table.routes().iter().map(line).collect()
}

fn files(table: &RouteTable) -> Vec<String> {
    let line = |route: &quire_routes::Route| {
        let handler = route.module.as_ref().or(route.middleware.as_ref()).unwrap();
        format!("{}:{}", handler.file, handler.export)
    };
    table.routes().iter().map(line).collect()
}

#[test]
fn the_worked_listing() {
    let table = table(&[
        "_middleware.js:onRequest,onRequestGet",
        "getonly.js:onRequestGet",
        "[[repo]].git/HEAD.js",
        "[[repo]].git/git-upload-pack.js:onRequestPost",
        "[[repo]].git/info/refs.js",
        "[[repo]].git/info/lfs/[[path]].js",
        "api/[[path]].js",
        "api/time.js",
        "api/[username]/profile.js",
        "api/todos/index.js",
        "api/todos/[id].js",
        "api/todos/[[path]].js",
        "models/[[ns]]/[[name]]/resolve/[[path]].js",
    ]);
    assert_eq!(
        listing(&table),
        [
            "- /models/:ns*/:name*/resolve/:path* /models/:ns*/:name*/resolve",
            "- /:repo*.git/info/lfs/:path* /:repo*.git/info/lfs",
            "- /api/todos/:id /api/todos",
            "- /api/todos/:path* /api/todos",
            "- /api/:username/profile /api/:username",
            "- /:repo*.git/info/refs /:repo*.git/info",
            "- /api/time /api",
            "- /api/todos /api/todos",
            "- /api/:path* /api",
            "POST /:repo*.git/git-upload-pack /:repo*.git",
            "- /:repo*.git/HEAD /:repo*.git",
            "GET /getonly /",
            "GET / / (middleware)",
            "- / / (middleware)",
        ]
    );
}

#[test]
fn merging() {
    for (given, expected) in [
        // One directory's index and middleware share an entry.
        (
            &["a/index.js", "a/_middleware.js"][..],
            &["- /a /a (both)"][..],
        ),
        (&["foo.js", "foo/_middleware.js"], &["- /foo /foo (both)"]),
        (
            &["a/index.js:onRequestGet", "a/_middleware.js"],
            &["GET /a /a", "- /a /a (middleware)"],
        ),
        (&["[a].js", "[b].js"], &["- /:a /", "- /:b /"]),
    ] {
        assert_eq!(listing(&table(given)), expected, "{given:?}");
    }
    for (given, expected) in [
        (
            &["foo.js", "foo/index.js"][..],
            &["foo/index.js:onRequest"][..],
        ),
        (&["foo/index.js", "foo.js"], &["foo/index.js:onRequest"]),
        (
            &["foo.js:onRequestGet", "foo/index.js"],
            &["foo.js:onRequestGet", "foo/index.js:onRequest"],
        ),
        (&["x.js", "x.ts", "x.mjs", "x.jsx"], &["x.ts:onRequest"]),
        (&["index.ts", "index.js"], &["index.ts:onRequest"]),
        (
            &["_middleware_.js", "_middleware.js"],
            &["_middleware_.js:onRequest"],
        ),
        (&["index/index.js"], &["index/index.js:onRequest"]),
    ] {
        assert_eq!(files(&table(given)), expected, "{given:?}");
    }
    assert_eq!(listing(&table(&["index/index.js"])), ["- /index /index"]);
}

#[test]
fn replaced_files_are_noted() {
    let table = table(&["foo.js", "foo/index.js", "é x.js"]);
    let [
        RouteNote::NeverMatches { file, character },
        RouteNote::Replaced { handler, by },
    ] = table.notes()
    else {
        panic!("{:?}", table.notes());
    };
    assert_eq!((file.as_str(), *character), ("é x.js", 'é'));
    assert_eq!(
        (handler.file.as_str(), by.file.as_str()),
        ("foo.js", "foo/index.js")
    );
}

#[test]
fn what_counts_as_a_function() {
    let table = table(&[
        "a.cjs",
        "b.mts",
        "c.json",
        "d.JS",
        ".js",
        "noextension",
        "helper.js:helper,default",
        "e.js:onRequestTrace,onrequest",
        "_x.js",
        ".hidden/x.js",
        "node_modules/pkg/index.js",
        "name.d.ts",
    ]);
    let paths: Vec<&str> = table
        .routes()
        .iter()
        .map(|route| route.path.as_str())
        .collect();
    assert_eq!(paths, ["/.hidden/x", "/node_modules/pkg", "/_x", "/name.d"]);
}

#[test]
fn the_table_of_the_documentation() {
    let table = table(&[
        "api/[[path]].ts",
        "api/[username]/profile.ts",
        "api/time.ts",
        "api/todos/[[path]].ts",
        "api/todos/[id].ts",
        "api/todos/index.ts",
    ]);
    let lines: Vec<String> = table
        .routes()
        .iter()
        .map(|route| {
            format!(
                "{} => ./functions/{}",
                route.path,
                route.module.as_ref().unwrap().file
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "/api/todos/:id => ./functions/api/todos/[id].ts",
            "/api/todos/:path* => ./functions/api/todos/[[path]].ts",
            "/api/:username/profile => ./functions/api/[username]/profile.ts",
            "/api/time => ./functions/api/time.ts",
            "/api/todos => ./functions/api/todos/index.ts",
            "/api/:path* => ./functions/api/[[path]].ts",
        ]
    );
}

#[test]
fn a_table_travels_to_the_workers() {
    let table = table(&[
        "a/index.js",
        "a/[[x]].js",
        "_middleware.js:onRequestPost",
        "foo.js",
        "foo/index.js",
    ]);
    let json = serde_json::to_string(&table).unwrap();
    assert_eq!(serde_json::from_str::<RouteTable>(&json).unwrap(), table);
    assert!(json.contains("\"method\":\"POST\""));
    let broken = json.replace("/a/:x*", "/a:x*");
    assert!(serde_json::from_str::<RouteTable>(&broken).is_err());
    let handlers: Vec<&str> = table
        .handlers()
        .map(|handler| handler.file.as_str())
        .collect();
    assert_eq!(
        handlers,
        ["a/[[x]].js", "a/index.js", "foo/index.js", "_middleware.js"]
    );
}
