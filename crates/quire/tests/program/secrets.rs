//! `quire secret`. What programs get of it is tested end to end.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use super::{Ended, HANDLER, Project, command};

/// Runs the program with something on its standard input.
fn run(project: &Project, arguments: &[&str], input: &str) -> Ended {
    let mut child = command(project.path(), arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses the name does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn project() -> Project {
    Project::new(&[("functions/x.js", HANDLER), ("public/index.html", "")])
}

#[test]
fn put_list_delete() {
    let project = project();
    assert_eq!(project.run(&["secret", "list"]).output(), "");
    let told = run(&project, &["secret", "put", "KEY"], "swordfish\n").output();
    assert_eq!(
        told,
        "Kept `KEY` in the production environment; `quire serve` uses it from its next start\n"
    );
    let told = run(&project, &["secret", "put", "KEY"], "other").output();
    assert!(told.starts_with("Replaced `KEY`"), "{told}");
    run(
        &project,
        &["secret", "put", "OTHER", "--env", "preview"],
        "x",
    )
    .output();
    run(
        &project,
        &["secret", "put", "any name", "--store", "1"],
        "x",
    )
    .output();
    run(
        &project,
        &["secret", "put", "OF_AUTH", "--service", "auth"],
        "x",
    )
    .output();
    assert_eq!(project.run(&["secret", "list"]).output(), "KEY\n");
    assert_eq!(
        project
            .run(&["secret", "list", "--env", "preview"])
            .output(),
        "OTHER\n"
    );
    assert_eq!(
        project.run(&["secret", "list", "--store", "1"]).output(),
        "any name\n"
    );
    assert_eq!(
        project
            .run(&["secret", "list", "--service", "auth"])
            .output(),
        "OF_AUTH\n"
    );
    let folder = project.path().join(".quire/state/secrets");
    for file in ["key", "secrets"] {
        let file = folder.join(file);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let content = std::fs::read(file).unwrap();
        assert!(!String::from_utf8_lossy(&content).contains("KEY"));
    }
    project.run(&["secret", "delete", "KEY"]).output();
    let complaint = project.run(&["secret", "delete", "KEY"]).complaint();
    assert!(
        complaint.contains("there is no secret `KEY` in the production environment"),
        "{complaint}"
    );
}

#[test]
fn what_cannot_be_kept() {
    let project = project();
    for (name, value, wanted) in [
        ("ASSETS", "x", "reserved"),
        ("no-name", "x", "`no-name` cannot be the name of a secret"),
        ("1", "x", "cannot be the name"),
        ("EMPTY", "\n", "the value of `EMPTY` is empty"),
    ] {
        let complaint = run(&project, &["secret", "put", name], value).complaint();
        assert!(complaint.contains(wanted), "{complaint}");
    }
    let complaint = run(&project, &["secret", "put", "LONG"], &"x".repeat(6000)).complaint();
    assert!(complaint.contains("6000 bytes"), "{complaint}");
    assert!(!complaint.contains("xxx"));
}

#[test]
fn faults_of_the_files_stop_serving_with_words_that_help() {
    let project = project();
    run(&project, &["secret", "put", "KEY"], "swordfish").output();
    let folder = project.path().join(".quire/state/secrets");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let (key, secrets) = (read("key"), read("secrets"));
    let fails = |file: &str, content: &[u8], wanted: &str| {
        std::fs::write(folder.join("key"), &key).unwrap();
        std::fs::write(folder.join("secrets"), &secrets).unwrap();
        std::fs::write(folder.join(file), content).unwrap();
        for arguments in [&["serve", "--port", "0"][..], &["secret", "list"]] {
            let complaint = project.run(arguments).complaint();
            assert!(complaint.contains(wanted), "{complaint}");
        }
    };
    fails(
        "key",
        "0".repeat(64).as_bytes(),
        "were encrypted with another key than",
    );
    fails("key", b"nothing", "is not a key");
    fails("secrets", &secrets[..secrets.len() - 1], "is damaged");
    std::fs::write(folder.join("secrets"), &secrets).unwrap();
    std::fs::remove_file(folder.join("key")).unwrap();
    let complaint = project.run(&["secret", "list"]).complaint();
    assert!(
        complaint.contains("is missing, without which the secrets"),
        "{complaint}"
    );
}
