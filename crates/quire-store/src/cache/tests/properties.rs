//! Any sequence of operations gives what a map would give.

use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

#[derive(Clone, Debug)]
enum Step {
    Put(u8, usize, i64),
    Remove(u8),
    Find(u8),
    Wait(i64),
    Sweep,
}

fn step() -> impl Strategy<Value = Step> {
    let url = 0..4_u8;
    prop_oneof![
        (
            url.clone(),
            prop_oneof![0..100_usize, 16_000..17_000_usize, 60_000..70_000_usize],
            1..50_i64
        )
            .prop_map(|(url, length, life)| Step::Put(url, length, life)),
        url.clone().prop_map(Step::Remove),
        url.prop_map(Step::Find),
        (1..40_i64).prop_map(Step::Wait),
        Just(Step::Sweep),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn as_a_map_would(steps in proptest::collection::vec(step(), 1..40)) {
        let folder = TempDir::new().unwrap();
        let store = open(folder.path());
        let mut model: HashMap<u8, (Vec<u8>, i64)> = HashMap::new();
        let mut now = 0;
        for (index, step) in steps.into_iter().enumerate() {
            model.retain(|_, (_, expires)| *expires > now);
            match step {
                Step::Put(url, length, life) => {
                    let body = vec![index as u8; length];
                    put(&store, &format!("http://{url}/"), &body, &head(now, now + life));
                    model.insert(url, (body, now + life));
                }
                Step::Remove(url) => {
                    let removed = store.remove(&key(&format!("http://{url}/")), now).unwrap();
                    prop_assert_eq!(removed, model.remove(&url).is_some());
                }
                Step::Find(url) => {
                    let found = get(&store, &format!("http://{url}/"), now);
                    prop_assert_eq!(found.as_ref(), model.get(&url).map(|(body, _)| body));
                }
                Step::Wait(time) => now += time,
                Step::Sweep => store.sweep(now).unwrap(),
            }
        }
        store.sweep(now).unwrap();
        model.retain(|_, (_, expires)| *expires > now);
        let files = model.values().filter(|(body, _)| body.len() > super::super::draft::INLINE_BYTES_MAX);
        prop_assert_eq!(body_files(folder.path()).len(), files.count());
    }
}
