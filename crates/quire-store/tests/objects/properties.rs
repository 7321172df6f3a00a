//! Any sequence of operations against a model, and any SQL against our own tables.

use crate::bodies;
use crate::support::Place;
use proptest::prelude::*;
use quire_store::objects::{KeyRange, ObjectState};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Operation {
    Put(u8, u8),
    Delete(u8),
    Alarm(Option<i64>),
    Savepoint,
    Release,
    Rollback,
    Commit,
    DeleteAll,
    /// The process ends without a commit, and another one begins.
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => (0..6_u8, any::<u8>()).prop_map(|(key, value)| Operation::Put(key, value)),
        2 => (0..6_u8).prop_map(Operation::Delete),
        2 => proptest::option::of(1..50_i64).prop_map(Operation::Alarm),
        2 => Just(Operation::Savepoint),
        2 => Just(Operation::Release),
        2 => Just(Operation::Rollback),
        3 => Just(Operation::Commit),
        1 => Just(Operation::DeleteAll),
        1 => Just(Operation::Reopen),
    ]
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    values: BTreeMap<String, Vec<u8>>,
    alarm: Option<i64>,
}

impl Model {
    fn of(state: &ObjectState) -> Self {
        Self {
            values: state
                .list(&KeyRange::default())
                .unwrap()
                .into_iter()
                .collect(),
            alarm: state.alarm().unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn operations_do_what_a_model_does(operations in proptest::collection::vec(operation(), 1..60)) {
        let place = Place::new();
        let mut state = place.state("a");
        let (mut committed, mut now, mut savepoints) = (Model::default(), Model::default(), Vec::<Model>::new());
        for operation in operations {
            match operation {
                Operation::Put(key, value) => {
                    state.put(&key.to_string(), &[value]).unwrap();
                    now.values.insert(key.to_string(), vec![value]);
                }
                Operation::Delete(key) => {
                    let there = state.delete(&key.to_string()).unwrap();
                    prop_assert_eq!(there, now.values.remove(&key.to_string()).is_some());
                }
                Operation::Alarm(time) => {
                    state.set_alarm(time).unwrap();
                    now.alarm = time;
                }
                Operation::Savepoint => {
                    state.savepoint().unwrap();
                    savepoints.push(now.clone());
                }
                Operation::Release => {
                    if savepoints.pop().is_some() {
                        state.release().unwrap();
                    }
                }
                Operation::Rollback => {
                    if let Some(before) = savepoints.pop() {
                        state.rollback().unwrap();
                        now = before;
                    }
                }
                Operation::Commit => {
                    state.commit().unwrap();
                    if savepoints.is_empty() {
                        committed = now.clone();
                    }
                }
                Operation::DeleteAll => {
                    if savepoints.is_empty() {
                        state.delete_all(true).unwrap();
                        (now, committed) = Default::default();
                    }
                }
                Operation::Reopen => {
                    drop(state);
                    state = place.state("a");
                    now = committed.clone();
                    savepoints.clear();
                    prop_assert_eq!(place.namespace.alarms().get("a").unwrap(), now.alarm);
                }
            }
            prop_assert_eq!(&Model::of(&state), &now);
        }
    }

    #[test]
    fn no_sql_reaches_our_tables_or_ends_our_transaction(
        bytes in proptest::collection::vec(prop_oneof![8 => 0..44_u8, 1 => any::<u8>()], 1..12),
    ) {
        bodies::sql(&bytes);
    }
}
