//! Queues, on quire-store's.
//!
//! * `producer.js`, `producer.rs`: `WorkerQueue`, to which programs send messages.
//! * `consumer.rs`: has a program deal with the messages of a queue; `batch.js` is what its handler gets.

mod consumer;
mod producer;

use crate::bindings::opened::Opened;
use crate::core::realm::Realm;
pub use consumer::Consumer;
pub(crate) use consumer::Consumers;
use quire_store::StoreError;
use quire_store::queues::{Backlog, Done, QueueDirectory, QueueStore};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;

pub(super) const SOURCES: &[(&str, &str)] = &[
    ("bindings/queues/producer.js", include_str!("producer.js")),
    ("bindings/queues/batch.js", include_str!("batch.js")),
];

/// The longest that a message may be held back, in seconds.
const DELAY_MAX: i64 = 86_400;

pub(super) fn install(realm: &Realm) {
    producer::install(realm);
    consumer::install(realm);
}

/// The queues of the data folder, opened when a program first uses them. Clones are the same.
#[derive(Clone, Default)]
struct Store(Opened<QueueDirectory>);

impl Store {
    fn open(&self, realm: &Realm) -> Result<Arc<dyn QueueStore>, String> {
        let opened = self.0.get(realm, "queues", QueueDirectory::open);
        Ok(opened.map_err(|error| error.to_string())?)
    }
}

/// What to give to the store, and what tells of the outcome.
fn done<R: Send + 'static>() -> (
    Done<R>,
    impl Future<Output = Result<R, String>> + use<R> + 'static,
) {
    let (sender, outcome) = oneshot::channel::<Result<R, StoreError>>();
    // Nobody waits any more when the request has ended.
    let done = Box::new(move |result| drop(sender.send(result)));
    let outcome = async {
        match outcome.await {
            Ok(result) => result.map_err(|error| error.to_string()),
            Err(_) => Err("the program is ending".to_owned()),
        }
    };
    (done, outcome)
}

/// Messages, bytes, and when the first was sent, or -1: what `metrics` of producer.js takes.
fn numbers(backlog: &Backlog) -> [f64; 3] {
    let oldest = backlog.oldest.unwrap_or(-1);
    [backlog.count as f64, backlog.bytes as f64, oldest as f64]
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_millis() as i64)
}
