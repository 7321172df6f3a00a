//! Static files that cannot be read while they are served: clients get an error, and the log says which file it is about.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use quire_end_to_end::{Command, Project, Server};

const SOON: Duration = Duration::from_secs(30);

/// Starts it so that permissions of files apply to it: root has capabilities that make them void.
fn under_permissions(command: Command, project: &Project) -> Command {
    let probe = project.path().join("probe");
    fs::write(&probe, "").unwrap();
    permit(&probe, 0o000);
    let is_void = fs::read(&probe).is_ok();
    fs::remove_file(probe).unwrap();
    match is_void {
        true => command.launched_by(&[
            "setpriv",
            "--bounding-set=-dac_override,-dac_read_search",
            "--inh-caps=-dac_override,-dac_read_search",
        ]),
        false => command,
    }
}

fn permit(file: &Path, mode: u32) {
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

/// How often the log has a line that begins like this and goes on to name the file.
fn lines(server: &Server, begin: &str, file: &Path) -> usize {
    let (printed, file) = (server.printed(), file.display().to_string());
    let lines = printed.lines();
    lines
        .filter(|line| line.starts_with(begin) && line.contains(&format!("`{file}`")))
        .count()
}

fn check_becoming_unreadable(command: impl Fn(&Path) -> Command) {
    let project = Project::new();
    project.write("public/ok.txt", "ok");
    project.write("public/private/page.html", "page");
    let file = project.path().canonicalize().unwrap().join("public/ok.txt");
    let server = under_permissions(command(project.path()), &project).start();
    assert_eq!(server.get("/ok.txt").text(), "ok");
    assert_eq!(lines(&server, "error: ", &file), 0);

    permit(&file, 0o000);
    let answer = server.eventually("/ok.txt", SOON, |answer| answer.status != 200);
    assert_eq!((answer.status, answer.text().as_str()), (500, ""));
    server.wait_for_output("help: let the user that quire runs as read the file", SOON);
    assert!(
        lines(&server, "error: cannot read ", &file) >= 1,
        "{}",
        server.printed()
    );
    assert!(
        server
            .printed()
            .contains("Permission denied (os error 13) (for /ok.txt)")
    );
    assert!(
        !server.printed().contains('\u{1b}'),
        "colours are for terminals"
    );

    // A folder that may not be entered is no reason to say that there is no page.
    let folder = project
        .path()
        .canonicalize()
        .unwrap()
        .join("public/private");
    permit(&folder, 0o000);
    let answer = server.get("/private/page");
    permit(&folder, 0o755);
    assert_eq!(answer.status, 500);
    let page = folder.join("page").display().to_string();
    server.wait_for_output(&format!("error: cannot read `{page}`: Permission"), SOON);

    permit(&file, 0o644);
    server.eventually("/ok.txt", SOON, |answer| answer.text() == "ok");
    server.stop();
}

#[test]
fn a_file_that_becomes_unreadable_in_development() {
    check_becoming_unreadable(|project| Command::dev(project));
}

#[test]
fn a_file_that_becomes_unreadable_in_production() {
    check_becoming_unreadable(|project| Command::serve(project).workers(2));
}

#[test]
fn a_log_level_above_errors_says_nothing() {
    let project = Project::new();
    project.write("public/ok.txt", "ok");
    let command = Command::serve(project.path()).argument("--log-level=none");
    let mut server = under_permissions(command, &project).start_silent();
    permit(&project.path().join("public/ok.txt"), 0o000);
    let answer = server.eventually("/ok.txt", SOON, |answer| answer.status != 200);
    assert_eq!(answer.status, 500);
    server.terminate();
    assert!(server.wait().success());
    assert_eq!(server.printed(), "");
}

/// More than what fits into the buffers of a connection, and not so much that it is warned of.
const LARGE: usize = 24 * 1024 * 1024;

/// A project with a large file.
fn with_large_file() -> Project {
    let project = Project::new();
    project.write("public/large.bin", vec![b'x'; LARGE]);
    project
}

/// Writes the large file over while it is sent: what has come is no version of it, so the connection ends early.
fn change_while_sent(server: &Server, project: &Project) {
    let mut connection = TcpStream::connect(server.address()).unwrap();
    connection.set_read_timeout(Some(SOON)).unwrap();
    connection
        .write_all(b"GET /large.bin HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .unwrap();
    // The server has begun, and waits for whoever reads.
    let mut first = [0; 1024];
    connection.read_exact(&mut first).unwrap();
    project.overwrite("public/large.bin", vec![b'y'; 1024]);
    let mut rest = Vec::new();
    let _ = connection.read_to_end(&mut rest);
    assert!(first.len() + rest.len() < LARGE, "it was sent in full");
}

#[test]
fn a_file_that_changes_while_it_is_sent() {
    let project = with_large_file();
    let file = project
        .path()
        .canonicalize()
        .unwrap()
        .join("public/large.bin");
    let server = Command::serve(project.path()).start();
    change_while_sent(&server, &project);
    server.wait_for_output("changed while it was sent", SOON);
    let printed = server.printed();
    assert_eq!(lines(&server, "warning: ", &file), 1, "{printed}");
    assert!(printed.contains("help: write new versions beside it"));
    assert_eq!(server.get("/large.bin").body.len(), 1024);
    server.stop();
}

#[test]
fn a_log_level_above_warnings_leaves_them_out() {
    let project = with_large_file();
    project.write("public/ok.txt", "ok");
    let command = Command::serve(project.path()).argument("--log-level=error");
    let server = under_permissions(command, &project).start_silent();
    change_while_sent(&server, &project);
    // What comes after it in the log is an error, and is there.
    permit(&project.path().join("public/ok.txt"), 0o000);
    server.eventually("/ok.txt", SOON, |answer| answer.status != 200);
    server.wait_for_output("error: cannot read ", SOON);
    assert!(
        !server.printed().contains("warning"),
        "{}",
        server.printed()
    );
    server.stop();
}

#[test]
fn colours_at_a_terminal() {
    let project = with_large_file();
    let mut server = Command::dev(project.path())
        .at_terminal()
        .environment("NO_COLOR", "")
        .environment("TERM", "xterm")
        .start();
    server.wait_for_output("open a browser", SOON);
    change_while_sent(&server, &project);
    server.wait_for_output("changed while it was sent", SOON);
    let printed = server.printed();
    assert!(printed.contains("\u{1b}[33mwarning: `"), "{printed}");
    server.press("x");
    server.wait();
}
