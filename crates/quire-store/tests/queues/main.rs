//! Queues: who gets which messages when, and what becomes of them when consumers fail or die.
#![allow(clippy::unwrap_used)]

mod model;
mod processes;

use quire_store::StoreError;
use quire_store::queues::{
    Backlog, Batch, Failing, Format, Message, NewMessage, QueueDirectory, QueueStore, RETENTION,
    Settled, Settlement, Taking,
};
use std::path::Path;
use std::sync::mpsc::channel;

fn message(body: &str) -> NewMessage {
    NewMessage {
        format: Format::Text,
        body: body.into(),
        delay: 0,
    }
}

fn taking(queue: &str) -> Taking {
    Taking {
        queue: queue.to_owned(),
        batch_max: 3,
        patience: 0,
        concurrency_max: None,
        failing: failing(None),
    }
}

fn failing(dead_letters: Option<&str>) -> Failing {
    Failing {
        retries_max: 1,
        dead_letters: dead_letters.map(str::to_owned),
    }
}

/// Waits for what the store gives to a callback.
fn wait<R: Send + 'static>(
    begin: impl FnOnce(Box<dyn FnOnce(Result<R, StoreError>) + Send>),
) -> Result<R, StoreError> {
    let (sender, outcome) = channel();
    begin(Box::new(move |result| {
        sender.send(result).unwrap_or_default()
    }));
    outcome.recv().unwrap()
}

fn send(store: &QueueDirectory, queue: &str, messages: Vec<NewMessage>, now: i64) -> Backlog {
    wait(|done| store.send(queue, messages, now, done)).unwrap()
}

fn take(store: &QueueDirectory, taking: Taking, now: i64) -> Option<Batch> {
    wait(|done| store.take(taking, now, done)).unwrap()
}

fn settle(
    store: &QueueDirectory,
    lease: i64,
    failed: Vec<(i64, i64)>,
    failing: Failing,
    now: i64,
) -> Settled {
    let settlement = Settlement {
        lease,
        failed,
        failing,
    };
    wait(|done| store.settle(settlement, now, done)).unwrap()
}

fn texts(batch: Option<Batch>) -> Vec<String> {
    let messages = batch.into_iter().flat_map(|batch| batch.messages);
    messages.map(|message| text(&message)).collect()
}

fn text(message: &Message) -> String {
    String::from_utf8(message.body.clone()).unwrap()
}

fn open(folder: &Path) -> QueueDirectory {
    QueueDirectory::open_again(folder).unwrap()
}

#[test]
fn batches_are_full_or_have_waited() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = open(folder.path());
    let patient = || Taking {
        patience: 1000,
        ..taking("q")
    };
    assert_eq!(take(&store, patient(), 0), None);
    let before = send(&store, "q", vec![message("a"), message("b")], 10);
    assert_eq!(before, Backlog::default());
    assert_eq!(take(&store, patient(), 1009), None, "others may come");
    let before = send(&store, "q", vec![message("c"), message("d")], 500);
    assert_eq!(
        before,
        Backlog {
            count: 2,
            bytes: 2,
            oldest: Some(10)
        }
    );
    let batch = take(&store, patient(), 500).unwrap();
    assert_eq!(
        batch.backlog,
        Backlog {
            count: 1,
            bytes: 1,
            oldest: Some(500)
        }
    );
    assert!(batch.messages.iter().all(|message| message.attempts == 1));
    assert_eq!(texts(Some(batch)), ["a", "b", "c"], "it is full");
    assert_eq!(take(&store, patient(), 1499), None);
    assert_eq!(texts(take(&store, patient(), 1500)), ["d"], "it has waited");
    assert_eq!(store.backlog("q").unwrap(), Backlog::default());
}

#[test]
fn messages_that_are_put_off_come_later() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = open(folder.path());
    let late = NewMessage {
        delay: 5000,
        ..message("late")
    };
    send(&store, "q", vec![late, message("soon")], 0);
    let outlook = store.outlook("q", 3, 0).unwrap();
    assert_eq!((outlook.count, outlook.first), (1, Some(0)));
    assert_eq!(texts(take(&store, taking("q"), 4999)), ["soon"]);
    assert_eq!(store.outlook("q", 3, 4999).unwrap().first, Some(5000));
    assert_eq!(take(&store, taking("q"), 4999), None);
    assert_eq!(texts(take(&store, taking("q"), 5000)), ["late"]);
}

#[test]
fn what_fails_is_tried_again_and_then_a_dead_letter() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = open(folder.path());
    send(&store, "q", vec![message("good"), message("bad")], 0);
    let batch = take(&store, taking("q"), 0).unwrap();
    let [good, bad] = batch.messages.as_slice() else {
        panic!("{batch:?}");
    };
    assert_ne!(good.id, bad.id);
    let (id, number) = (bad.id.clone(), bad.number);
    let dead = || failing(Some("dead"));
    let settled = settle(&store, batch.lease, vec![(number, 100)], dead(), 0);
    assert_eq!(settled, Settled::default());
    assert_eq!(take(&store, taking("q"), 99), None);
    let batch = take(&store, taking("q"), 100).unwrap();
    assert_eq!((batch.messages.len(), batch.messages[0].attempts), (1, 2));
    let settled = settle(&store, batch.lease, vec![(number, 0)], dead(), 200);
    assert_eq!(settled.dead, [id.as_str()]);
    assert_eq!(take(&store, taking("q"), 1000), None);
    let batch = take(&store, taking("dead"), 200).unwrap();
    let letter = &batch.messages[0];
    assert_eq!(
        (&letter.id, letter.attempts, letter.sent),
        (&id, 1, 0),
        "it is the same message"
    );
    for (now, dropped) in [(300, &[][..]), (400, &[id.as_str()][..])] {
        let batch = match now {
            300 => batch.clone(),
            _ => take(&store, taking("dead"), now).unwrap(),
        };
        let settled = settle(&store, batch.lease, vec![(number, 0)], failing(None), now);
        assert_eq!(settled.dropped, dropped);
    }
    assert_eq!(take(&store, taking("dead"), 1000), None);
    assert_eq!(store.backlogs().unwrap(), []);
}

#[test]
fn so_many_batches_at_a_time() {
    let folder = tempfile::TempDir::new().unwrap();
    let (store, other) = (open(folder.path()), open(folder.path()));
    let limited = || Taking {
        batch_max: 1,
        concurrency_max: Some(2),
        ..taking("q")
    };
    send(
        &store,
        "q",
        vec![message("a"), message("b"), message("c")],
        0,
    );
    let first = take(&store, limited(), 0).unwrap();
    assert!(take(&other, limited(), 0).is_some());
    assert_eq!(take(&store, limited(), 0), None);
    assert_eq!(take(&other, limited(), 0), None);
    settle(&store, first.lease, Vec::new(), failing(None), 0);
    assert_eq!(texts(take(&other, limited(), 0)), ["c"]);
}

#[test]
fn what_the_dead_had_others_get() {
    let folder = tempfile::TempDir::new().unwrap();
    let (store, other) = (open(folder.path()), open(folder.path()));
    send(&store, "q", vec![message("a"), message("b")], 0);
    assert!(!other.recover(0).unwrap());
    let batch = take(&store, taking("q"), 0).unwrap();
    assert!(!other.recover(0).unwrap(), "it lives");
    assert_eq!(take(&other, taking("q"), 0), None);
    drop(store);
    assert!(eventually(|| other.recover(7).unwrap()));
    let again = take(&other, taking("q"), 7).unwrap();
    assert_eq!(texts(Some(again.clone())), ["a", "b"]);
    assert_eq!(again.messages[0].attempts, 2);
    // Whoever was thought dead has nothing to say any more.
    settle(&other, batch.lease, Vec::new(), failing(None), 8);
    assert_eq!(other.backlog("q").unwrap().count, 0);
    settle(
        &other,
        again.lease,
        again
            .messages
            .iter()
            .map(|message| (message.number, 0))
            .collect(),
        failing(None),
        9,
    );
    assert_eq!(
        texts(take(&other, taking("q"), 9)),
        ["a", "b"],
        "an interruption is no failure"
    );
}

#[test]
fn messages_that_kill_their_consumers_become_dead_letters_if_there_is_a_queue_for_them() {
    for dead_letters in [None, Some("dead")] {
        let folder = tempfile::TempDir::new().unwrap();
        let taking = || Taking {
            failing: failing(dead_letters),
            ..taking("q")
        };
        // What is too old would be removed.
        let mut now = now();
        send(&open(folder.path()), "q", vec![message("a")], now);
        for death in 0..4 {
            let store = open(folder.path());
            if death > 0 {
                assert!(eventually(|| store.recover(now).unwrap()));
                let ready = store.outlook("q", 1, now).unwrap().first.unwrap();
                assert_eq!(
                    ready > now,
                    death > 1,
                    "it is put off from the second time on"
                );
                now = ready;
            }
            let taken = take(&store, taking(), now);
            match (death, dead_letters) {
                (2.., Some(queue)) => {
                    assert_eq!(taken, None);
                    assert_eq!(store.backlog(queue).unwrap().count, 1);
                    break;
                }
                _ => assert_eq!(taken.unwrap().messages[0].attempts, death + 1),
            }
        }
    }
}

#[test]
fn what_nobody_wants_is_removed_after_days() {
    let folder = tempfile::TempDir::new().unwrap();
    let old = now() - RETENTION - 1;
    let store = open(folder.path());
    send(&store, "q", vec![message("old"); 300], old);
    send(&store, "q", vec![message("new")], now());
    drop(store);
    // A store looks for them when it is opened.
    let store = open(folder.path());
    assert!(eventually(|| store.backlog("q").unwrap().count == 1));
    assert_eq!(texts(take(&store, taking("q"), now())), ["new"]);
}

#[test]
fn queues_are_listed_and_emptied() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = open(folder.path());
    send(&store, "b", vec![message("x"), message("yy")], 5);
    send(&store, "a", vec![message("z")], 6);
    let names = |store: &QueueDirectory| -> Vec<(String, u64)> {
        let backlogs = store.backlogs().unwrap().into_iter();
        backlogs
            .map(|(queue, backlog)| (queue, backlog.bytes))
            .collect()
    };
    assert_eq!(names(&store), [("a".to_owned(), 1), ("b".to_owned(), 3)]);
    assert_eq!(store.purge("b").unwrap(), 2);
    assert_eq!(names(&store), [("a".to_owned(), 1)]);
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_millis() as i64
}

/// Whether something holds soon.
fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    let began = std::time::Instant::now();
    while began.elapsed() < std::time::Duration::from_secs(20) {
        if holds() {
            return true;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    false
}
