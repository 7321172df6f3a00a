//! Objects in use elsewhere, damaged files, folders and disks that take nothing.

use crate::support::{Place, WAIT};
use quire_store::objects::{Namespace, ObjectError};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

#[test]
fn only_one_holder_at_a_time() {
    let place = Place::new();
    let state = place.state("a");
    let again = place.namespace.state("a", Duration::from_millis(20));
    let Err(error @ ObjectError::Busy { .. }) = again else {
        panic!("the object was handed out twice");
    };
    assert!(error.to_string().contains("in use by another process"));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| place.namespace.state("a", WAIT).map(drop));
        drop(state);
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn a_damaged_database_says_what_to_do() {
    let place = Place::new();
    let file = place.folder.path().join("worker-Class/a.sqlite");
    drop(place.state("a"));
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, vec![b'x'; whole.len()]).unwrap();
    let text = place.namespace.state("a", WAIT).err().unwrap().to_string();
    assert!(
        text.contains("is damaged") && text.contains("backup"),
        "{text}"
    );
    assert!(text.contains("a.sqlite"), "{text}");
    assert_eq!(
        std::fs::read(&file).unwrap(),
        vec![b'x'; whole.len()],
        "it is left as it was"
    );
    std::fs::write(&file, &whole).unwrap();
    place.state("a");
    let mut newer = whole;
    // The field `user_version` of the header.
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&file, newer).unwrap();
    let text = place.namespace.state("a", WAIT).err().unwrap().to_string();
    assert!(text.contains("newer version of quire"), "{text}");
}

#[test]
fn a_folder_that_cannot_be_used_says_so() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let text = Namespace::open(folder.path().join("file/inside"))
        .err()
        .unwrap()
        .to_string();
    assert!(
        text.contains("file/inside") && text.contains("may write there"),
        "{text}"
    );
}

const FOLDER: &str = "QUIRE_STORE_FULL_DISK";

/// Writes until the disk, which the parent limited, is full. In an ordinary run, nothing.
#[test]
fn child_with_a_full_disk() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let namespace = Namespace::open(Path::new(&folder).join("n")).unwrap();
    let state = namespace.state("a", WAIT).unwrap();
    let mut kept = 0;
    let error = loop {
        let step = || {
            state.put(&format!("{kept}"), &[1; 50_000])?;
            state.commit()
        };
        match step() {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(
        error.is_fatal() && error.to_string().contains("check that the disk has room"),
        "{error}"
    );
    assert!(kept > 2, "{kept}");
    assert!(state.put("more", b"").unwrap_err().is_fatal());
    drop(state);
    let state = namespace.state("a", WAIT).unwrap();
    for number in 0..kept {
        assert_eq!(
            state.get(&format!("{number}")).unwrap().unwrap(),
            [1; 50_000]
        );
    }
    let checked = state.execute("PRAGMA quick_check", &[]).unwrap();
    assert_eq!(format!("{:?}", checked.rows), "[[Text(\"ok\")]]");
    println!("kept {kept}");
}

#[test]
#[cfg(unix)]
fn a_full_disk_fails_writes_and_keeps_what_was_committed() {
    let folder = TempDir::new().unwrap();
    // Files cannot grow beyond 512 KB; without the trap the system would end the process.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 1024; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "failures::child_with_a_full_disk", "--nocapture"])
        .env(FOLDER, folder.path())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && text.contains("kept "), "{text}");
}
