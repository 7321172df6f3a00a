//! Several processes on one cache: this test program starts itself again, with a role in its environment.

use super::*;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROLE: &str = "QUIRE_STORE_TEST_ROLE";
const FOLDER: &str = "QUIRE_STORE_TEST_FOLDER";

/// A body that says for itself whether it is whole: `seed`, repeated.
fn body(seed: u32) -> Vec<u8> {
    seed.to_le_bytes()
        .repeat(5_000 + (seed as usize % 7) * 10_000)
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(Ok(seed)) = bytes.get(..4).map(<[u8; 4]>::try_from) else {
        return false;
    };
    bytes == body(u32::from_le_bytes(seed))
}

fn start(role: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cache::tests::processes::child", "--nocapture"])
        .env(ROLE, role)
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What the other process does; in an ordinary run, nothing.
#[test]
fn child() {
    let (Ok(role), Ok(folder)) = (std::env::var(ROLE), std::env::var(FOLDER)) else {
        return;
    };
    let store = open(Path::new(&folder));
    let first: u32 = role.parse().unwrap();
    let began = Instant::now();
    for seed in (first..).step_by(10) {
        put(
            &store,
            &format!("http://{}/", seed % 4),
            &body(seed),
            &head(0, 1_000),
        );
        if seed % 3 == 0 {
            store
                .remove(&key(&format!("http://{}/", seed % 4)), 1)
                .unwrap();
        }
        // A test that failed does not end its children.
        if began.elapsed() > Duration::from_secs(30) {
            return;
        }
    }
}

#[test]
fn readers_see_whole_bodies_while_writers_are_killed() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let mut found = 0;
    for round in 0..6 {
        let mut writers: Vec<Child> = (0..2)
            .map(|number| start(&format!("{}", round * 2 + number), folder.path()))
            .collect();
        let until = Instant::now() + Duration::from_millis(500);
        while Instant::now() < until {
            for url in ["http://0/", "http://1/", "http://2/", "http://3/"] {
                if let Some(bytes) = get(&store, url, 1) {
                    assert!(is_whole(&bytes), "{} bytes of {url}", bytes.len());
                    found += 1;
                }
            }
        }
        for writer in &mut writers {
            // SIGKILL: it has no chance to clean up.
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
    }
    assert!(found > 0, "the writers never wrote");
    for url in ["http://0/", "http://1/", "http://2/", "http://3/"] {
        if let Some(bytes) = get(&store, url, 1) {
            assert!(is_whole(&bytes));
        }
        put(&store, url, b"after", &head(0, 1_000));
        assert_eq!(get(&store, url, 1).unwrap(), b"after");
    }
}

#[test]
fn threads_share_one_store() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    std::thread::scope(|scope| {
        for number in 0..6_u32 {
            let store = &store;
            scope.spawn(move || {
                for turn in 0..15 {
                    let url = format!("http://{}/", turn % 3);
                    put(store, &url, &body(number + turn), &head(0, 1_000));
                    if let Some(bytes) = get(store, &url, 1) {
                        assert!(is_whole(&bytes));
                    }
                }
            });
        }
    });
    assert_eq!(body_files(folder.path()).len(), 3);
}
