//! Anything that producers and consumers may do, against what a message may expect.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const QUEUE: &str = "q";
const RETRIES_MAX: u32 = 2;

#[derive(Clone, Debug)]
enum Step {
    Send {
        count: usize,
        delay: i64,
    },
    Take,
    /// Settles the oldest batch; bits of the number say which messages failed.
    Settle {
        failed: u8,
        delay: i64,
    },
    /// The consumer's process ends, and another one begins.
    Die,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1_usize..6, 0_i64..30).prop_map(|(count, delay)| Step::Send { count, delay }),
        4 => Just(Step::Take),
        4 => (any::<u8>(), 0_i64..30).prop_map(|(failed, delay)| Step::Settle { failed, delay }),
        1 => Just(Step::Die),
        3 => (0_i64..40).prop_map(Step::Wait),
    ]
}

/// Where a message is.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    Waits { from: i64 },
    Taken,
    Done,
    Dead,
}

#[derive(Clone, Debug)]
struct Known {
    place: Place,
    attempts: u32,
    failures: u32,
}

fn rules() -> Failing {
    Failing {
        retries_max: RETRIES_MAX,
        dead_letters: Some("dead".to_owned()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_message_goes_its_way(steps in prop::collection::vec(step(), 1..60)) {
        let folder = tempfile::TempDir::new().unwrap();
        let observer = open(folder.path());
        let mut store = open(folder.path());
        // What is too old would be removed.
        let mut now = super::now();
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        let mut batches: Vec<Batch> = Vec::new();
        for step in steps {
            match step {
                Step::Send { count, delay } => {
                    let messages = (0..count).map(|index| NewMessage {
                        delay,
                        ..message(&format!("{}", known.len() + index))
                    });
                    let messages: Vec<NewMessage> = messages.collect();
                    for sent in &messages {
                        let body = String::from_utf8(sent.body.clone()).unwrap();
                        let place = Place::Waits { from: now + delay };
                        known.insert(body, Known { place, attempts: 0, failures: 0 });
                    }
                    send(&store, QUEUE, messages, now);
                }
                Step::Take => {
                    let ready = known.values().filter(|known| is_ready(known, now)).count();
                    let taking = Taking { failing: rules(), ..taking(QUEUE) };
                    let taken = take(&store, taking, now);
                    // Those whose consumers died too often have become dead letters.
                    for (_, known) in known.iter_mut().filter(|(_, known)| is_ready(known, now)) {
                        let first = known.attempts - known.failures > RETRIES_MAX;
                        if first && observer.backlog("dead").unwrap().count > 0 && taken.as_ref().is_none_or(|batch| batch.messages.len() < ready.min(3)) {
                            known.place = Place::Dead;
                        }
                    }
                    for taken in taken.iter().flat_map(|batch| &batch.messages) {
                        let known = known.get_mut(&text(taken)).unwrap();
                        prop_assert!(is_ready(known, now), "{taken:?} was {known:?} at {now}");
                        known.place = Place::Taken;
                        known.attempts += 1;
                        prop_assert_eq!(taken.attempts, known.attempts);
                    }
                    prop_assert!(taken.as_ref().is_none_or(|batch| (1..=3).contains(&batch.messages.len())));
                    batches.extend(taken);
                }
                Step::Settle { failed, delay } => {
                    if batches.is_empty() {
                        continue;
                    }
                    let batch = batches.remove(0);
                    let fails = |index: usize| failed >> index & 1 == 1;
                    let failed = batch.messages.iter().enumerate().filter(|(index, _)| fails(*index));
                    let failed = failed.map(|(_, message)| (message.number, delay)).collect();
                    let settled = settle(&store, batch.lease, failed, rules(), now);
                    for (index, message) in batch.messages.iter().enumerate() {
                        let known = known.get_mut(&text(message)).unwrap();
                        known.failures += u32::from(fails(index));
                        known.place = match fails(index) {
                            false => Place::Done,
                            true if known.failures > RETRIES_MAX => Place::Dead,
                            true => Place::Waits { from: now + delay },
                        };
                        prop_assert_eq!(settled.dead.contains(&message.id), known.place == Place::Dead);
                    }
                    prop_assert!(settled.dropped.is_empty());
                }
                Step::Die => {
                    drop(std::mem::replace(&mut store, open(folder.path())));
                    if !batches.is_empty() {
                        prop_assert!(eventually(|| store.recover(now).unwrap()));
                    }
                    for message in batches.drain(..).flat_map(|batch| batch.messages) {
                        let known = known.get_mut(&text(&message)).unwrap();
                        // From the second time on it is put off, by a second at least.
                        let from = if known.attempts - known.failures < 2 { now } else { now + 1000 };
                        known.place = Place::Waits { from };
                    }
                }
                Step::Wait(time) => now += time,
            }
            let waiting = known.values().filter(|known| matches!(known.place, Place::Waits { .. }));
            prop_assert_eq!(observer.backlog(QUEUE).unwrap().count, waiting.count() as u64);
            let dead = known.values().filter(|known| known.place == Place::Dead);
            prop_assert_eq!(observer.backlog("dead").unwrap().count, dead.count() as u64);
        }
    }
}

fn is_ready(known: &Known, now: i64) -> bool {
    matches!(known.place, Place::Waits { from } if from <= now)
}
