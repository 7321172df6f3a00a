//! `quire dev`: what is saved is live, and what is broken does not take the site down.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use quire_end_to_end::{Command, Project, Request, Server, is_wrangler};

const SOON: Duration = Duration::from_secs(10);

fn project() -> Project {
    let project = Project::new();
    project.function(
        "value.js",
        "export const onRequest = () => new Response(\"first\");\n",
    );
    project
}

fn answers(server: &Server, target: &str, text: &str) {
    server.eventually(target, SOON, |answer| {
        answer.status == 200 && answer.text() == text
    });
}

#[test]
fn a_saved_function_is_live() {
    let project = project();
    let server = Command::dev(project.path()).start();
    assert_eq!(server.get("/value").text(), "first");
    for round in 0..5 {
        let value = format!("saved {round}");
        project.function(
            "value.js",
            &format!("export const onRequest = () => new Response({value:?});\n"),
        );
        answers(&server, "/value", &value);
    }
    // Written in place, as a shell or a simple editor does.
    project.overwrite(
        "functions/value.js",
        "export const onRequest = () => new Response(\"in place\");\n",
    );
    answers(&server, "/value", "in place");
    server.stop();
}

#[test]
fn imported_files_are_watched() {
    let project = project();
    project.write("shared/text.js", "export const text = \"shared one\";\n");
    project.write("shared/data.json", "{ \"n\": 1 }\n");
    project.function(
        "value.js",
        "import { text } from \"../shared/text.js\";\nimport data from \"../shared/data.json\";\nexport const onRequest = () => new Response(`${text} ${data.n}`);\n",
    );
    let server = Command::dev(project.path()).start();
    answers(&server, "/value", "shared one 1");
    project.write("shared/text.js", "export const text = \"shared two\";\n");
    answers(&server, "/value", "shared two 1");
    project.write("shared/data.json", "{ \"n\": 2 }\n");
    answers(&server, "/value", "shared two 2");
    server.stop();
}

#[test]
fn functions_come_and_go() {
    let project = project();
    let server = Command::dev(project.path()).start();
    assert_eq!(server.get("/added").status, 404);
    project.function(
        "added.ts",
        "export const onRequestGet = (): Response => new Response(\"added\");\n",
    );
    answers(&server, "/added", "added");
    project.function(
        "folder/[id].js",
        "export const onRequest = ({ params }) => new Response(params.id);\n",
    );
    answers(&server, "/folder/five", "five");
    project.function(
        "_middleware.js",
        "export const onRequest = async ({ next }) => { const response = await next(); response.headers.set(\"x-middleware\", \"yes\"); return response; };\n",
    );
    server.eventually("/static.txt", SOON, |answer| {
        answer.header("x-middleware").is_some()
    });
    project.remove("functions/added.ts");
    server.eventually("/added", SOON, |answer| answer.status == 404);
    assert_eq!(server.get("/value").text(), "first");
    server.stop();
}

#[test]
fn static_files_come_change_and_go() {
    let project = project();
    let server = Command::dev(project.path()).start();
    assert_eq!(server.get("/static.txt").text(), "static");
    project.write("public/static.txt", "changed");
    answers(&server, "/static.txt", "changed");
    project.write("public/new/page.html", "<p>new</p>\n");
    answers(&server, "/new/page", "<p>new</p>\n");
    project.remove("public/static.txt");
    server.eventually("/static.txt", SOON, |answer| answer.status == 404);
    server.stop();
}

#[test]
fn rules_come_change_and_go() {
    if is_wrangler() {
        // It notices only those that were there at its start.
        return;
    }
    let project = project();
    let server = Command::dev(project.path()).start();
    let header = |value: Option<&str>| {
        server.eventually("/static.txt", SOON, |answer| {
            answer.header("x-rule").as_deref() == value
        });
    };
    header(None);
    project.write("public/_headers", "/*\n  X-Rule: one\n");
    header(Some("one"));
    project.overwrite("public/_headers", "/*\n  X-Rule: two\n");
    header(Some("two"));
    project.remove("public/_headers");
    header(None);
    project.write("public/_redirects", "/gone /static.txt 301\n");
    server.eventually("/gone", SOON, |answer| answer.status == 301);
    project.write(
        "public/_routes.json",
        r#"{"version":1,"include":["/other"],"exclude":[]}"#,
    );
    server.eventually("/value", SOON, |answer| answer.status == 404);
    project.remove("public/_routes.json");
    answers(&server, "/value", "first");
    // The folder goes and comes back, as build tools do it.
    std::fs::remove_dir_all(project.path().join("public")).unwrap();
    project.write("public/static.txt", "static");
    project.write("public/_headers", "/*\n  X-Rule: three\n");
    header(Some("three"));
    server.stop();
}

#[test]
fn a_broken_save_keeps_the_last_good_build() {
    let project = project();
    let server = Command::dev(project.path()).start();
    assert_eq!(server.get("/value").text(), "first");

    project.function(
        "value.js",
        "export const onRequest = () => new Response(\"broken;\n",
    );
    server.wait_for_output("value.js", SOON);
    for _ in 0..20 {
        let answer = server.get("/value");
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, "first"),
            "the last good build serves on"
        );
    }
    if !is_wrangler() {
        let page = server.eventually("/", SOON, |answer| answer.text().contains("value.js"));
        let text = page.text();
        assert!(
            text.contains("index"),
            "the overlay lies above the page, it does not replace it: {text}"
        );
        assert_eq!(
            server.get("/static.txt").text(),
            "static",
            "only pages get the overlay"
        );
    }

    project.function(
        "value.js",
        "export const onRequest = () => new Response(\"repaired\");\n",
    );
    answers(&server, "/value", "repaired");
    server.eventually("/", SOON, |answer| !answer.text().contains("value.js"));
    server.stop();
}

#[test]
fn an_unknown_import_keeps_the_last_good_build() {
    let project = project();
    let server = Command::dev(project.path()).start();
    project.function(
        "value.js",
        "import \"./nowhere.js\";\nexport const onRequest = () => new Response(\"second\");\n",
    );
    server.wait_for_output("nowhere.js", SOON);
    assert_eq!(server.get("/value").text(), "first");
    // The missing file appears: that alone repairs the build.
    project.function("nowhere.js", "globalThis.loaded = true;\n");
    if is_wrangler() {
        project.function("value.js", "import \"./nowhere.js\";\nexport const onRequest = () => new Response(\"second\");\n\n");
    }
    answers(&server, "/value", "second");
    server.stop();
}

/// A project that throws while its files are loaded is broken in the same way.
#[test]
fn an_exception_at_the_start_keeps_the_last_good_build() {
    if is_wrangler() {
        return;
    }
    let project = project();
    let server = Command::dev(project.path()).start();
    project.function("value.js", "throw new Error(\"thrown while loading\");\nexport const onRequest = () => new Response(\"second\");\n");
    server.wait_for_output("thrown while loading", SOON);
    assert_eq!(server.get("/value").text(), "first");
    project.function(
        "value.js",
        "export const onRequest = () => new Response(\"third\");\n",
    );
    answers(&server, "/value", "third");
    server.stop();
}

#[test]
fn errors_tell_the_developer_more() {
    let project = project();
    project.function(
        "fails.js",
        "export const onRequest = () => {\n  throw new TypeError(\"told to the developer\");\n};\n",
    );
    let server = Command::dev(project.path()).start();
    let page = server.send(Request::get("/fails").header("Accept", "text/html"));
    assert_eq!(page.status, 500);
    assert!(page.text().contains("told to the developer"), "{page:?}");
    if !is_wrangler() {
        assert!(
            page.text().contains("fails.js"),
            "the page names the file: {page:?}"
        );
    }
    server.wait_for_output("told to the developer", SOON);
    server.stop();
}

#[test]
fn no_request_fails_while_it_reloads() {
    let project = project();
    let server = Command::dev(project.path()).start();
    let address = server.address();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let asked = std::thread::scope(|scope| {
        let asker = scope.spawn(|| {
            let mut count = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let answer = Request::get("/value")
                    .send(address)
                    .unwrap_or_else(|error| panic!("request {count} failed: {error}"));
                assert_eq!(answer.status, 200, "{answer:?}");
                count += 1;
            }
            count
        });
        for round in 0..10 {
            let value = format!("round {round}");
            project.function(
                "value.js",
                &format!("export const onRequest = () => new Response({value:?});\n"),
            );
            answers(&server, "/value", &value);
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        asker.join().unwrap()
    });
    assert!(asked > 10, "only {asked} requests were sent");
    server.stop();
}

#[test]
fn variables_reach_env() {
    let project = project();
    project.write(
        "wrangler.toml",
        "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \"2026-06-01\"\n\n[vars]\nA = \"wrangler\"\nB = \"wrangler\"\nC = \"wrangler\"\n",
    );
    project.write(".dev.vars", "B=file\nC=file\n");
    project.function("value.js", "export const onRequest = ({ env }) => new Response([env.A, env.B, env.C, env.D].join(\" \"));\n");
    let server = Command::dev(project.path())
        .binding("C", "option")
        .binding("D", "option")
        .start();
    assert_eq!(server.get("/value").text(), "wrangler file option option");
    server.stop();
}

#[test]
fn a_request_is_logged_in_one_line() {
    let project = project();
    let server = Command::dev(project.path()).start();
    server.get("/value?secret=1");
    server.wait_for_output("/value", SOON);
    let printed = server.printed();
    let line = printed
        .lines()
        .find(|line| line.contains("GET") && line.contains("/value"))
        .unwrap_or_else(|| panic!("no line for the request:\n{printed}"));
    assert!(line.contains("200") && line.contains("ms"), "{line}");
    server.stop();
}
