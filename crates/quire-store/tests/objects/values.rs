//! Values by key, transactions, removing everything.

use crate::support::Place;
use proptest::prelude::*;
use quire_store::objects::{KeyRange, ObjectState, SqlValue};
use std::collections::BTreeMap;

fn keys(state: &ObjectState, range: &KeyRange) -> Vec<String> {
    let found = state.list(range).unwrap();
    found.into_iter().map(|(key, _)| key).collect()
}

#[test]
fn what_was_committed_is_there_again() {
    let place = Place::new();
    let state = place.state("a");
    assert_eq!(state.get("k").unwrap(), None);
    state.put("k", b"1").unwrap();
    state.put("k", b"2").unwrap();
    assert!(state.is_dirty());
    assert_eq!(state.get("k").unwrap().unwrap(), b"2");
    state.set_name("room 1").unwrap();
    state.commit().unwrap();
    assert!(!state.is_dirty());
    state.put("gone", b"x").unwrap();
    drop(state);
    let state = place.state("a");
    assert_eq!(state.get("k").unwrap().unwrap(), b"2");
    assert_eq!(state.get("gone").unwrap(), None);
    assert_eq!(state.name().unwrap().unwrap(), "room 1");
    assert!(state.delete("k").unwrap());
    assert!(!state.delete("k").unwrap());
    assert_eq!(place.state("b").get("k").unwrap(), None);
}

#[test]
fn a_transaction_is_undone_as_a_whole() {
    let place = Place::new();
    let state = place.state("a");
    state.undo().unwrap();
    state.put("k", b"kept").unwrap();
    state.set_alarm(Some(5)).unwrap();
    state.commit().unwrap();
    state.put("k", b"undone").unwrap();
    state.savepoint().unwrap();
    state.set_alarm(Some(9)).unwrap();
    state.execute("CREATE TABLE t (x)", &[]).unwrap();
    state.undo().unwrap();
    assert!(!state.is_dirty());
    assert_eq!(state.depth(), 0);
    assert_eq!(state.get("k").unwrap().unwrap(), b"kept");
    assert_eq!(state.alarm().unwrap(), Some(5));
    state.execute("SELECT * FROM t", &[]).unwrap_err();
    state.put("k", b"again").unwrap();
    state.commit().unwrap();
    drop(state);
    assert_eq!(place.state("a").get("k").unwrap().unwrap(), b"again");
}

#[test]
fn savepoints_are_undone_one_by_one() {
    let place = Place::new();
    let state = place.state("a");
    state.put("k", b"outside").unwrap();
    state.savepoint().unwrap();
    state.put("k", b"outer").unwrap();
    state.set_alarm(Some(5)).unwrap();
    state.savepoint().unwrap();
    state.put("k", b"inner").unwrap();
    state.set_alarm(Some(9)).unwrap();
    state.rollback().unwrap();
    assert_eq!(state.get("k").unwrap().unwrap(), b"outer");
    assert_eq!(state.alarm().unwrap(), Some(5));
    state.commit().unwrap();
    assert!(state.is_dirty(), "an open savepoint holds the transaction");
    state.release().unwrap();
    state.savepoint().unwrap();
    state.delete("k").unwrap();
    state.rollback().unwrap();
    state.commit().unwrap();
    state.log().sync().unwrap();
    assert_eq!(state.get("k").unwrap().unwrap(), b"outer");
    let due = place.namespace.alarms().before(i64::MAX, 10).unwrap();
    assert_eq!((due.len(), due[0].time), (1, 5));
}

#[test]
fn savepoints_have_a_limit() {
    let place = Place::new();
    let state = place.state("a");
    for _ in 0..64 {
        state.savepoint().unwrap();
    }
    assert!(!state.savepoint().unwrap_err().is_fatal());
    for _ in 0..64 {
        state.release().unwrap();
    }
    state.commit().unwrap();
}

#[test]
fn everything_is_removed() {
    let place = Place::new();
    let state = place.state("a");
    for number in 0..400 {
        state.put(&format!("k{number}"), &[7; 3000]).unwrap();
    }
    state.set_alarm(Some(77)).unwrap();
    state.set_name("n").unwrap();
    state
        .execute(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT);
             CREATE TABLE child (p REFERENCES parent (id));
             INSERT INTO parent VALUES (3); INSERT INTO child VALUES (3);
             CREATE VIEW v AS SELECT * FROM child; CREATE INDEX i ON child (p);
             CREATE TRIGGER t AFTER INSERT ON child BEGIN DELETE FROM child; END;
             CREATE VIRTUAL TABLE words USING fts5 (text); INSERT INTO words VALUES ('one');
             CREATE TABLE \"odd \"\"name\" (x); ANALYZE",
            &[],
        )
        .unwrap();
    let full = state.database_size().unwrap();
    state.delete_all(false).unwrap();
    assert_eq!(keys(&state, &KeyRange::default()), Vec::<String>::new());
    let left = "SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    assert_eq!(
        state.execute(left, &[]).unwrap().rows,
        Vec::<Vec<SqlValue>>::new()
    );
    assert_eq!(
        (state.alarm().unwrap(), state.name().unwrap().as_deref()),
        (Some(77), Some("n"))
    );
    assert!(state.database_size().unwrap() * 10 < full);
    let on = state.execute("PRAGMA foreign_keys", &[]).unwrap();
    assert_eq!(on.rows, [[SqlValue::Integer(1)]]);
    state.delete_all(true).unwrap();
    assert_eq!(state.alarm().unwrap(), None);
    state.savepoint().unwrap();
    assert!(!state.delete_all(true).unwrap_err().is_fatal());
    state.release().unwrap();
    drop(state);
    let size = std::fs::metadata(place.folder.path().join("worker-Class/a.sqlite"))
        .unwrap()
        .len();
    assert!(size < 200_000, "{size} bytes are left of nothing");
}

/// What a range means, on a map.
fn expected(map: &BTreeMap<String, Vec<u8>>, range: &KeyRange) -> Vec<String> {
    let mut keys: Vec<String> = map
        .keys()
        .filter(|key| range.start.as_ref().is_none_or(|start| *key >= start))
        .filter(|key| range.start_after.as_ref().is_none_or(|after| *key > after))
        .filter(|key| range.end.as_ref().is_none_or(|end| *key < end))
        .filter(|key| {
            range
                .prefix
                .as_ref()
                .is_none_or(|prefix| key.starts_with(prefix))
        })
        .cloned()
        .collect();
    if range.reverse {
        keys.reverse();
    }
    keys.truncate(range.limit.map_or(usize::MAX, |limit| limit as usize));
    keys
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn ranges_are_those_of_a_map(
        stored in proptest::collection::vec("[abé\u{7f}\u{ffff}😀]{0,3}", 0..30),
        ranges in proptest::collection::vec((proptest::option::of("[abé😀]{0,2}"), any::<bool>(), proptest::option::of("[abé\u{ffff}]{0,2}"),
            proptest::option::of("[abé\u{7f}😀]{0,2}"), any::<bool>(), proptest::option::of(1..9_u32)), 30),
    ) {
        let place = Place::new();
        let state = place.state("a");
        let mut map = BTreeMap::new();
        for key in stored {
            state.put(&key, key.as_bytes()).unwrap();
            map.insert(key.clone(), key.into_bytes());
        }
        for (low, exclusive, end, prefix, reverse, limit) in ranges {
            let (start, start_after) = if exclusive { (None, low) } else { (low, None) };
            let range = KeyRange { start, start_after, end, prefix, reverse, limit };
            prop_assert_eq!(keys(&state, &range), expected(&map, &range), "{:?}", range);
        }
    }
}

#[test]
fn who_listens_late_is_told_of_what_was_durable_before() {
    let place = Place::new();
    let state = place.state("a");
    let (told, settled) = std::sync::mpsc::channel();
    state.put("k", b"v").unwrap();
    state.commit().unwrap();
    state.log().sync().unwrap();
    let told = std::sync::Mutex::new(told);
    state.log().listen(move |commit, result| {
        let _ = told.lock().unwrap().send((commit, result.is_ok()));
    });
    assert_eq!(settled.try_recv().unwrap(), (1, true));
    state.put("k", b"w").unwrap();
    state.commit().unwrap();
    let next = settled.iter().find(|(commit, _)| *commit > 1);
    assert_eq!(next, Some((2, true)));
}
