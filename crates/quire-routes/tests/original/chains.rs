//! Middlewares: which, in which order, with what they see.

use quire_routes::{Outcome, Precedence};

use crate::{answering_file, middlewares, router};

#[test]
fn order_and_reach() {
    let router = router(&[
        "_middleware.js:onRequest,onRequestGet",
        "m1/_middleware.js:onRequest,onRequestGet",
        "m1/deep/_middleware.js",
        "m1/[id].js",
        "dir/_middleware.js",
        "dir.js",
    ]);
    let root = [
        "_middleware.js:onRequest /",
        "_middleware.js:onRequestGet /",
    ];
    let with = |more: &[&'static str]| [&root[..], more].concat();
    for (path, expected) in [
        ("/", with(&[])),
        ("/other", with(&[])),
        (
            "/m1",
            with(&[
                "m1/_middleware.js:onRequest /m1",
                "m1/_middleware.js:onRequestGet /m1",
            ]),
        ),
        (
            "/m1/",
            with(&[
                "m1/_middleware.js:onRequest /m1/",
                "m1/_middleware.js:onRequestGet /m1/",
            ]),
        ),
        (
            "/m1/5",
            with(&[
                "m1/_middleware.js:onRequest /m1",
                "m1/_middleware.js:onRequestGet /m1",
            ]),
        ),
        (
            "/M1/deep/x/y",
            with(&[
                "m1/_middleware.js:onRequest /M1",
                "m1/_middleware.js:onRequestGet /M1",
                "m1/deep/_middleware.js:onRequest /M1/deep",
            ]),
        ),
        (
            "/m1/zz/nothing/here",
            with(&[
                "m1/_middleware.js:onRequest /m1",
                "m1/_middleware.js:onRequestGet /m1",
            ]),
        ),
        ("/dirx", with(&[])),
        ("/dir", with(&["dir/_middleware.js:onRequest /dir"])),
    ] {
        assert_eq!(middlewares(&router, "GET", path), expected, "{path}");
    }
    assert_eq!(
        middlewares(&router, "POST", "/x"),
        ["_middleware.js:onRequest /"]
    );
    assert_eq!(
        answering_file(&router, "GET", "/dir").as_deref(),
        Some("dir.js")
    );
}

#[test]
fn runs_of_slashes_do_not_pass_by() {
    let router = router(&[
        "_middleware.js",
        "m1/_middleware.js",
        "m1/[id]/_middleware.js",
        "m1/[id]/leaf.js",
        "c/[[p]]/_middleware.js",
    ]);
    for (path, expected) in [
        (
            "//m1/5/leaf",
            [
                "_middleware.js:onRequest /",
                "m1/_middleware.js:onRequest //m1",
                "m1/[id]/_middleware.js:onRequest //m1/5 id=5",
            ],
        ),
        (
            "/m1//5/leaf",
            [
                "_middleware.js:onRequest /",
                "m1/_middleware.js:onRequest /m1",
                "m1/[id]/_middleware.js:onRequest /m1//5 id=5",
            ],
        ),
        (
            "///m1///5///leaf",
            [
                "_middleware.js:onRequest /",
                "m1/_middleware.js:onRequest ///m1",
                "m1/[id]/_middleware.js:onRequest ///m1///5 id=5",
            ],
        ),
    ] {
        assert_eq!(middlewares(&router, "GET", path), expected, "{path}");
        assert_eq!(
            answering_file(&router, "GET", path),
            None,
            "modules see the raw path only: {path}"
        );
    }
    assert_eq!(
        middlewares(&router, "GET", "//m1//")[1],
        "m1/_middleware.js:onRequest //m1//"
    );
    // The raw path matches already, with less.
    assert_eq!(
        middlewares(&router, "GET", "/c/a//b")[1],
        "c/[[p]]/_middleware.js:onRequest /c/a p=[a]"
    );
    // Only the collapsed path does.
    assert_eq!(
        middlewares(&router, "GET", "//c/a//b")[1],
        "c/[[p]]/_middleware.js:onRequest //c/a//b p=[a b]"
    );
    assert_eq!(
        middlewares(&router, "GET", "//"),
        ["_middleware.js:onRequest //"]
    );
}

#[test]
fn each_handler_has_its_own_parameters() {
    let router = router(&[
        "[org]/_middleware.js",
        "[org]/[repo]/index.js",
        "[[all]]/_middleware.js",
    ]);
    assert_eq!(
        middlewares(&router, "GET", "/o/r"),
        [
            "[[all]]/_middleware.js:onRequest /o/r all=[o r]",
            "[org]/_middleware.js:onRequest /o org=o"
        ]
    );
    let chain = router.find("GET", "/o/r");
    let params: Vec<_> = chain
        .module()
        .unwrap()
        .params
        .iter()
        .map(|c| (c.name, c.value))
        .collect();
    assert_eq!(params, [("org", "o"), ("repo", "r")]);
}

#[test]
fn prefixes_that_end_inside_a_segment() {
    let router = router(&["foo/[[b]].git/_middleware.js", "x[]/_middleware.js"]);
    assert_eq!(
        middlewares(&router, "GET", "/foo.git/x"),
        ["foo/[[b]].git/_middleware.js:onRequest /foo.git"]
    );
    // An oddity of the original: no slash is needed after a bracket.
    assert_eq!(
        middlewares(&router, "GET", "/x[]y"),
        ["x[]/_middleware.js:onRequest /x[]"]
    );
}

#[test]
fn the_git_host_of_the_documentation() {
    let router = router(&[
        "_middleware.js",
        "_proxy.js:proxy",
        "api/[[path]].js",
        "org/[[path]].js",
        "[[repo]].git/info/refs.js",
        "[[repo]].git/info/lfs/[[path]].js",
        "[[repo]].git/git-upload-pack.js",
        "[[repo]].git/git-receive-pack.js",
        "[[repo]].git/HEAD.js",
        "models/[[namespace]]/[[name]]/resolve/[[path]].js",
        "[[namespace]]/[[name]]/resolve/[[path]].js",
    ]);
    for (path, file) in [
        ("/api/x", "api/[[path]].js"),
        ("/ns/repo.git/info/refs", "[[repo]].git/info/refs.js"),
        (
            "/ns/repo.git/info/lfs/objects/batch",
            "[[repo]].git/info/lfs/[[path]].js",
        ),
        ("/ns/repo.git/HEAD", "[[repo]].git/HEAD.js"),
        (
            "/models/a/b/resolve/main/x.bin",
            "models/[[namespace]]/[[name]]/resolve/[[path]].js",
        ),
        (
            "/a/b/resolve/main/x.bin",
            "[[namespace]]/[[name]]/resolve/[[path]].js",
        ),
    ] {
        assert_eq!(
            answering_file(&router, "GET", path).as_deref(),
            Some(file),
            "{path}"
        );
        assert_eq!(
            middlewares(&router, "GET", path),
            ["_middleware.js:onRequest /"],
            "{path}"
        );
    }
    assert_eq!(answering_file(&router, "GET", "/index.html"), None);
}

#[test]
fn the_explanation_tells_why() {
    let router = router(&[
        "_middleware.js:onRequestPost",
        "api/[[path]].js",
        "api/[id].js:onRequestPut",
        "[a]/[b].js",
        "x.js",
    ]);
    let story = router.explain("GET", "/api/7");
    let outcome = |file: &str| {
        let entry = story.considered.iter().find(|entry| {
            let route = router.table().get(entry.route).unwrap();
            route
                .module
                .iter()
                .chain(&route.middleware)
                .any(|handler| handler.file == file)
        });
        entry.unwrap().outcome.clone()
    };
    assert_eq!(outcome("_middleware.js"), Outcome::OtherMethod);
    assert_eq!(outcome("api/[id].js"), Outcome::OtherMethod);
    assert_eq!(outcome("x.js"), Outcome::OtherPath);
    let Outcome::Runs {
        function_path,
        params,
    } = outcome("api/[[path]].js")
    else {
        panic!("does not run")
    };
    assert_eq!(
        (function_path.as_str(), params[0].value.as_str()),
        ("/api/7", "7")
    );
    let Outcome::Behind { first, because } = outcome("[a]/[b].js") else {
        panic!("not behind")
    };
    assert_eq!(
        router.table().get(first).unwrap().path.as_str(),
        "/api/:path*"
    );
    assert_eq!(because, Precedence::NoParameter { segment: 1 });
    assert_eq!(
        because.to_string(),
        "fixed text comes before a parameter (segment 1)"
    );
    assert_eq!(story.chain().count(), 1);
    assert_eq!(story.matching().count(), 4);
}
