//! The cache as callers see it: one process, several, and one that is killed.

#![allow(clippy::unwrap_used)]

mod processes;

use super::*;
use std::io::Read;
use std::path::Path;
use tempfile::TempDir;

fn open(folder: &Path) -> CacheDirectory {
    CacheDirectory::open(folder, CacheLimits::default()).unwrap()
}

fn small(folder: &Path, total_bytes_max: u64, entry_bytes_max: u64) -> CacheDirectory {
    let limits = CacheLimits {
        total_bytes_max,
        entry_bytes_max,
    };
    CacheDirectory::open(folder, limits).unwrap()
}

fn key(url: &str) -> CacheKey {
    CacheKey {
        cache: String::new(),
        url: url.into(),
    }
}

fn head(stored: i64, expires: i64) -> CacheHead {
    CacheHead {
        status: 200,
        headers: "x-a\n1".into(),
        coding: None,
        stored,
        expires,
    }
}

fn put(store: &dyn CacheStore, url: &str, body: &[u8], head: &CacheHead) {
    let mut draft = store.draft().unwrap();
    for chunk in body.chunks(10_000) {
        draft.write(chunk).unwrap();
    }
    draft.commit(&key(url), head).unwrap();
}

fn bytes(body: Blob) -> Vec<u8> {
    match body {
        Blob::Bytes(bytes) => bytes,
        Blob::File(mut file, length) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes.len() as u64, length);
            bytes
        }
    }
}

fn get(store: &dyn CacheStore, url: &str, now: i64) -> Option<Vec<u8>> {
    store
        .find(&key(url), now)
        .unwrap()
        .map(|entry| bytes(entry.body))
}

/// The files below a folder's `bodies`.
fn body_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut folders = vec![folder.join("bodies")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files
}

#[test]
fn what_was_put_is_found_until_it_is_stale_removed_or_replaced() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let large = vec![7; 100_000];
    put(&store, "http://a/", b"small", &head(10, 20));
    put(&store, "http://b/", &large, &head(10, 20));
    put(&store, "http://c/", b"", &head(10, 20));
    assert_eq!(get(&store, "http://a/", 19).unwrap(), b"small");
    assert_eq!(get(&store, "http://b/", 19).unwrap(), large);
    assert_eq!(get(&store, "http://c/", 19).unwrap(), b"");
    assert_eq!(get(&store, "http://a/", 20), None);
    assert_eq!(
        store.find(&key("http://a/"), 11).unwrap().unwrap().head,
        head(10, 20)
    );
    put(&store, "http://b/", b"other", &head(12, 30));
    assert_eq!(get(&store, "http://b/", 25).unwrap(), b"other");
    assert!(body_files(folder.path()).is_empty());
    assert!(store.remove(&key("http://a/"), 15).unwrap());
    assert!(!store.remove(&key("http://a/"), 15).unwrap());
    assert!(!store.remove(&key("http://c/"), 20).unwrap());
    let elsewhere = CacheKey {
        cache: "named".into(),
        ..key("http://b/")
    };
    assert!(store.find(&elsewhere, 15).unwrap().is_none());
}

#[test]
fn a_draft_that_is_not_committed_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    put(&store, "http://a/", b"first", &head(0, 100));
    let mut draft = store.draft().unwrap();
    draft.write(&[1; 50_000]).unwrap();
    assert_eq!(get(&store, "http://a/", 1).unwrap(), b"first");
    assert_eq!(body_files(folder.path()).len(), 1);
    drop(draft);
    assert!(body_files(folder.path()).is_empty());
}

#[test]
fn a_body_stays_readable_while_it_is_replaced_and_evicted() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let large = vec![3; 200_000];
    put(&store, "http://a/", &large, &head(0, 100));
    let entry = store.find(&key("http://a/"), 1).unwrap().unwrap();
    put(&store, "http://a/", b"new", &head(0, 100));
    store.remove(&key("http://a/"), 1).unwrap();
    assert_eq!(bytes(entry.body), large);
}

#[test]
fn too_long_a_body_is_refused() {
    let folder = TempDir::new().unwrap();
    let store = small(folder.path(), 1_000_000, 30_000);
    let mut draft = store.draft().unwrap();
    draft.write(&[0; 30_000]).unwrap();
    let error = draft.write(&[0]).unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { max: 30_000 }));
}

#[test]
fn what_was_not_used_for_longest_makes_room() {
    let folder = TempDir::new().unwrap();
    let store = small(folder.path(), 200_000, 100_000);
    for index in 0..8 {
        let url = format!("http://{index}/");
        put(&store, &url, &[0; 20_000], &head(index, 1_000_000));
    }
    // The first one is used, so the second is the oldest.
    assert!(get(&store, "http://0/", 500_000).is_some());
    for index in 8..11 {
        let url = format!("http://{index}/");
        put(
            &store,
            &url,
            &[0; 20_000],
            &head(600_000 + index, 1_000_000),
        );
    }
    assert!(store.size().unwrap() <= 200_000);
    assert!(get(&store, "http://0/", 600_100).is_some());
    assert!(get(&store, "http://1/", 600_100).is_none());
    assert!(get(&store, "http://10/", 600_100).is_some());
    let kept = (0..11).filter(|index| get(&store, &format!("http://{index}/"), 600_100).is_some());
    assert_eq!(kept.count(), body_files(folder.path()).len());
}

#[test]
fn stale_entries_go_before_fresh_ones() {
    let folder = TempDir::new().unwrap();
    let store = small(folder.path(), 100_000, 100_000);
    put(&store, "http://fresh/", &[0; 40_000], &head(0, 1_000));
    put(&store, "http://stale/", &[0; 40_000], &head(1, 50));
    put(&store, "http://new/", &[0; 40_000], &head(100, 1_000));
    assert!(get(&store, "http://fresh/", 101).is_some());
    assert_eq!(body_files(folder.path()).len(), 2);
}

#[test]
fn a_missing_or_torn_body_is_no_entry() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    put(&store, "http://gone/", &[1; 50_000], &head(0, 100));
    std::fs::remove_file(&body_files(folder.path())[0]).unwrap();
    assert_eq!(get(&store, "http://gone/", 1), None);
    put(&store, "http://torn/", &[1; 50_000], &head(0, 100));
    std::fs::write(&body_files(folder.path())[0], [1; 49_999]).unwrap();
    assert_eq!(get(&store, "http://torn/", 1), None);
    assert_eq!(store.size().unwrap(), 0);
}

#[test]
fn sweeping_removes_stale_entries_and_abandoned_files_only() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    put(&store, "http://stale/", &[1; 50_000], &head(0, 10));
    put(&store, "http://fresh/", &[1; 50_000], &head(0, 100));
    let bodies = folder.path().join("bodies");
    let (abandoned, recent) = (bodies.join("0000.part"), bodies.join("1111.part"));
    for path in [&abandoned, &recent] {
        std::fs::write(path, "part").unwrap();
    }
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 60 * 60);
    let make_old = |path: &Path| {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(old).unwrap();
    };
    make_old(&abandoned);
    for path in body_files(folder.path()) {
        if path.extension().is_none() {
            make_old(&path);
        }
    }
    store.sweep(50).unwrap();
    assert!(!abandoned.exists());
    assert!(recent.exists());
    assert!(get(&store, "http://fresh/", 50).is_some());
    assert_eq!(body_files(folder.path()).len(), 2);
}

#[test]
fn errors_name_the_place_and_a_newer_database_is_refused() {
    let folder = TempDir::new().unwrap();
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "a file").unwrap();
    let error = CacheDirectory::open(&taken, CacheLimits::default())
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("taken"), "{error}");
    drop(open(folder.path()));
    let database = rusqlite::Connection::open(folder.path().join("index.sqlite")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    let error = CacheDirectory::open(folder.path(), CacheLimits::default()).err();
    assert!(matches!(error, Some(StoreError::TooNew { .. })));
}
