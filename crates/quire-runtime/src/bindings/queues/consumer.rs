//! Has a program deal with the messages of the queues that it reads from.
//!
//! Each worker looks for batches by itself, and takes one by a transaction of the store: so any number of them may look. Whoever
//! sends a message wakes the consumer of its own worker; what other workers send, what was put off, and what
//! workers had that are no more is found by looking from time to time.

use super::{DELAY_MAX, Store, done, now, numbers};
use crate::core::body::Body;
use crate::core::body_ops::handle;
use crate::core::outcome::{Failure, FailureKind, Outcome};
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use quire_jsc::{Arg, Exception};
use quire_store::queues::{Batch, Failing, Format, Message, QueueStore, Settlement, Taking};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

/// How often a queue is looked at that nobody here sends to.
const SCAN: Duration = Duration::from_secs(1);

/// How long to wait after the store failed.
const PAUSE: Duration = Duration::from_secs(5);

/// A queue that a program reads from, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumer {
    /// The name of the queue.
    pub queue: String,
    /// Messages at a time.
    pub batch_max: u32,
    /// Seconds that a message waits for others to fill the batch.
    pub batch_timeout: u32,
    /// How often a message that failed is tried again.
    pub retries_max: u32,
    /// Seconds to hold a message back before it is tried again, unless the handler says otherwise.
    pub retry_delay: u32,
    /// The queue that a message goes to which failed for the last time; without one it is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letters: Option<String>,
    /// Batches at a time, in all workers together; `None` for one in each of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency_max: Option<u32>,
}

impl Consumer {
    fn failing(&self) -> Failing {
        Failing {
            retries_max: self.retries_max,
            dead_letters: self.dead_letters.clone(),
        }
    }

    fn taking(&self) -> Taking {
        Taking {
            queue: self.queue.clone(),
            batch_max: self.batch_max,
            patience: milliseconds(self.batch_timeout),
            concurrency_max: self.concurrency_max,
            failing: self.failing(),
        }
    }
}

fn milliseconds(seconds: u32) -> i64 {
    i64::from(seconds) * 1000
}

/// What a program reads from.
pub(crate) struct Consumers {
    realm: Rc<Realm>,
    /// Emptied when they start.
    waiting: RefCell<Vec<Consumer>>,
    stopped: watch::Sender<bool>,
}

impl Consumers {
    pub(crate) fn new(realm: &Rc<Realm>, consumers: Vec<Consumer>) -> Self {
        Self {
            realm: realm.clone(),
            waiting: RefCell::new(consumers),
            stopped: watch::channel(false).0,
        }
    }

    /// From now on batches are taken.
    pub(crate) fn start(&self) {
        let store = Store::default();
        for consumer in self.waiting.take() {
            let reader = Rc::new(Reader {
                wake: self.realm.programs().listen(&consumer.queue),
                realm: self.realm.clone(),
                store: store.clone(),
                consumer,
                under_way: Cell::new(0),
                recovered: Cell::new(None),
                trouble: RefCell::default(),
            });
            tokio::task::spawn_local(reader.run(self.stopped.subscribe()));
        }
    }

    /// No batch is taken any more; those that were are dealt with.
    pub(crate) fn stop(&self) {
        self.stopped.send_replace(true);
    }
}

/// Reads from one queue.
struct Reader {
    realm: Rc<Realm>,
    store: Store,
    consumer: Consumer,
    wake: Rc<Notify>,
    /// Batches that the program deals with.
    under_way: Cell<u32>,
    /// When what other workers left behind was last looked for.
    recovered: Cell<Option<Instant>>,
    /// What was last said to be wrong with the store.
    trouble: RefCell<Option<String>>,
}

impl Reader {
    async fn run(self: Rc<Self>, mut stopped: watch::Receiver<bool>) {
        loop {
            let pause = match self.look(&stopped).await {
                Ok(pause) => {
                    self.trouble.take();
                    pause
                }
                Err(reason) => {
                    self.complain(&reason);
                    PAUSE
                }
            };
            tokio::select! {
                biased;
                // An error means that the program has ended.
                _ = stopped.wait_for(|stopped| *stopped) => return,
                () = self.wake.notified() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Says what is wrong, once.
    fn complain(&self, reason: &str) {
        let mut trouble = self.trouble.borrow_mut();
        if trouble.as_deref() != Some(reason) {
            let queue = &self.consumer.queue;
            let text = format!("the queue \"{queue}\" cannot be read: {reason}");
            self.realm.log("error", &text);
            *trouble = Some(reason.to_owned());
        }
    }

    /// Takes the batches that are due; gives for how long there will be none, as far as is known.
    async fn look(self: &Rc<Self>, stopped: &watch::Receiver<bool>) -> Result<Duration, String> {
        let store = self.store.open(&self.realm)?;
        self.recover(&store).await?;
        let most = self.consumer.concurrency_max.unwrap_or(1);
        // When one of them ends, this one is woken.
        while self.under_way.get() < most && !*stopped.borrow() {
            let now = now();
            let Consumer {
                queue, batch_max, ..
            } = &self.consumer;
            let outlook = store.outlook(queue, *batch_max, now);
            let outlook = outlook.map_err(|error| error.to_string())?;
            let due = match outlook.first {
                None => return Ok(SCAN),
                Some(_) if outlook.count >= *batch_max => now,
                Some(first) => first + milliseconds(self.consumer.batch_timeout),
            };
            if due > now {
                return Ok(SCAN.min(Duration::from_millis((due - now).unsigned_abs())));
            }
            let (done, taken) = done();
            store.take(self.consumer.taking(), now, done);
            match taken.await? {
                Some(batch) => self.begin(store.clone(), batch),
                // Another worker was faster, or has as many batches as there may be.
                None => return Ok(SCAN),
            }
        }
        Ok(SCAN)
    }

    /// Gives back what workers had that are no more.
    async fn recover(&self, store: &Arc<dyn QueueStore>) -> Result<(), String> {
        let is_recent = |at: Instant| at.elapsed() < SCAN;
        if self.recovered.get().is_some_and(is_recent) {
            return Ok(());
        }
        let store = store.clone();
        let recovered = tokio::task::spawn_blocking(move || store.recover(now())).await;
        let recovered = recovered.map_err(|error| error.to_string())?;
        recovered.map_err(|error| error.to_string())?;
        self.recovered.set(Some(Instant::now()));
        Ok(())
    }

    fn begin(self: &Rc<Self>, store: Arc<dyn QueueStore>, batch: Batch) {
        self.under_way.set(self.under_way.get() + 1);
        let this = self.clone();
        tokio::task::spawn_local(async move {
            this.deal_with(&*store, batch).await;
            this.under_way.set(this.under_way.get() - 1);
            this.wake.notify_one();
        });
    }

    /// Has the program deal with a batch, and settles it.
    async fn deal_with(&self, store: &dyn QueueStore, batch: Batch) {
        let request = RequestContext::called(&self.realm, 0);
        let outcome = request.expect_outcome();
        let delivery = Rc::new(Delivery::default());
        request.resources.insert(request.id(), delivery.clone());
        self.realm.enter(Some(request.clone()), |realm| {
            deliver(realm, request.id(), &self.consumer.queue, &batch)
        });
        let most = self.realm.limits().handlers;
        let failure = failure(timeout(most, outcome).await, most);
        if let Some(failure) = &failure {
            let text = failure.stack.as_ref().unwrap_or(&failure.message);
            self.realm.log("error", text);
            self.ask_for_verdict(&request);
        }
        let verdict = delivery.0.take().unwrap_or_else(|| Verdict::all(&batch));
        self.settle(store, &batch, verdict).await;
        request.client_done(false);
    }

    /// The handler did not come to its end, but may have said something of single messages.
    fn ask_for_verdict(&self, request: &Rc<RequestContext>) {
        self.realm.enter(Some(request.clone()), |realm| {
            let number = Arg::Number(request.id() as f64);
            let ask = realm.internal("interruptBatch")?;
            ask.call_and_forget(None, [number])
        });
    }

    /// Tells the store, until it has taken it in: before that the messages are with this worker, and nobody else gets them.
    async fn settle(&self, store: &dyn QueueStore, batch: &Batch, verdict: Verdict) {
        let settlement = Settlement {
            lease: batch.lease,
            failed: self.failed(batch, verdict),
            failing: self.consumer.failing(),
        };
        let settled = loop {
            let (done, settled) = done();
            store.settle(settlement.clone(), now(), done);
            match settled.await {
                Ok(settled) => break settled,
                Err(reason) => {
                    self.complain(&reason);
                    sleep(PAUSE).await;
                }
            }
        };
        let Consumer {
            queue, retries_max, ..
        } = &self.consumer;
        let plural = if *retries_max == 0 { "" } else { "s" };
        let attempts = format!("{} failed attempt{plural}", retries_max + 1);
        for id in &settled.dropped {
            let text = format!("Dropped message \"{id}\" on queue \"{queue}\" after {attempts}!");
            self.realm.log("warn", &text);
        }
        let Some(dead_letters) = &self.consumer.dead_letters else {
            return;
        };
        for id in &settled.dead {
            let text = format!(
                "Moving message \"{id}\" on queue \"{queue}\" to dead letter queue \"{dead_letters}\" after {attempts}..."
            );
            self.realm.log("warn", &text);
        }
        if !settled.dead.is_empty() {
            self.realm.programs().announce(dead_letters);
        }
    }

    /// The messages that failed, and for how many milliseconds each is put off.
    fn failed(&self, batch: &Batch, verdict: Verdict) -> Vec<(i64, i64)> {
        let delays = verdict.delays.into_iter();
        let failed = verdict.failed.into_iter().zip(delays);
        failed
            .filter_map(|(index, delay)| {
                let number = batch.messages.get(index)?.number;
                let delay = delay.unwrap_or_else(|| i64::from(self.consumer.retry_delay));
                Some((number, delay.clamp(0, DELAY_MAX) * 1000))
            })
            .collect()
    }
}

/// What the program says of a batch that it has. Among the resources of the request that deals with it, under its own number.
#[derive(Default)]
struct Delivery(Cell<Option<Verdict>>);

/// Which messages of a batch failed, by their places in it, and for how many seconds each is put off.
#[derive(Deserialize)]
struct Verdict {
    failed: Vec<usize>,
    delays: Vec<Option<i64>>,
}

impl Verdict {
    /// All of them failed.
    fn all(batch: &Batch) -> Self {
        let count = batch.messages.len();
        Self {
            failed: (0..count).collect(),
            delays: vec![None; count],
        }
    }
}

pub(super) fn install(realm: &Realm) {
    // (request, JSON of a verdict, whether the handler came to an end)
    realm.realm_op("queue_verdict", |realm, call| {
        let Some(request) = realm.request(handle(call, 0)?) else {
            return Ok(());
        };
        if let (Some(delivery), Ok(verdict)) = (
            request.resources.get::<Delivery>(request.id()),
            serde_json::from_str(&call.string(1)?),
        ) {
            delivery.0.set(Some(verdict));
        }
        if call.boolean(2) {
            request.finish(Ok(http::Response::new(Body::empty())));
        }
        Ok(())
    });
}

/// Hands a batch to JavaScript.
fn deliver(realm: &Realm, request: u64, queue: &str, batch: &Batch) -> Result<(), Exception> {
    let messages: Vec<_> = batch.messages.iter().map(described).collect();
    let description = json!({
        "queue": queue,
        "messages": messages,
        "backlog": numbers(&batch.backlog),
    });
    let bodies = batch.messages.iter().map(|message| {
        let context = realm.context();
        match message.format {
            Format::Text | Format::Json => {
                Ok(context.string(&String::from_utf8_lossy(&message.body)))
            }
            Format::Bytes | Format::Clone => context.uint8_array(message.body.clone()),
        }
    });
    let bodies = bodies.collect::<Result<Vec<_>, _>>()?;
    let bodies = realm.context().array(&bodies)?;
    realm.internal("deliverBatch")?.call_and_forget(
        None,
        [
            Arg::Number(request as f64),
            Arg::String(&description.to_string()),
            Arg::Value(&bodies),
        ],
    )
}

/// A message as `deliverBatch` of batch.js takes it, without its body.
fn described(message: &Message) -> serde_json::Value {
    let format = message.format.number();
    json!({ "id": message.id, "timestamp": message.sent, "attempts": message.attempts, "format": format })
}

/// Why the handler did not come to an end.
fn failure(
    outcome: Result<Result<Outcome, oneshot::error::RecvError>, tokio::time::error::Elapsed>,
    most: Duration,
) -> Option<Failure> {
    match outcome {
        Ok(Ok(Ok(_))) => None,
        Ok(Ok(Err(failure))) => Some(failure),
        Ok(Err(_)) => Some(Failure::new(
            FailureKind::Stopped,
            "the runtime was stopped",
        )),
        Err(_) => Some(Failure::new(
            FailureKind::TimeLimit,
            format!(
                "the handler of a queue took more than {} seconds",
                most.as_secs_f64()
            ),
        )),
    }
}
