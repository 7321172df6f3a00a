//! Whatever is done, the store gives what a map in memory gives.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Action {
    Put(String, usize, u8),
    Delete(String),
    List(String, Option<String>, usize),
    Reopen,
}

fn key() -> impl Strategy<Value = String> {
    "[ab\u{7f}é\u{10ffff}]{1,3}"
}

fn action() -> impl Strategy<Value = Action> {
    let length = prop_oneof![4 => 0..2000_usize, 1 => 60_000..70_000_usize];
    prop_oneof![
        4 => (key(), length, any::<u8>()).prop_map(|(key, length, fill)| Action::Put(key, length, fill)),
        2 => key().prop_map(Action::Delete),
        2 => ("[abé]{0,2}", proptest::option::of(key()), 1..5_usize)
            .prop_map(|(prefix, after, limit)| Action::List(prefix, after, limit)),
        1 => Just(Action::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_a_map(actions in proptest::collection::vec(action(), 1..40)) {
        let folder = tempfile::TempDir::new().unwrap();
        let mut store = KvDirectory::open(folder.path()).unwrap();
        let mut model: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for action in actions {
            match action {
                Action::Put(key, length, fill) => {
                    put(&*store, &key, &vec![fill; length]);
                    model.insert(key, vec![fill; length]);
                }
                Action::Delete(key) => {
                    delete(&*store, &key);
                    model.remove(&key);
                }
                Action::List(prefix, after, limit) => {
                    let page = list(&*store, &prefix, after.as_deref(), limit);
                    let mut expected: Vec<&str> = model
                        .keys()
                        .filter(|key| key.starts_with(&prefix))
                        .filter(|key| after.as_ref().is_none_or(|after| *key > after))
                        .map(String::as_str)
                        .collect();
                    prop_assert_eq!(page.complete, expected.len() <= limit);
                    expected.truncate(limit);
                    prop_assert_eq!(names(&page), expected);
                }
                Action::Reopen => {
                    drop(store);
                    store = KvDirectory::open(folder.path()).unwrap();
                }
            }
            for key in ["a", "b", "é"] {
                prop_assert_eq!(get(&*store, key), model.get(key).cloned());
            }
        }
        for (key, value) in &model {
            prop_assert_eq!(get(&*store, key), Some(value.clone()));
        }
    }
}
