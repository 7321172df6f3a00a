//! Disks that are full, or that nobody may write to, and databases that are damaged.

use super::*;
use processes::{CHILD_ARGUMENTS, child_command};

/// Runs this program in a role, in mounts of its own that `prepare` makes. Without the right to make any there is nothing to test, which is said.
fn in_own_mounts(role: &str, folder: &Path, prepare: &str) {
    let script = format!("{prepare} && exec \"$@\"");
    let program = std::env::current_exe().unwrap();
    let run = |arguments: &[&str]| {
        child_command("unshare", role, folder)
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-ec",
                &script,
                "sh",
            ])
            .args(arguments)
            .output()
    };
    let may_mount = run(&["true"]).is_ok_and(|output| output.status.success());
    if !may_mount {
        eprintln!("not tested: no mounts may be made here");
        return;
    }
    let output = run(&[&[program.to_str().unwrap()], &CHILD_ARGUMENTS[..]].concat()).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("child ... ok"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_full_disk() {
    let folder = tempfile::TempDir::new().unwrap();
    let prepare = format!("mount -t tmpfs -o size=6m none {}", folder.path().display());
    in_own_mounts("full", folder.path(), &prepare);
}

/// In the other process: writes until the disk is full, and goes on when there is room again.
pub(super) fn fill(folder: &Path) {
    let store = KvDirectory::open(folder).unwrap();
    let value = vec![7; 30_000];
    let mut stored = 0;
    let error = loop {
        match try_put(&*store, head("a", &format!("{stored}")), &value) {
            Ok(()) => stored += 1,
            Err(error) => break error.to_string(),
        }
        assert!(stored < 1000, "the disk is never full");
    };
    assert!(
        error.contains("full") && error.contains("make room"),
        "{error}"
    );
    assert!(stored > 10);
    let error = try_put(&*store, head("a", "large"), &vec![7; 9_000_000])
        .unwrap_err()
        .to_string();
    assert!(error.contains("make room"), "{error}");
    for number in 0..stored {
        assert_eq!(
            get(&*store, &number.to_string()).as_ref(),
            Some(&value),
            "reading goes on"
        );
    }
    assert_eq!(get(&*store, "large"), None);
    drop(store);
    let store = KvDirectory::open(folder).unwrap();
    assert_eq!(
        get(&*store, "0").as_ref(),
        Some(&value),
        "and nothing is damaged"
    );
}

#[test]
fn a_folder_that_nobody_may_write_to() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = KvDirectory::open(folder.path()).unwrap();
    put(&*store, "key", b"value");
    put(&*store, "large", &[7; 100_000]);
    drop(store);
    let path = folder.path().display();
    eventually("the writer has ended", || {
        !folder.path().join("index.sqlite-wal").exists()
    });
    in_own_mounts(
        "read-only",
        folder.path(),
        &format!("mount --bind {path} {path} && mount -o remount,bind,ro {path}"),
    );
}

/// In the other process: reads, and is told why it cannot write.
pub(super) fn only_read(folder: &Path) {
    let store = KvDirectory::open(folder).unwrap();
    assert_eq!(get(&*store, "key"), Some(b"value".to_vec()));
    assert_eq!(get(&*store, "large"), Some(vec![7; 100_000]));
    assert_eq!(names(&list(&*store, "", None, 10)), ["key", "large"]);
    for value in [&b"new"[..], &[1; 100_000]] {
        let error = try_put(&*store, head("a", "key"), value)
            .unwrap_err()
            .to_string();
        assert!(error.contains("may not write there"), "{error}");
    }
    assert_eq!(get(&*store, "key"), Some(b"value".to_vec()));
}

#[test]
fn a_damaged_database_is_named() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(
        folder.path().join("index.sqlite"),
        "no database at all".repeat(1000),
    )
    .unwrap();
    let error = match KvDirectory::open(folder.path()) {
        Ok(_) => panic!("it opened"),
        Err(error) => error.to_string(),
    };
    assert!(
        error.contains("index.sqlite") && error.contains("damaged"),
        "{error}"
    );
}
