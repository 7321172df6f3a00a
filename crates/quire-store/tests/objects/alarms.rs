//! Alarms and their index.

use crate::support::Place;
use quire_store::objects::Alarm;

fn index(place: &Place) -> Vec<(String, i64)> {
    let found = place.namespace.alarms().before(i64::MAX, 100).unwrap();
    found
        .into_iter()
        .map(|Alarm { object, time }| (object, time))
        .collect()
}

#[test]
fn the_index_follows_what_is_committed() {
    let place = Place::new();
    let state = place.state("a");
    let step = |time: Option<i64>, before: &[(String, i64)], after: Option<i64>| {
        state.set_alarm(time).unwrap();
        state.log().sync().unwrap();
        assert_eq!(
            index(&place),
            before,
            "nothing is entered that may still be undone"
        );
        state.commit().unwrap();
        state.log().sync().unwrap();
        let after: Vec<_> = after
            .map(|time| ("a".to_owned(), time))
            .into_iter()
            .collect();
        assert_eq!(index(&place), after);
        after
    };
    let entries = step(Some(50), &[], Some(50));
    let entries = step(Some(20), &entries, Some(20));
    let entries = step(Some(90), &entries, Some(90));
    let entries = step(None, &entries, None);
    step(Some(7), &entries, Some(7));
    assert_eq!(state.alarm().unwrap(), Some(7));
}

#[test]
fn entries_come_by_time() {
    let place = Place::new();
    for (object, time) in [("a", 30), ("b", 10), ("c", 20)] {
        let state = place.state(object);
        state.set_alarm(Some(time)).unwrap();
        state.commit().unwrap();
        state.log().sync().unwrap();
    }
    let before = |time, limit| -> Vec<String> {
        let found = place.namespace.alarms().before(time, limit).unwrap();
        found.into_iter().map(|alarm| alarm.object).collect()
    };
    assert_eq!(before(30, 9), ["b", "c"]);
    assert_eq!(before(31, 9), ["b", "c", "a"]);
    assert_eq!(before(31, 1), ["b"]);
}

#[test]
fn opening_an_object_mends_its_entry() {
    let place = Place::new();
    let state = place.state("a");
    state.set_alarm(Some(40)).unwrap();
    state.set_alarm_retries(2).unwrap();
    state.commit().unwrap();
    state.log().sync().unwrap();
    drop(state);
    // As if killed before the index was written.
    let path = place.folder.path().join("worker-Class/alarms.sqlite");
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute("DELETE FROM alarms", ()).unwrap();
    assert_eq!(index(&place), []);
    let state = place.state("a");
    assert_eq!(index(&place), [("a".to_owned(), 40)]);
    assert_eq!(state.alarm_retries().unwrap(), 2);
    state.set_alarm(None).unwrap();
    state.set_alarm_retries(0).unwrap();
    state.commit().unwrap();
    state.log().sync().unwrap();
    drop(state);
    let sql = "INSERT INTO alarms VALUES ('a', 40)";
    connection.execute(sql, ()).unwrap();
    assert_eq!(
        index(&place),
        [("a".to_owned(), 40)],
        "too early is harmless"
    );
    assert_eq!(place.state("a").alarm_retries().unwrap(), 0);
    assert_eq!(index(&place), []);
}

#[test]
fn threads_write_the_index_together() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let place = &place;
            scope.spawn(move || {
                for turn in 0..5 {
                    let state = place.state(&format!("{thread}-{turn}"));
                    state.set_alarm(Some(turn)).unwrap();
                    state.commit().unwrap();
                    state.log().sync().unwrap();
                }
            });
        }
    });
    assert_eq!(index(&place).len(), 40);
}
