//! `quire dev --live-reload`, and what pages say of broken code, in a browser.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use quire_end_to_end::{Browser, Command, Project, Server};

fn project() -> Project {
    let project = Project::new();
    project.write(
        "public/index.html",
        "<!doctype html><title>one</title><body><h1>one</h1></body>\n",
    );
    project.function(
        "hello.js",
        "export const onRequest = () => new Response('<!doctype html><h1>hello</h1>', { headers: { 'content-type': 'text/html' } });\n",
    );
    project
}

fn start(project: &Project) -> Server {
    Command::dev(project.path())
        .argument("--live-reload")
        .start()
}

/// Keeps a picture, if somebody wants to look at it.
fn look(browser: &Browser, name: &str) {
    if let Some(folder) = std::env::var_os("QUIRE_TEST_SCREENSHOTS") {
        browser.screenshot(&Path::new(&folder).join(format!("{name}.png")));
    }
}

#[test]
fn saved_pages_and_functions_appear_by_themselves() {
    let Some(browser) = Browser::start() else {
        return;
    };
    let project = project();
    let server = start(&project);
    browser.open(&server.url());
    browser.wait_until("document.querySelector('h1').textContent === 'one'");
    project.write(
        "public/index.html",
        "<!doctype html><title>two</title><body><h1>two</h1></body>\n",
    );
    browser.wait_until("document.querySelector('h1')?.textContent === 'two'");
    browser.open(&format!("{}/hello", server.url()));
    for round in 0..3 {
        let text = format!("round {round}");
        project.function(
            "hello.js",
            &format!("export const onRequest = () => new Response('<!doctype html><h1>{text}</h1>', {{ headers: {{ 'content-type': 'text/html' }} }});\n"),
        );
        browser.wait_until(&format!(
            "document.querySelector('h1')?.textContent === '{text}'"
        ));
    }
    // An asset that the page is made of.
    browser.evaluate("(window.stays = true, 0)");
    project.write("public/style.css", "h1 { color: red }\n");
    browser.wait_until("document.readyState === 'complete' && window.stays === undefined");
    // Nothing changes by itself.
    browser.evaluate("(window.stays = true, 0)");
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(browser.evaluate("window.stays"), true);
    server.stop();
}

#[test]
fn what_is_broken_is_shown_and_goes_when_mended() {
    let Some(browser) = Browser::start() else {
        return;
    };
    let project = project();
    let server = start(&project);
    let working = "export const onRequest = () => new Response('<!doctype html><h1>works</h1>', { headers: { 'content-type': 'text/html' } });\n";
    let overlay = "document.querySelector('quire-build-error')";
    browser.open(&format!("{}/hello", server.url()));
    project.function(
        "hello.js",
        "export const onRequest = () => {\n  return new Response(;\n};\n",
    );
    browser.wait_until(overlay);
    let report = browser.evaluate(&format!("{overlay}.shadowRoot.textContent"));
    let report = report.as_str().unwrap();
    assert!(
        report.contains("functions/hello.js") && report.contains("new Response(;"),
        "{report}"
    );
    look(&browser, "build-error");
    project.function("hello.js", working);
    browser.wait_until(&format!(
        "document.querySelector('h1')?.textContent === 'works' && !{overlay}"
    ));

    project.function(
        "hello.ts",
        "interface Found { name: string }\n\nfunction find(): Found {\n  throw new TypeError('nothing <there>');\n}\n\nexport const onRequestPost = () => find().name;\n\
         export const onRequestGet = () => new Response(find().name);\n",
    );
    project.remove("functions/hello.js");
    browser
        .wait_until("document.querySelector('h1')?.textContent === 'TypeError: nothing <there>'");
    let page = browser.evaluate("document.body.innerText");
    let page = page.as_str().unwrap();
    assert!(page.contains("functions/hello.ts:4:"), "{page}");
    assert_eq!(
        browser.evaluate("document.querySelector('mark').textContent.trim()"),
        "4    throw new TypeError('nothing <there>');"
    );
    look(&browser, "runtime-error");
    project.write("functions/hello.ts", working);
    browser.wait_until("document.querySelector('h1')?.textContent === 'works'");
    server.stop();
}

#[test]
fn without_it_pages_are_left_alone() {
    let project = project();
    let server = Command::dev(project.path()).start();
    assert!(!server.get("/").text().contains("live-reload"));
    assert_eq!(server.get("/cdn-cgi/live-reload").status, 404);
    server.stop();
    let server = start(&project);
    let page = server.get("/");
    assert!(page.text().contains("/cdn-cgi/live-reload?"), "{page:?}");
    assert!(!server.get("/static.txt").text().contains("live-reload"));
    assert!(
        server
            .get("/cdn-cgi/live-reload")
            .text()
            .contains("EventSource")
    );
    server.stop();
}
