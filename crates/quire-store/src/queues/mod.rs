//! Queues of messages: sent by producers, taken in batches by consumers, given up only when a consumer says so.

mod directory;
mod writer;

pub use directory::QueueDirectory;

use crate::StoreError;

/// How long a message waits for a consumer at most, in milliseconds: four days, as on the original.
pub const RETENTION: i64 = 4 * 24 * 60 * 60 * 1000;

/// How a message's body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// UTF-8.
    Text,
    /// As they are.
    Bytes,
    /// JSON.
    Json,
    /// A structured clone.
    Clone,
}

impl Format {
    /// The number that stands for it, in the database and towards JavaScript.
    pub fn number(self) -> u8 {
        match self {
            Format::Text => 0,
            Format::Bytes => 1,
            Format::Json => 2,
            Format::Clone => 3,
        }
    }

    /// What a number stands for.
    pub fn of(number: u8) -> Self {
        match number {
            0 => Format::Text,
            1 => Format::Bytes,
            2 => Format::Json,
            _ => Format::Clone,
        }
    }
}

/// A message on its way into a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// How its body is written.
    pub format: Format,
    /// What it says.
    pub body: Vec<u8>,
    /// Milliseconds during which nobody gets it.
    pub delay: i64,
}

/// A message that a consumer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What its consumer calls it when it gives it back.
    pub number: i64,
    /// 32 hexadecimal digits.
    pub id: String,
    /// When it was sent, in milliseconds since 1970.
    pub sent: i64,
    /// How its body is written.
    pub format: Format,
    /// What it says.
    pub body: Vec<u8>,
    /// How often it was taken, this time included.
    pub attempts: u32,
}

/// What waits in a queue. What a consumer has at the moment does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Messages.
    pub count: u64,
    /// Their length.
    pub bytes: u64,
    /// When the first of them was sent, in milliseconds since 1970.
    pub oldest: Option<i64>,
}

/// Whether a batch can be taken from a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Messages that may be taken now, up to the number that was asked for.
    pub count: u32,
    /// From when on the first message may be taken, in milliseconds since 1970.
    pub first: Option<i64>,
}

/// How a consumer takes messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    /// The queue.
    pub queue: String,
    /// Messages at a time.
    pub batch_max: u32,
    /// Milliseconds that a message waits for others to fill the batch.
    pub patience: i64,
    /// Batches at a time, all consumers of the queue together. `None` for any number.
    pub concurrency_max: Option<u32>,
    /// What becomes of messages that nobody deals with.
    pub failing: Failing,
}

/// What becomes of messages that nobody deals with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// How often a message is tried again.
    pub retries_max: u32,
    /// The queue that it goes to then. Without one it is dropped.
    pub dead_letters: Option<String>,
}

/// Messages that one consumer has until it [settles](QueueStore::settle) them or its process ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// What the store calls it.
    pub lease: i64,
    /// The messages.
    pub messages: Vec<Message>,
    /// What is left.
    pub backlog: Backlog,
}

/// What a consumer says of a batch. What it says nothing of is done with, and gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The batch.
    pub lease: i64,
    /// The numbers of messages that it failed to deal with, and after how many milliseconds they may be taken again.
    pub failed: Vec<(i64, i64)>,
    /// What becomes of those.
    pub failing: Failing,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The ids of messages that went to the queue of dead letters.
    pub dead: Vec<String>,
    /// The ids of messages that were dropped.
    pub dropped: Vec<String>,
}

/// Called, on any thread, when something is done: durable, or failed.
pub type Done<R> = Box<dyn FnOnce(Result<R, StoreError>) + Send>;

/// Queues, shared by all workers. What a method gives includes everything that is done. Times are in milliseconds since 1970.
pub trait QueueStore: Send + Sync {
    /// Adds messages to a queue, all or none. Gives what waited before. Does not block.
    fn send(&self, queue: &str, messages: Vec<NewMessage>, now: i64, done: Done<Backlog>);

    /// What waits in a queue. Quick enough for a worker's own thread.
    fn backlog(&self, queue: &str) -> Result<Backlog, StoreError>;

    /// Whether up to `most` messages can be taken from a queue. Quick enough for a worker's own thread.
    fn outlook(&self, queue: &str, most: u32, now: i64) -> Result<Outlook, StoreError>;

    /// Takes a batch that is full or has waited for long enough; `None` if there is none, which may be because another worker
    /// has just taken it. Does not block.
    fn take(&self, taking: Taking, now: i64, done: Done<Option<Batch>>);

    /// Ends a batch. Does not block.
    fn settle(&self, settlement: Settlement, now: i64, done: Done<Settled>);

    /// Gives back what processes had that are no more; whether there was anything.
    fn recover(&self, now: i64) -> Result<bool, StoreError>;
}
