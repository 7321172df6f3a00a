//! Real git and git-lfs through `examples/kohakuhub`.
#![allow(clippy::unwrap_used)]

use std::fs;

use quire_end_to_end::clients::{Workplace, incompressible};
use quire_end_to_end::origin::RunningOrigin;
use quire_end_to_end::{Command, Server, example};

fn hub() -> (RunningOrigin, Server, Workplace) {
    let origin = RunningOrigin::start();
    let server = Command::serve(example("kohakuhub"))
        .workers(2)
        .binding("API_BASE_URL", &origin.url())
        .start();
    (origin, server, Workplace::new())
}

fn commit(workplace: &Workplace, clone: &str, file: &str, content: &[u8]) {
    fs::write(workplace.path().join(clone).join(file), content).unwrap();
    workplace.git(clone, &["add", "."]);
    workplace.git(
        clone,
        &["commit", "--quiet", "--message", &format!("Change {file}")],
    );
}

fn head(workplace: &Workplace, clone: &str) -> String {
    workplace
        .git(clone, &["rev-parse", "HEAD"])
        .trim()
        .to_owned()
}

fn count_commits(workplace: &Workplace, clone: &str) -> String {
    workplace
        .git(clone, &["rev-list", "--count", "HEAD"])
        .trim()
        .to_owned()
}

#[test]
fn clone() {
    let (_origin, server, workplace) = hub();
    workplace.git(
        "",
        &[
            "clone",
            "--quiet",
            &format!("{}/demo/hello.git", server.url()),
            "hello",
        ],
    );
    let readme = fs::read_to_string(workplace.path().join("hello/README.md")).unwrap();
    assert!(readme.starts_with("# hello"), "{readme}");
    workplace.git("hello", &["fsck", "--strict"]);
    server.stop();
}

#[test]
fn shallow_clone_and_deepening() {
    let (_origin, server, workplace) = hub();
    let url = format!("{}/demo/hello.git", server.url());
    workplace.git("", &["clone", "--quiet", &url, "full"]);
    for index in 0..3 {
        commit(
            &workplace,
            "full",
            "counter.txt",
            format!("{index}\n").as_bytes(),
        );
    }
    workplace.git("full", &["push", "--quiet"]);

    workplace.git("", &["clone", "--quiet", "--depth", "1", &url, "shallow"]);
    assert_eq!(count_commits(&workplace, "shallow"), "1");
    assert_eq!(head(&workplace, "shallow"), head(&workplace, "full"));
    workplace.git("shallow", &["fetch", "--quiet", "--deepen", "1"]);
    assert_eq!(count_commits(&workplace, "shallow"), "2");
    workplace.git("shallow", &["fetch", "--quiet", "--unshallow"]);
    assert_eq!(count_commits(&workplace, "shallow"), "4");
    server.stop();
}

#[test]
fn fetch_and_pull() {
    let (_origin, server, workplace) = hub();
    let url = format!("{}/demo/hello.git", server.url());
    workplace.git("", &["clone", "--quiet", &url, "one"]);
    workplace.git("", &["clone", "--quiet", &url, "two"]);
    commit(&workplace, "one", "new.txt", b"from one\n");
    workplace.git("one", &["push", "--quiet"]);

    workplace.git("two", &["fetch", "--quiet"]);
    let fetched = workplace.git("two", &["rev-parse", "origin/main"]);
    assert_eq!(fetched.trim(), head(&workplace, "one"));
    assert_ne!(
        fetched.trim(),
        head(&workplace, "two"),
        "a fetch changes no branch"
    );
    workplace.git("two", &["pull", "--quiet"]);
    assert_eq!(
        fs::read(workplace.path().join("two/new.txt")).unwrap(),
        b"from one\n"
    );

    // Both changed: the second push is refused, then merged.
    commit(&workplace, "one", "one.txt", b"1\n");
    commit(&workplace, "two", "two.txt", b"2\n");
    workplace.git("one", &["push", "--quiet"]);
    let refused = workplace.try_git("two", &["push", "--quiet"]);
    assert!(
        !refused.status.success(),
        "a push that would lose commits is refused"
    );
    workplace.git("two", &["pull", "--quiet", "--no-edit"]);
    workplace.git("two", &["push", "--quiet"]);
    server.stop();
}

#[test]
fn branches_and_tags() {
    let (_origin, server, workplace) = hub();
    let url = format!("{}/demo/hello.git", server.url());
    workplace.git("", &["clone", "--quiet", &url, "hello"]);
    workplace.git("hello", &["switch", "--quiet", "--create", "feature/one"]);
    commit(&workplace, "hello", "feature.txt", b"feature\n");
    workplace.git("hello", &["tag", "--annotate", "--message", "first", "v1"]);
    workplace.git("hello", &["push", "--quiet", "origin", "feature/one", "v1"]);
    let remote = workplace.git("", &["ls-remote", &url]);
    for name in ["refs/heads/feature/one", "refs/tags/v1", "refs/heads/main"] {
        assert!(remote.contains(name), "`{name}` is missing in\n{remote}");
    }
    workplace.git(
        "hello",
        &["push", "--quiet", "origin", "--delete", "feature/one"],
    );
    let remote = workplace.git("", &["ls-remote", &url]);
    assert!(!remote.contains("feature/one"), "{remote}");
    server.stop();
}

#[test]
fn push_of_one_pack_over_50_mb() {
    let (origin, server, workplace) = hub();
    let repository = origin.repository("demo/big.git");
    workplace.git("", &["init", "--quiet", "big"]);
    let content = incompressible(60_000_000, 1);
    commit(&workplace, "big", "weights.dat", &content);
    let url = format!("{}/demo/big.git", server.url());
    workplace.git("big", &["push", "--quiet", &url, "main"]);

    let largest = fs::read_dir(repository.join("objects/pack"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .max()
        .unwrap_or_default();
    assert!(
        largest > 50_000_000,
        "the largest file of the repository's packs has {largest} bytes"
    );

    workplace.git("", &["clone", "--quiet", &url, "back"]);
    assert!(
        fs::read(workplace.path().join("back/weights.dat")).unwrap() == content,
        "the clone differs from what was pushed"
    );
    server.stop();
}

/// Clones, pushes and fetches with a protocol version, and proves from git's trace that it was used.
fn protocol(version: u8) {
    let (_origin, server, workplace) = hub();
    let url = format!("{}/demo/hello.git", server.url());
    let setting = format!("protocol.version={version}");
    let trace = workplace.path().join("trace");
    workplace.git("", &["-c", &setting, "clone", "--quiet", &url, "one"]);
    commit(&workplace, "one", "new.txt", b"new\n");
    workplace.git("one", &["-c", &setting, "push", "--quiet"]);
    workplace.git(
        "",
        &[
            "-c",
            &setting,
            "clone",
            "--quiet",
            "--no-single-branch",
            "--depth",
            "1",
            &url,
            "two",
        ],
    );
    assert_eq!(head(&workplace, "one"), head(&workplace, "two"));
    workplace.git_traced("two", &trace, &["-c", &setting, "fetch", "--quiet"]);
    let packets = fs::read_to_string(&trace).unwrap();
    assert_eq!(
        packets.contains("< version 2"),
        version == 2,
        "protocol version {version} was asked for:\n{packets}"
    );
    server.stop();
}

#[test]
fn protocol_version_0() {
    protocol(0);
}

#[test]
fn protocol_version_2() {
    protocol(2);
}

#[test]
fn lfs_push_and_pull_of_20_mb() {
    let (origin, server, workplace) = hub();
    origin.repository("demo/large.git");
    let url = format!("{}/demo/large.git", server.url());
    let content = incompressible(20_000_000, 2);
    workplace.git("", &["clone", "--quiet", &url, "one"]);
    workplace.git("one", &["lfs", "install", "--local"]);
    workplace.git("one", &["lfs", "track", "*.bin"]);
    commit(&workplace, "one", "weights.bin", &content);
    workplace.git("one", &["push", "--quiet", "origin", "main"]);

    let pointer = workplace.git("one", &["show", "main:weights.bin"]);
    assert!(
        pointer.starts_with("version https://git-lfs"),
        "the file was committed as it is, not as a pointer: {:.80}",
        pointer
    );

    workplace.git(
        "",
        &[
            "-c",
            "filter.lfs.smudge=",
            "-c",
            "filter.lfs.process=",
            "-c",
            "filter.lfs.required=false",
            "clone",
            "--quiet",
            &url,
            "two",
        ],
    );
    let path = workplace.path().join("two/weights.bin");
    assert!(
        fs::metadata(&path).unwrap().len() < 1_000,
        "the clone holds the pointer only"
    );
    workplace.git("two", &["lfs", "pull"]);
    assert!(
        fs::read(&path).unwrap() == content,
        "the pulled file differs from the pushed one"
    );
    workplace.git("two", &["lfs", "fsck"]);

    // The hub's download of that file leads to the same object.
    let downloaded = workplace.curl(&[
        "--location",
        &format!(
            "{}/models/demo/large/resolve/main/weights.bin",
            server.url()
        ),
    ]);
    assert!(
        downloaded == content,
        "the download differs from the pushed file"
    );
    server.stop();
}

#[test]
fn a_repository_that_does_not_exist() {
    let (_origin, server, workplace) = hub();
    let output = workplace.try_git(
        "",
        &[
            "clone",
            "--quiet",
            &format!("{}/demo/nothing.git", server.url()),
            "nothing",
        ],
    );
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && printed.contains("not found"),
        "{printed}"
    );
    server.stop();
}

#[test]
fn clones_at_the_same_time() {
    let (_origin, server, workplace) = hub();
    let url = format!("{}/demo/hello.git", server.url());
    std::thread::scope(|scope| {
        for index in 0..8 {
            let (workplace, url) = (&workplace, &url);
            scope.spawn(move || {
                workplace.git("", &["clone", "--quiet", url, &format!("clone-{index}")])
            });
        }
    });
    for index in 0..8 {
        assert!(
            workplace
                .path()
                .join(format!("clone-{index}/README.md"))
                .is_file()
        );
    }
    server.stop();
}
