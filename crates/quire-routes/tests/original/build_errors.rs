//! File names that cannot become routes.

use miette::Diagnostic;
use quire_routes::{RouteError, RouteErrors, RouteOptions};

use crate::{table, try_table};

fn errors(files: &[&str]) -> RouteErrors {
    try_table(files, RouteOptions::default()).unwrap_err()
}

#[test]
fn each_says_which_file_and_what() {
    for (file, message) in [
        (
            "[a-b].js",
            "`functions/[a-b].js`: `[a-b]` is not a valid route parameter",
        ),
        (
            "x/[...slug].ts",
            "`functions/x/[...slug].ts`: `[...slug]` is not a valid route parameter",
        ),
        (
            "[[a b]].js",
            "`functions/[[a b]].js`: `[[a b]]` is not a valid route parameter",
        ),
        (
            "[[x].js",
            "`functions/[[x].js`: `[[x]` is not a valid route parameter",
        ),
        (
            "[a b]/index.js",
            "`functions/[a b]/index.js`: `[a b]` is not a valid route parameter",
        ),
        (
            "[a][b].js",
            "`functions/[a][b].js`: no text stands between the parameters `a` and `b`",
        ),
        (
            "[[a]][b].js",
            "`functions/[[a]][b].js`: no text stands between the parameters `a` and `b`",
        ),
        (
            "pre[[x]].js",
            "`functions/pre[[x]].js`: the catch-all `[[x]]` does not start its path segment",
        ),
        (
            "x.[[y]].js",
            "`functions/x.[[y]].js`: the catch-all `[[y]]` does not start its path segment",
        ),
        (
            "[a]-[[b]].js",
            "`functions/[a]-[[b]].js`: the catch-all `[[b]]` does not start its path segment",
        ),
        (
            "a*.js",
            "`functions/a*.js`: a file or folder name of a route cannot hold a literal `*`",
        ),
        (
            "x/a:-b/c.js",
            "`functions/x/a:-b/c.js`: a file or folder name of a route cannot hold a literal `:`",
        ),
        (
            "a:/_middleware.js",
            "`functions/a:/_middleware.js`: a file or folder name of a route cannot hold a literal `:`",
        ),
    ] {
        let file = quire_routes::FunctionFile {
            path: file.to_owned(),
            exports: vec!["onRequest".to_owned()],
        };
        let found =
            quire_routes::RouteTable::from_files(&[file], &RouteOptions::default()).unwrap_err();
        assert_eq!(found.to_string(), message);
        assert!(
            found.errors[0]
                .help()
                .is_some_and(|help| !help.to_string().is_empty()),
            "{message}"
        );
    }
}

#[test]
fn all_files_are_reported_once() {
    let found = errors(&[
        "b/[x-y].js:onRequestGet,onRequestPost",
        "[a][b].js",
        "fine.js",
    ]);
    assert_eq!(
        found
            .errors
            .iter()
            .map(RouteError::file)
            .collect::<Vec<_>>(),
        ["[a][b].js", "b/[x-y].js"]
    );
    assert_eq!(found.to_string().lines().count(), 3);
    assert_eq!(found.related().unwrap().count(), 2);
}

#[test]
fn files_without_handlers_may_have_any_name() {
    assert!(table(&["[a-b].js:helper", "a*.txt", "[...x].json"]).is_empty());
}
