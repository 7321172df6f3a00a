//! Key-value namespaces: what they keep, through crashes and disks that take no more.
#![allow(clippy::unwrap_used)]

mod disks;
mod model;
mod processes;

use quire_store::kv::{
    KvDirectory, KvHead, KvListing, KvPage, KvStore, SMALL_BYTES_MAX, VALUE_BYTES_MAX,
};
use quire_store::{Blob, StoreError};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

fn head(namespace: &str, key: &str) -> KvHead {
    KvHead {
        namespace: namespace.to_owned(),
        key: key.to_owned(),
        expires: None,
        metadata: None,
    }
}

fn begin_put(store: &dyn KvStore, head: KvHead, value: &[u8]) -> Receiver<Result<(), StoreError>> {
    let (sender, outcome) = channel();
    let done = Box::new(move |result| sender.send(result).unwrap_or_default());
    if value.len() <= SMALL_BYTES_MAX {
        store.put(head, value.to_vec(), done);
    } else {
        match store.draft().and_then(|mut draft| {
            for piece in value.chunks(100_000) {
                draft.write(piece)?;
            }
            Ok(draft)
        }) {
            Ok(draft) => draft.commit(head, done),
            Err(error) => done(Err(error)),
        }
    }
    outcome
}

fn try_put(store: &dyn KvStore, head: KvHead, value: &[u8]) -> Result<(), StoreError> {
    begin_put(store, head, value).recv().unwrap()
}

fn put(store: &dyn KvStore, key: &str, value: &[u8]) {
    try_put(store, head("a", key), value).unwrap();
}

fn delete(store: &dyn KvStore, key: &str) {
    let (sender, outcome) = channel();
    store.delete(
        "a".into(),
        key.into(),
        Box::new(move |result| sender.send(result).unwrap()),
    );
    outcome.recv().unwrap().unwrap();
}

fn bytes(blob: Blob) -> Vec<u8> {
    blob.into_bytes().unwrap()
}

fn get(store: &dyn KvStore, key: &str) -> Option<Vec<u8>> {
    store
        .find("a", key, 0)
        .unwrap()
        .map(|entry| bytes(entry.value))
}

fn list(store: &dyn KvStore, prefix: &str, after: Option<&str>, limit: usize) -> KvPage {
    let listing = KvListing {
        namespace: "a".into(),
        prefix: prefix.into(),
        after: after.map(|key| key.as_bytes().to_vec()),
        limit,
    };
    store.list(&listing, 0).unwrap()
}

fn names(page: &KvPage) -> Vec<&str> {
    page.keys.iter().map(|key| key.name.as_str()).collect()
}

fn files(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        count += match entry.path().is_dir() {
            true => files(&entry.path()),
            false => 1,
        };
    }
    count
}

/// Waits for what happens in the background.
fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn values_of_all_sizes_in_files_or_not() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = KvDirectory::open(folder.path()).unwrap();
    let value = |length: usize| {
        (0..length)
            .map(|index| (index % 251) as u8)
            .collect::<Vec<_>>()
    };
    for length in [0, 1, 8192, SMALL_BYTES_MAX, SMALL_BYTES_MAX + 1, 3_000_000] {
        put(&*store, "key", &value(length));
        assert_eq!(get(&*store, "key"), Some(value(length)));
    }
    let values = folder.path().join("values");
    assert_eq!(files(&values), 1, "files of replaced values are deleted");
    let before = store.find("a", "key", 0).unwrap().unwrap().value;
    put(&*store, "key", b"after");
    assert_eq!(
        bytes(before),
        value(3_000_000),
        "who reads a value may go on"
    );
    eventually("the file is deleted", || files(&values) == 0);
    put(&*store, "key", &value(100_000));
    delete(&*store, "key");
    assert_eq!(get(&*store, "key"), None);
    eventually("the file is deleted", || files(&values) == 0);
    let mut draft = store.draft().unwrap();
    draft.write(&value(200_000)).unwrap();
    drop(draft);
    assert_eq!(files(&values), 0, "a draft that is given up leaves nothing");
    let mut draft = store.draft().unwrap();
    let error = (0..)
        .find_map(|_| draft.write(&value(1_000_000)).err())
        .unwrap();
    assert!(error.to_string().contains(&VALUE_BYTES_MAX.to_string()));
}

#[test]
fn entries_are_gone_at_their_second_and_removed_soon() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = KvDirectory::open(folder.path()).unwrap();
    for (key, expires, value) in [("old", 1000, &b"x"[..]), ("large", 1000, &[7; 100_000])] {
        let head = KvHead {
            expires: Some(expires),
            metadata: Some("[1]".into()),
            ..head("a", key)
        };
        try_put(&*store, head, value).unwrap();
    }
    put(&*store, "kept", b"y");
    let found = store.find("a", "old", 999).unwrap().unwrap();
    assert_eq!(found.metadata.as_deref(), Some("[1]"));
    assert!(store.find("a", "old", 1000).unwrap().is_none());
    let listing = KvListing {
        namespace: "a".into(),
        limit: 10,
        ..KvListing::default()
    };
    assert_eq!(
        names(&store.list(&listing, 999).unwrap()),
        ["kept", "large", "old"]
    );
    assert_eq!(names(&store.list(&listing, 1000).unwrap()), ["kept"]);
    drop(store);
    let store = eventually_open(folder.path());
    eventually("the expired entries are removed", || {
        list(&*store, "", None, 10).keys.len() == 1 && files(&folder.path().join("values")) == 0
    });
    assert_eq!(get(&*store, "kept"), Some(b"y".to_vec()));
}

fn eventually_open(folder: &Path) -> std::sync::Arc<KvDirectory> {
    KvDirectory::open(folder).unwrap()
}

#[test]
fn lists_page_by_page_in_the_order_of_bytes() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = KvDirectory::open(folder.path()).unwrap();
    for key in [
        "b",
        "a",
        "é",
        "😀",
        "\u{e000}",
        "ab",
        "a\0",
        "\u{10ffff}",
        "\u{10ffff}x",
    ] {
        put(&*store, key, key.as_bytes());
    }
    try_put(&*store, head("other", "a"), b"x").unwrap();
    let all = [
        "a",
        "a\0",
        "ab",
        "b",
        "é",
        "\u{e000}",
        "😀",
        "\u{10ffff}",
        "\u{10ffff}x",
    ];
    let page = list(&*store, "", None, 100);
    assert_eq!(names(&page), all);
    assert!(page.complete);
    let page = list(&*store, "", None, all.len());
    assert!(page.complete, "nothing follows");
    let page = list(&*store, "", Some("ab"), 2);
    assert_eq!((names(&page), page.complete), (vec!["b", "é"], false));
    assert_eq!(names(&list(&*store, "a", None, 100)), ["a", "a\0", "ab"]);
    assert_eq!(names(&list(&*store, "a", Some("a"), 100)), ["a\0", "ab"]);
    assert_eq!(names(&list(&*store, "a", Some("z"), 100)), [""; 0]);
    assert_eq!(
        names(&list(&*store, "\u{10ffff}", None, 100)),
        ["\u{10ffff}", "\u{10ffff}x"]
    );
}

#[test]
fn namespaces_have_titles_or_are_just_used() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = KvDirectory::open(folder.path()).unwrap();
    assert_eq!(store.namespaces().unwrap(), []);
    let id = store.create_namespace("Settings").unwrap();
    assert_eq!(id.len(), 32);
    for (namespace, key) in [(id.as_str(), "x"), ("USED", "x"), ("USED", "y"), ("z", "x")] {
        try_put(&*store, head(namespace, key), &[1; 70_000]).unwrap();
    }
    let titles = |store: &KvDirectory| {
        let namespaces = store.namespaces().unwrap();
        namespaces
            .into_iter()
            .map(|each| (each.title, each.id))
            .collect::<Vec<_>>()
    };
    let own = |id: &str| (id.to_owned(), id.to_owned());
    let settings = ("Settings".to_owned(), id.clone());
    assert_eq!(titles(&store), [settings.clone(), own("USED"), own("z")]);
    assert!(store.delete_namespace("USED").unwrap());
    assert!(!store.delete_namespace("USED").unwrap());
    assert_eq!(titles(&store), [settings, own("z")]);
    assert_eq!(files(&folder.path().join("values")), 2);
    assert!(store.find("USED", "x", 0).unwrap().is_none());
}
