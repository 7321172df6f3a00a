//! What a power cut takes is what was not waited for: here all of the objects' logs but their headers, which SQLite itself waits for.
//! What was acknowledged is in the journal, as long as every commit is waited for: several of one object are made durable in its log.

use crate::support::{Place, WAIT};
use proptest::prelude::*;
use quire_store::objects::{Namespace, ObjectState};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The header of a log, and of each of its frames with a page.
const HEADER_BYTES: u64 = 32;
const FRAME_BYTES: u64 = 24 + 4096;

/// A copy of a namespace as it is on disk after a power cut that left so many frames of each log. `keeps_journal` is false for what
/// would be left without one.
fn cut(namespace: &Path, frames: u64, keeps_journal: bool) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let copy = folder.path().join("n");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(namespace).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_file() && name.ends_with(".sqlite") {
            fs::copy(&path, copy.join(name)).unwrap();
        } else if name.ends_with(".sqlite-wal") {
            fs::copy(&path, copy.join(name)).unwrap();
            let log = File::options().write(true).open(copy.join(name)).unwrap();
            let left = HEADER_BYTES + frames * FRAME_BYTES;
            log.set_len(left.min(log.metadata().unwrap().len()))
                .unwrap();
        }
    }
    if keeps_journal {
        for run in fs::read_dir(namespace.join("journals")).unwrap() {
            let run = run.unwrap();
            let copied = copy.join("journals").join(run.file_name());
            fs::create_dir_all(&copied).unwrap();
            for entry in fs::read_dir(run.path()).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    fs::copy(&path, copied.join(path.file_name().unwrap())).unwrap();
                }
            }
        }
    }
    (folder, copy)
}

/// Stores a value, durably.
fn store(state: &ObjectState, value: &[u8]) {
    state.put("value", value).unwrap();
    state.commit().unwrap();
    state.log().sync().unwrap();
}

fn value(namespace: &Namespace, object: &str) -> Option<Vec<u8>> {
    let state = namespace.state(object, WAIT).unwrap();
    let checked = state.execute("PRAGMA quick_check", &[]).unwrap();
    assert_eq!(format!("{:?}", checked.rows), "[[Text(\"ok\")]]");
    state.get("value").unwrap()
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let place = Place::new();
    let folder = place.folder.path().join("worker-Class");
    let states: Vec<_> = ["a", "b", "c"].map(|object| place.state(object)).into();
    for number in 0..40_u8 {
        for state in &states {
            store(state, &vec![number; usize::from(number) * 100]);
        }
    }
    let wanted = Some(vec![39; 3900]);
    for frames in [0, 1, 7] {
        let (_folder, copy) = cut(&folder, frames, false);
        let namespace = Namespace::open(copy).unwrap();
        assert_ne!(value(&namespace, "a"), wanted, "the cut took nothing");
        let (_folder, copy) = cut(&folder, frames, true);
        let namespace = Namespace::open(copy.clone()).unwrap();
        for object in ["a", "b", "c"] {
            assert_eq!(
                value(&namespace, object),
                wanted,
                "{frames} frames were left"
            );
        }
        let left = fs::read_dir(copy.join("journals")).unwrap();
        let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["lock"], "what was put into the logs is gone");
    }
}

#[test]
fn a_journal_does_no_harm_to_logs_that_have_begun_anew() {
    let place = Place::new();
    let folder = place.folder.path().join("worker-Class");
    let state = place.state("a");
    // Some lives of a log, of 1,000 frames each, and more of the journal than one of its files takes.
    for number in 0..1_300_u32 {
        state.put("filler", &vec![number as u8; 55_000]).unwrap();
        store(&state, &number.to_le_bytes());
    }
    let (_folder, copy) = cut(&folder, 1_000_000, true);
    let run = fs::read_dir(copy.join("journals")).unwrap().next().unwrap();
    let journaled: u64 = fs::read_dir(run.unwrap().path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert!(journaled > 65 * 1024 * 1024, "{journaled} bytes of journal");
    assert_eq!(
        value(&Namespace::open(copy).unwrap(), "a").unwrap(),
        1_299_u32.to_le_bytes()
    );
    drop(state);
    // Nothing is left of it but the journal.
    let (_folder, copy) = cut(&folder, 0, true);
    assert!(!copy.join("a.sqlite-wal").exists());
    assert_eq!(
        value(&Namespace::open(copy).unwrap(), "a").unwrap(),
        1_299_u32.to_le_bytes()
    );
}

/// A namespace with an object that has a value, and its folder.
fn with_a_value() -> (Place, ObjectState, PathBuf) {
    let place = Place::new();
    let folder = place.folder.path().join("worker-Class");
    let state = place.state("a");
    store(&state, b"kept");
    (place, state, folder)
}

#[test]
fn journals_are_removed_with_the_last_object() {
    let (place, state, folder) = with_a_value();
    let Place {
        folder: _folder,
        namespace,
    } = place;
    let in_use = namespace.in_use();
    drop(namespace);
    assert!(in_use.strong_count() > 0, "there is an object");
    drop(state);
    let until = std::time::Instant::now() + WAIT;
    while in_use.strong_count() > 0 {
        assert!(std::time::Instant::now() < until, "the thread did not end");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    for run in fs::read_dir(folder.join("journals")).unwrap() {
        for entry in fs::read_dir(run.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            assert!(!path.is_file(), "{} is left", path.display());
        }
    }
    assert_eq!(
        value(&Namespace::open(folder).unwrap(), "a").unwrap(),
        b"kept"
    );
}

#[test]
fn journals_of_a_process_that_lives_are_left_alone() {
    let (_place, _state, folder) = with_a_value();
    let journals = folder.join("journals");
    let run = fs::read_dir(&journals).unwrap().next().unwrap().unwrap();
    let other = journals.join("as-it-is-called-elsewhere");
    fs::rename(run.path(), &other).unwrap();
    drop(Namespace::open(folder).unwrap().state("b", WAIT).unwrap());
    assert!(other.exists());
}

#[test]
fn a_journal_of_a_newer_version_is_left_alone() {
    let place = Place::new();
    drop(place.state("a"));
    let folder = place.folder.path().join("worker-Class");
    let run = folder.join("journals/an-earlier-run");
    fs::create_dir_all(&run).unwrap();
    fs::write(run.join("x.0"), "quire journal of objects, 2\n").unwrap();
    let namespace = Namespace::open(folder).unwrap();
    let text = namespace.state("a", WAIT).err().unwrap().to_string();
    assert!(
        text.contains("x.0") && text.contains("newer version"),
        "{text}"
    );
    assert!(run.join("x.0").exists());
}

#[derive(Clone, Debug)]
enum Step {
    Put { object: usize, length: usize },
    Reopen { object: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..3_usize, 0..50_000_usize).prop_map(|(object, length)| Step::Put { object, length }),
        1 => (0..3_usize).prop_map(|object| Step::Reopen { object }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn whatever_was_done_and_whatever_is_left(steps in prop::collection::vec(step(), 1..60), frames in 0..40_u64) {
        let place = Place::new();
        let folder = place.folder.path().join("worker-Class");
        let names = ["a", "b", "c"];
        let mut states: Vec<_> = names.iter().map(|name| Some(place.state(name))).collect();
        let mut written = BTreeMap::new();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put { object, length } => {
                    let value = vec![number as u8; length];
                    store(states[object].as_ref().unwrap(), &value);
                    written.insert(object, value);
                }
                Step::Reopen { object } => {
                    states[object] = None;
                    states[object] = Some(place.state(names[object]));
                }
            }
        }
        let (_folder, copy) = cut(&folder, frames, true);
        let namespace = Namespace::open(copy).unwrap();
        for (object, value_written) in &written {
            let found = value(&namespace, names[*object]);
            prop_assert_eq!(found.as_ref(), Some(value_written));
        }
    }
}
