//! Keeping, sealing and refusing secrets.

#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn production() -> SecretOwner {
    SecretOwner::Program {
        environment: "production".to_owned(),
        program: String::new(),
    }
}

fn store() -> (TempDir, SecretStore) {
    let folder = TempDir::new().unwrap();
    let store = SecretStore::new(folder.path());
    (folder, store)
}

#[test]
fn put_read_delete() {
    let (_folder, store) = store();
    assert_eq!(store.read().unwrap(), Secrets::default());
    assert!(!store.put(production(), "A", "one").unwrap());
    assert!(store.put(production(), "A", "swordfish").unwrap());
    let shared = SecretOwner::Store("1".to_owned());
    assert!(!store.put(shared.clone(), "A", "shared").unwrap());
    let secrets = store.read().unwrap();
    assert_eq!(secrets.get(&production(), "A"), Some("swordfish"));
    assert_eq!(secrets.get(&shared, "A"), Some("shared"));
    assert_eq!(secrets.of(&production()).count(), 1);
    assert!(!format!("{secrets:?}").contains("swordfish"));
    assert!(store.delete(&production(), "A").unwrap());
    assert!(!store.delete(&production(), "A").unwrap());
    assert_eq!(store.read().unwrap().get(&production(), "A"), None);
}

#[test]
fn the_files_are_private_and_tell_nothing() {
    let (_folder, store) = store();
    store.put(production(), "NAME", "swordfish").unwrap();
    for file in [store.file(), store.key_file()] {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, PRIVATE, "{}", file.display());
        let content = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        assert!(!content.contains("swordfish") && !content.contains("NAME"));
    }
    // The same content is never the same file.
    let first = fs::read(store.file()).unwrap();
    store.put(production(), "NAME", "swordfish").unwrap();
    assert_ne!(first, fs::read(store.file()).unwrap());
}

#[test]
fn another_key_and_no_key() {
    let (_folder, store) = store();
    store.put(production(), "A", "a").unwrap();
    fs::write(store.key_file(), "ab".repeat(32)).unwrap();
    assert!(matches!(store.read(), Err(SecretError::WrongKey { .. })));
    // Nothing is written over secrets that cannot be read.
    assert!(store.put(production(), "B", "b").is_err());
    fs::write(store.key_file(), "no key").unwrap();
    assert!(matches!(store.read(), Err(SecretError::BadKey(_))));
    fs::remove_file(store.key_file()).unwrap();
    let error = store.put(production(), "B", "b").unwrap_err();
    assert!(matches!(error, SecretError::NoKey { .. }), "{error}");
}

#[test]
fn a_file_that_was_cut_off_or_changed_anywhere() {
    let (_folder, store) = store();
    store.put(production(), "A", "a").unwrap();
    let whole = fs::read(store.file()).unwrap();
    for length in 0..whole.len() {
        fs::write(store.file(), &whole[..length]).unwrap();
        assert!(
            matches!(store.read(), Err(SecretError::Damaged(_))),
            "{length}"
        );
    }
    for index in 0..whole.len() {
        let mut changed = whole.clone();
        changed[index] ^= 1;
        fs::write(store.file(), changed).unwrap();
        assert!(store.read().is_err(), "{index}");
    }
    fs::write(store.file(), whole).unwrap();
    assert!(store.read().is_ok());
}

#[test]
fn changes_at_the_same_time_are_all_kept() {
    let (_folder, store) = store();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..5 {
                    store
                        .put(production(), &format!("{thread}-{number}"), "x")
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(store.read().unwrap().of(&production()).count(), 20);
}

proptest! {
    #[test]
    fn records_come_back(names in prop::collection::btree_map(".{0,8}", ".{0,20}", 0..6), id in ".{0,5}") {
        let mut records = Records::new();
        if !names.is_empty() {
            records.insert(production(), names.clone());
            records.insert(SecretOwner::Store(id), names);
        }
        prop_assert_eq!(records::decode(&records::encode(&records)), Some(records));
    }

    #[test]
    fn any_bytes_are_fine(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = records::decode(&bytes);
    }
}
