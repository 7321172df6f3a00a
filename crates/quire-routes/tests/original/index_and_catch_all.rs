//! `index` beside `[[path]]`: the one place where quire departs from the original's order.

use quire_routes::{IndexConflict, Method, Outcome};

use crate::{answering_file, original_router, router, table};

fn winners(files: &[&str], requests: &[(&str, &str, Option<&str>, Option<&str>)]) {
    for (method, path, ours, original) in requests {
        let answering = |router| answering_file(&router, method, path);
        assert_eq!(
            answering(router(files)).as_deref(),
            *ours,
            "{files:?}: {method} {path}"
        );
        assert_eq!(
            answering(original_router(files)).as_deref(),
            *original,
            "{files:?}: {method} {path}, original"
        );
    }
}

#[test]
fn the_index_answers_its_folder() {
    let (index, rest) = (Some("todos/index.js"), Some("todos/[[path]].js"));
    winners(
        &["todos/index.js", "todos/[[path]].js"],
        &[
            ("GET", "/todos", index, rest),
            ("GET", "/todos/", index, rest),
            ("GET", "/TODOS", index, rest),
            ("GET", "/todos/a", rest, rest),
            ("GET", "/todos//", None, None),
        ],
    );
    let (index, rest) = (Some("index.js"), Some("[[path]].js"));
    winners(
        &["index.js", "[[path]].js"],
        &[("GET", "/", index, rest), ("GET", "/x", rest, rest)],
    );
    let (index, rest) = (Some("[user]/index.js"), Some("[user]/[[path]].js"));
    winners(
        &["[user]/index.js", "[user]/[[path]].js"],
        &[("GET", "/bob", index, rest), ("GET", "/bob/x", rest, rest)],
    );
}

#[test]
fn only_for_the_methods_the_index_takes() {
    let (index, rest) = (Some("todos/index.js"), Some("todos/[[path]].js"));
    winners(
        &["todos/index.js:onRequestGet", "todos/[[path]].js"],
        &[
            ("GET", "/todos", index, rest),
            ("POST", "/todos", rest, rest),
            ("HEAD", "/todos", rest, rest),
        ],
    );
    winners(
        &["todos/index.js", "todos/[[path]].js:onRequestGet"],
        &[
            ("GET", "/todos", index, rest),
            ("POST", "/todos", index, index),
            ("POST", "/todos/x", None, None),
        ],
    );
    winners(
        &[
            "todos/index.js:onRequestPost",
            "todos/[[path]].js:onRequestGet",
        ],
        &[
            ("GET", "/todos", rest, rest),
            ("POST", "/todos", index, index),
        ],
    );
}

#[test]
fn nothing_else_changes() {
    let rest = Some("todos/[[path]].js");
    // A file beside the folder is no index of it.
    winners(
        &["todos.js", "todos/[[path]].js"],
        &[("GET", "/todos", rest, rest)],
    );
    // Nor is the index of another folder.
    let user = Some("[user]/[[path]].js");
    winners(
        &["todos/index.js", "[user]/[[path]].js"],
        &[("GET", "/todos", user, user)],
    );
    // A middleware is no index.
    winners(
        &["todos/_middleware.js", "todos/[[path]].js"],
        &[("GET", "/todos", rest, rest)],
    );
    // A catch-all in the middle that takes nothing keeps its place.
    let end = Some("opt/[[x]]/end.js");
    winners(
        &["opt/end/index.js", "opt/[[x]]/end.js"],
        &[("GET", "/opt/end", end, end)],
    );
    // The folder that wins stays the same; what changes is which of its files answers.
    let files = &["[user]/index.js", "[user]/[[path]].js", "todos.js"];
    winners(files, &[("GET", "/todos", Some("[user]/index.js"), user)]);
    let files = &["todos/index.js", "todos/[[path]].js", "[a]/[[b]].js"];
    winners(files, &[("GET", "/todos", Some("todos/index.js"), rest)]);
}

#[test]
fn several_trailing_catch_alls() {
    let (index, both) = (Some("m/index.js"), Some("m/[[a]]/[[b]].js"));
    winners(
        &["m/index.js", "m/[[a]]/[[b]].js"],
        &[
            ("GET", "/m", index, both),
            ("GET", "/m/x", both, both),
            ("GET", "/m/x/y", both, both),
        ],
    );
    let inner = Some("m/[[a]]/index.js");
    winners(
        &[
            "m/index.js:onRequestGet",
            "m/[[a]]/index.js",
            "m/[[a]]/[[b]].js",
        ],
        &[
            ("GET", "/m", index, both),
            ("POST", "/m", inner, both),
            ("GET", "/m/x", inner, both),
        ],
    );
}

#[test]
fn a_file_of_the_folder_s_path_keeps_its_method() {
    let files = &[
        "todos.js:onRequestGet",
        "todos/index.js",
        "todos/[[path]].js",
    ];
    winners(
        files,
        &[
            ("GET", "/todos", Some("todos.js"), Some("todos/[[path]].js")),
            (
                "PUT",
                "/todos",
                Some("todos/index.js"),
                Some("todos/[[path]].js"),
            ),
        ],
    );
}

#[test]
fn the_index_sees_its_own_parameters() {
    let router = router(&["[user]/index.js", "[user]/[[path]].js"]);
    let chain = router.find("GET", "/bob/");
    let step = chain.module().unwrap();
    assert_eq!(step.function_path, "/bob/");
    assert_eq!(
        step.params
            .slots()
            .map(|(param, value)| (param.name.as_str(), value))
            .collect::<Vec<_>>(),
        [("user", Some("bob"))]
    );
}

#[test]
fn conflicts_are_listed() {
    let conflicts = |files: &[&str]| {
        let table = table(files);
        let name = |at: u32| table.get(at).unwrap().module.as_ref().unwrap().file.clone();
        let line = |c: IndexConflict| (name(c.index), name(c.catch_all), c.method);
        table
            .index_conflicts()
            .into_iter()
            .map(line)
            .collect::<Vec<_>>()
    };
    let pair = |method| {
        vec![(
            "todos/index.js".to_owned(),
            "todos/[[path]].js".to_owned(),
            method,
        )]
    };
    assert_eq!(
        conflicts(&["todos/index.js", "todos/[[path]].js"]),
        pair(None)
    );
    assert_eq!(
        conflicts(&["todos/index.js:onRequestGet", "todos/[[path]].js"]),
        pair(Some(Method::Get))
    );
    assert_eq!(
        conflicts(&["todos/index.js", "todos/[[path]].js:onRequestGet"]),
        pair(Some(Method::Get))
    );
    assert_eq!(
        conflicts(&[
            "todos/index.js:onRequestPost",
            "todos/[[path]].js:onRequestGet"
        ]),
        []
    );
    assert_eq!(
        conflicts(&["todos.js", "todos/[[path]].js", "index.js", "a/[b].js"]),
        []
    );
}

#[test]
fn the_explanation_names_the_index() {
    let router = router(&["todos/index.js", "todos/[[path]].js"]);
    let story = router.explain("GET", "/todos");
    assert_eq!(story.considered[0].outcome, Outcome::YieldsTo { index: 1 });
    assert_eq!(
        story.chain().map(|entry| entry.route).collect::<Vec<_>>(),
        [1]
    );
}
