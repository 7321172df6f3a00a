//! Which module answers, and with which parameters.

use crate::{answer, answering_file, original_router, router};

#[test]
fn precedence() {
    for (files, requests) in [
        (
            &["opt/end.js", "opt/[[x]]/end.js"][..],
            &[("/opt/end", "opt/[[x]]/end.js")][..],
        ),
        (
            &["api/todos/[id].js", "api/todos/[[path]].js"],
            &[("/api/todos/5", "api/todos/[id].js")],
        ),
        (
            &["api/todos/[id].js", "api/[user]/profile.js"],
            &[("/api/todos/profile", "api/todos/[id].js")],
        ),
        (&["sp/[a].js", "sp/[b].js"], &[("/sp/1", "sp/[a].js")]),
        (
            &["api/time.js", "api/[[path]].js"],
            &[
                ("/API/Time", "api/time.js"),
                ("/api/Timer", "api/[[path]].js"),
            ],
        ),
    ] {
        for (path, file) in requests {
            for router in [router(files), original_router(files)] {
                assert_eq!(
                    answering_file(&router, "GET", path).as_deref(),
                    Some(*file),
                    "{path}"
                );
            }
        }
    }
}

#[test]
fn the_documentation_s_tree_answers_as_its_table_says() {
    let router = router(&[
        "api/[[path]].ts",
        "api/[username]/profile.ts",
        "api/time.ts",
        "api/todos/[[path]].ts",
        "api/todos/[id].ts",
        "api/todos/index.ts",
    ]);
    for (path, file) in [
        ("/api/time", "api/time.ts"),
        ("/api/todos", "api/todos/index.ts"),
        ("/api/todos/", "api/todos/index.ts"),
        ("/api/todos/123", "api/todos/[id].ts"),
        ("/api/todos/123/dates/confirm", "api/todos/[[path]].ts"),
        ("/api/nina/profile", "api/[username]/profile.ts"),
        ("/api/anything/else", "api/[[path]].ts"),
        ("/api", "api/[[path]].ts"),
    ] {
        assert_eq!(
            answering_file(&router, "GET", path).as_deref(),
            Some(file),
            "{path}"
        );
    }
    assert_eq!(answering_file(&router, "GET", "/other"), None);
}

#[test]
fn parameters() {
    for (file, path, params) in [
        ("sp/[x].js", "/sp/a%2Fb", "x=a%2Fb"),
        ("sp/[x].js", "/sp/a%20b", "x=a%20b"),
        ("sp/[x].js", "/sp/%FF", "x=%FF"),
        ("sp/[x].js", "/sp/a;b=1", "x=a;b=1"),
        ("sp/[x].js", "/sp/a:b@c/", "x=a:b@c"),
        ("cat/[[x]].js", "/cat/a%2Fb/c", "x=[a%2Fb c]"),
        ("cat/[[x]].js", "/cat", ""),
        ("cat/[[x]].js", "/cat/", ""),
        ("cat/[[x]].js", "/cat/a/", "x=[a]"),
        ("x/[id]/y/[id].js", "/x/1/y/2", "id=2"),
        ("[x]/[[x]].js", "/a", "x=a"),
        ("[x]/[[x]].js", "/a/b/c", "x=[b c]"),
        ("[name].[ext].js", "/a.b.c", "name=a.b ext=c"),
        ("[a]-[b].js", "/x-y-z", "a=x-y b=z"),
        ("u2/a-[x]-b.js", "/u2/a-x-b-b", "x=x-b"),
        ("[id].json.js", "/7.json", "id=7"),
        ("[a]/[[b]].js", "/x/y/z", "a=x b=[y z]"),
        (
            "[[repo]].git/info/refs.js",
            "/org/repo.git/info/refs",
            "repo=[org repo]",
        ),
        ("foo/[[b]].git/x.js", "/foo.git/x", ""),
        ("[a]/[[b]].git/x.js", "/foo.git/x/", "a=foo"),
        (
            "models/[[ns]]/[[name]]/resolve/[[path]].js",
            "/models/org/name/resolve/main/f.bin",
            "ns=[org name] path=[main f.bin]",
        ),
        (
            "models/[[ns]]/[[name]]/resolve/[[path]].js",
            "/models/org/resolve/main",
            "ns=[org] path=[main]",
        ),
        (
            "models/[[ns]]/[[name]]/resolve/[[path]].js",
            "/models/resolve/main",
            "path=[main]",
        ),
        (
            "models/[[ns]]/[[name]]/resolve/[[path]].js",
            "/models/resolve",
            "",
        ),
        (
            "models/[[ns]]/[[name]]/resolve/[[path]].js",
            "/models/a/b/resolve/x/resolve/y",
            "ns=[a b resolve x] path=[y]",
        ),
    ] {
        let expected = Some((file.to_owned(), params.to_owned()));
        assert_eq!(
            answer(&router(&[file]), "GET", path),
            expected,
            "{file} on {path}"
        );
    }
}

#[test]
fn what_does_not_match() {
    for (file, path) in [
        ("api/[[path]].js", "/api//x"),
        ("api/[[path]].js", "/api/x//"),
        ("api/[[path]].js", "//api/x"),
        ("[[repo]].git/HEAD.js", "/.git/HEAD"),
        ("hello world.js", "/hello%20world"),
        ("é.js", "/%C3%A9"),
        ("sp/[x].js", "/sp"),
        ("sp/[x].js", "/sp/"),
        ("sp/[x].js", "/sp/a/b"),
        ("foo/[[b]].git.js", "/foo.git"),
    ] {
        assert_eq!(
            answer(&router(&[file]), "GET", path),
            None,
            "{file} on {path}"
        );
    }
}

#[test]
fn methods() {
    let router = router(&["a.js:onRequestGet", "b.js:onRequestGet,onRequest", "c.js"]);
    let export = |method: &str, path: &str| {
        let chain = router.find(method, path);
        chain.module().map(|step| {
            router
                .table()
                .get(step.route)
                .unwrap()
                .module
                .as_ref()
                .unwrap()
                .export
                .clone()
        })
    };
    for (method, path, expected) in [
        ("GET", "/a", Some("onRequestGet")),
        ("HEAD", "/a", None),
        ("POST", "/a", None),
        ("GET", "/b", Some("onRequestGet")),
        ("HEAD", "/b", Some("onRequest")),
        ("TRACE", "/c", Some("onRequest")),
        ("get", "/b", Some("onRequest")),
        ("PROPFIND", "/c", Some("onRequest")),
    ] {
        assert_eq!(export(method, path).as_deref(), expected, "{method} {path}");
    }
}

#[test]
fn a_deeper_handler_for_another_method_does_not_hide() {
    let router = router(&["foo.js:onRequestGet", "foo/index.js"]);
    assert_eq!(
        answering_file(&router, "GET", "/foo").as_deref(),
        Some("foo.js")
    );
    assert_eq!(
        answering_file(&router, "PUT", "/foo").as_deref(),
        Some("foo/index.js")
    );
}
