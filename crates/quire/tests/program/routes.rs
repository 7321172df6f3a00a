//! `quire routes`.

use serde_json::{Value, json};

use super::{HANDLER, Project, run};

fn project() -> Project {
    Project::new(&[
        (
            "wrangler.toml",
            "name = \"x\"\ncompatibility_date = \"2026-06-01\"\n",
        ),
        ("public/index.html", ""),
        ("functions/_middleware.ts", HANDLER),
        (
            "functions/todos/_middleware.ts",
            "export const onRequestPost = [];\n",
        ),
        (
            "functions/todos/index.ts",
            "export const onRequestGet = 1; export const onRequestPost = 1;\n",
        ),
        ("functions/todos/[id].ts", HANDLER),
        ("functions/todos/[[path]].ts", HANDLER),
        ("functions/helper.ts", "export const help = 1;\n"),
    ])
}

#[test]
fn the_table() {
    assert_eq!(
        project().run(&["routes"]).output(),
        "\
METHOD  PATTERN        FILE               MIDDLEWARE
ALL     /todos/:id     todos/[id].ts      _middleware.ts → todos/_middleware.ts (POST)
ALL     /todos/:path*  todos/[[path]].ts  _middleware.ts → todos/_middleware.ts (POST)
POST    /todos         todos/index.ts     _middleware.ts → todos/_middleware.ts
GET     /todos         todos/index.ts     _middleware.ts

METHOD  PATTERN    MIDDLEWARE
POST    /todos/**  todos/_middleware.ts
ALL     /**        _middleware.ts

note: `POST /todos` is answered by `todos/index.ts`; on Cloudflare Pages `todos/[[path]].ts` would answer it, as it does here with the compatibility flag `pages_catchall_shadows_index`
note: `GET /todos` is answered by `todos/index.ts`; on Cloudflare Pages `todos/[[path]].ts` would answer it, as it does here with the compatibility flag `pages_catchall_shadows_index`
"
    );
}

#[test]
fn the_table_as_json() {
    let printed = project().run(&["routes", "--json"]).output();
    let listing: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        listing["routes"][0],
        json!({
            "method": null,
            "pattern": "/todos/:id",
            "file": "todos/[id].ts",
            "export": "onRequest",
            "middleware": [
                { "file": "_middleware.ts", "export": "onRequest", "method": null },
                { "file": "todos/_middleware.ts", "export": "onRequestPost", "method": "POST" },
            ],
        })
    );
    assert_eq!(listing["middleware"][1]["mount"], "/");
    assert_eq!(listing["rules"], Value::Null);
    assert_eq!(listing["notes"].as_array().unwrap().len(), 2);
}

fn explain(project: &Project, request: &str) -> String {
    project.run(&["routes", "--explain", request]).output()
}

#[test]
fn why_a_function_runs() {
    assert_eq!(
        explain(&project(), "POST /todos/a%20b"),
        "\
POST /todos/a%20b
  there is no `_routes.json`: every path may enter the functions
  1. middleware _middleware.ts  / matches /
  2. middleware todos/_middleware.ts  /todos matches /todos
  3. function   todos/[id].ts  /todos/:id matches /todos/a%20b
       id = \"a%20b\"
     not todos/[[path]].ts: behind todos/[id].ts, because a catch-all comes last (segment 2)
"
    );
    assert_eq!(
        explain(&project(), "/todos"),
        "\
GET /todos
  there is no `_routes.json`: every path may enter the functions
  1. middleware _middleware.ts  / matches /
  2. function   todos/index.ts  /todos matches /todos
     not todos/_middleware.ts: it is for POST
     not todos/[[path]].ts: its catch-all would be empty, and the folder has todos/index.ts
     not todos/index.ts: it is for POST
"
    );
    let flag = [
        "--compatibility-flags",
        "pages_catchall_shadows_index",
        "--explain",
        "GET /todos",
    ];
    let arguments: Vec<&str> = ["routes"].into_iter().chain(flag).collect();
    let story = project().run(&arguments).output();
    assert!(
        story.contains("  2. function   todos/[[path]].ts  /todos/:path* matches /todos\n"),
        "{story}"
    );
}

#[test]
fn why_a_request_is_static() {
    let project = project();
    assert_eq!(
        explain(&project, "GET /about?x"),
        "\
GET /about
  there is no `_routes.json`: every path may enter the functions
  1. middleware _middleware.ts  / matches /
  → no function is for it; next() leads to the static files
"
    );
    project.write(
        "public/_routes.json",
        r#"{"version":1,"include":["/todos/*"],"exclude":["/todos/static/*"]}"#,
    );
    for (request, line) in [
        (
            "GET /todos/1",
            "`_routes.json` lets it into the functions: `include` has `/todos/*`",
        ),
        (
            "GET /todos/static/x",
            "`_routes.json` keeps it from the functions: `exclude` has `/todos/static/*`",
        ),
        (
            "GET /Todos/1",
            "`_routes.json` keeps it from the functions: no `include` rule matches (case counts)",
        ),
    ] {
        let story = explain(&project, request);
        assert_eq!(
            story.lines().nth(1),
            Some(format!("  {line}").as_str()),
            "{story}"
        );
        assert_eq!(
            story.contains("→ static files"),
            !line.contains("lets"),
            "{story}"
        );
    }
}

#[test]
fn an_explanation_as_json() {
    let project = project();
    let printed = project
        .run(&["routes", "--json", "--explain", "GET /todos/a/b"])
        .output();
    let story: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(story["path"], "/todos/a/b");
    assert_eq!(story["chain"][1]["file"], "todos/[[path]].ts");
    assert_eq!(story["chain"][1]["params"], json!({ "path": ["a", "b"] }));
    assert_eq!(story["passed_over"][0]["outcome"], "other-method");
}

#[test]
fn from_elsewhere_and_of_a_build() {
    let project = project();
    let here = project.run(&["routes"]).output();
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = project.path().to_str().unwrap();
    assert_eq!(run(elsewhere.path(), &["routes", folder]).output(), here);
    project.run(&["build", "--outdir", "out"]).output();
    assert_eq!(project.run(&["routes", "out"]).output(), here);
}
