//! `examples/react`: Vite's development server behind `quire dev`, in a browser.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use quire_end_to_end::{Browser, Command, Project, example, packages};

const SOON: Duration = Duration::from_secs(120);

#[test]
fn an_edit_reaches_the_browser_without_loading_the_page_again() {
    let Some(browser) = Browser::start() else {
        return;
    };
    packages::install(&example("react"));
    // A copy, since it is edited; the packages are shared.
    let project = Project::copy_of(&example("react"));
    let server = Command::dev(project.path())
        .upstream(["npx", "vite", "--clearScreen", "false"])
        .start();
    server.eventually("/", SOON, |answer| answer.status == 200);
    browser.open(&server.url());
    browser
        .wait_until("document.querySelector('#greeting')?.textContent === 'Hello from a Function'");
    browser.evaluate("(document.querySelector('button').click(), window.stays = 'the same page')");
    browser.wait_until("document.querySelector('button').textContent === 'clicked 1 times'");
    let source = std::fs::read_to_string(project.path().join("src/App.jsx")).unwrap();
    project.write(
        "src/App.jsx",
        source.replace("React and Functions", "Edited"),
    );
    browser.wait_until("document.querySelector('h1')?.textContent === 'Edited'");
    assert_eq!(browser.evaluate("window.stays"), "the same page");
    browser.wait_until("document.querySelector('button').textContent === 'clicked 1 times'");
    if let Some(folder) = std::env::var_os("QUIRE_TEST_SCREENSHOTS") {
        browser.screenshot(&std::path::Path::new(&folder).join("react.png"));
    }
    server.stop();
}
