//! `quire dev` at a terminal: what keys do.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use quire_end_to_end::{Command, Project, Server, processes};

const SOON: Duration = Duration::from_secs(30);

const HELP: &str = "open a browser";
const CLEARED: &str = "\u{1b}[2J";

fn project() -> Project {
    let project = Project::bare();
    project.function(
        "hello.js",
        "export const onRequest = () => new Response('hello');\n",
    );
    project
}

/// A program that notes what it was called with, and ends with a status, or not at all.
struct Browser {
    folder: tempfile::TempDir,
    name: &'static str,
}

impl Browser {
    fn new(name: &'static str, end: &str) -> Browser {
        let browser = Browser {
            folder: tempfile::tempdir().unwrap(),
            name,
        };
        let noted = browser.folder.path().join("noted");
        let source = format!("#!/bin/sh\necho \"$*\" >> {}\n{end}\n", noted.display());
        fs::write(browser.path(), source).unwrap();
        fs::set_permissions(browser.path(), fs::Permissions::from_mode(0o755)).unwrap();
        browser
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }

    fn calls(&self) -> Vec<String> {
        let noted = fs::read_to_string(self.folder.path().join("noted")).unwrap_or_default();
        noted.lines().map(str::to_owned).collect()
    }
}

fn at_terminal(project: &Project) -> Command {
    Command::dev(project.path())
        .at_terminal()
        .environment("BROWSER", "")
}

fn wait(server: &Server, what: &str, mut until: impl FnMut() -> bool) {
    let deadline = Instant::now() + SOON;
    while !until() {
        assert!(
            Instant::now() < deadline,
            "{what} did not happen\n{}",
            server.printed()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Presses keys, one after the other, until they have had their effect: one that is pressed too soon after another counts as a
/// part of that.
fn press_until(server: &mut Server, keys: &[&str], done: impl Fn(&Server) -> bool) {
    let deadline = Instant::now() + SOON;
    while !done(server) {
        assert!(
            Instant::now() < deadline,
            "{keys:?} did nothing\n{}",
            server.printed()
        );
        for key in keys {
            server.press(key);
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

fn with_keys(command: Command) -> Server {
    let server = command.start();
    server.wait_for_output(HELP, SOON);
    server
}

/// Whoever presses `x` leaves no process behind.
fn exit(mut server: Server) {
    let before = processes::below(server.pid());
    server.press("x");
    let status = server.wait();
    assert!(status.success(), "{status}\n{}", server.printed());
    let left: Vec<_> = before
        .iter()
        .filter(|process| processes::is_running(process.pid))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn local_url(server: &Server) -> String {
    format!("http://localhost:{}", server.address().port())
}

#[test]
fn b_opens_the_browser_that_the_user_named() {
    let project = project();
    let browser = Browser::new("my-browser", "exit 0");
    let command = format!("{} --tab=%s -n", browser.path().display());
    let mut server = with_keys(at_terminal(&project).environment("BROWSER", command));
    server.press("b");
    wait(&server, "opening a browser", || !browser.calls().is_empty());
    let url = local_url(&server);
    assert_eq!(browser.calls(), [format!("--tab={url} -n")]);
    assert_eq!(server.get("/hello").text(), "hello");
    exit(server);
}

#[test]
fn b_opens_the_browser_of_the_desktop() {
    let project = project();
    let browser = Browser::new("xdg-open", "exit 0");
    let path = format!(
        "{}:{}",
        browser.folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let mut server = with_keys(at_terminal(&project).environment("PATH", path));
    server.press("B");
    wait(&server, "opening a browser", || !browser.calls().is_empty());
    assert_eq!(browser.calls(), [local_url(&server)]);
    exit(server);
}

#[test]
fn a_browser_that_cannot_be_opened_is_told_of() {
    let project = project();
    let broken = Browser::new("broken", "exit 3");
    let names = format!("{}:/no/such/browser", broken.path().display());
    let mut server = with_keys(at_terminal(&project).environment("BROWSER", names));
    server.press("b");
    server.wait_for_output("cannot open a browser: `/no/such/browser`", SOON);
    server.wait_for_output(&format!("the address is {}", local_url(&server)), SOON);
    assert_eq!(broken.calls().len(), 1, "each is tried");
    exit(server);
}

#[test]
fn a_browser_that_stays_open_keeps_nothing_waiting() {
    let project = project();
    // It ends with the file it was started from, which this test removes.
    let browser = Browser::new("staying", "while [ -e \"$0\" ]; do sleep 0.05; done");
    let program = browser.path();
    let mut server = with_keys(at_terminal(&project).environment("BROWSER", &program));
    server.press("b");
    wait(&server, "opening a browser", || !browser.calls().is_empty());
    let shown = server.printed().matches(HELP).count();
    server.press("h");
    wait(&server, "help", || {
        server.printed().matches(HELP).count() > shown
    });
    server.press("x");
    assert!(server.wait().success(), "{}", server.printed());
    assert!(runs(&program), "it belongs to the user, not to the server");
    fs::remove_file(&program).unwrap();
    wait(&server, "the end of the browser", || !runs(&program));
}

/// Whether a process was started with this path among its words.
fn runs(program: &Path) -> bool {
    let program = program.display().to_string();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| fs::read_to_string(entry.path().join("cmdline")).ok())
        .any(|words| words.split('\0').any(|word| word == program))
}

#[test]
fn the_other_keys() {
    let project = project();
    let mut server = with_keys(at_terminal(&project));
    let workers = |server: &Server| -> Vec<u32> {
        let below = processes::below(server.pid()).into_iter();
        below
            .filter(|process| process.command.contains(" worker"))
            .map(|process| process.pid)
            .collect()
    };
    let first = workers(&server);
    assert!(!first.is_empty(), "{:?}", processes::below(server.pid()));

    // What comes at once is a paste or a longer key, such as an arrow, and no key however many it contains.
    server.press("exit\u{1b}[C");
    let shown = server.printed().matches(HELP).count();
    press_until(&mut server, &["?"], |server| {
        server.printed().matches(HELP).count() > shown
    });
    assert!(!server.printed().contains(CLEARED));
    // What clears is no line, and shows here with the next one.
    press_until(&mut server, &["c", "?"], |server| {
        server.printed().contains(CLEARED)
    });
    let now = workers(&server);
    assert!(
        first.iter().all(|pid| now.contains(pid)),
        "{first:?} {now:?}"
    );

    server.press("r");
    wait(&server, "a restart", || {
        let now = workers(&server);
        !now.is_empty() && first.iter().any(|pid| !now.contains(pid))
    });
    assert_eq!(server.get("/hello").text(), "hello");
    exit(server);
}
