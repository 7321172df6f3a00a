//! Key-value namespaces.

mod directory;
mod recent;
mod writer;

pub use directory::KvDirectory;

use crate::StoreError;
use crate::blobs::Blob;

/// The longest value in bytes.
pub const VALUE_BYTES_MAX: u64 = 25 * 1024 * 1024;

/// Values up to this size are handed over whole; longer ones go through a [draft](KvStore::draft).
pub const SMALL_BYTES_MAX: usize = 64 * 1024;

/// All of an entry but its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvHead {
    /// Which namespace.
    pub namespace: String,
    /// The key.
    pub key: String,
    /// From which second since 1970 on it is gone.
    pub expires: Option<i64>,
    /// JSON that belongs to it.
    pub metadata: Option<String>,
}

/// An entry as it is found.
#[derive(Debug)]
pub struct KvEntry {
    /// The value.
    pub value: Blob,
    /// JSON that belongs to it.
    pub metadata: Option<String>,
}

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KvListing {
    /// Which namespace.
    pub namespace: String,
    /// What the keys begin with.
    pub prefix: String,
    /// The key after which the list begins, if not at the first one.
    pub after: Option<Vec<u8>>,
    /// How many keys at most.
    pub limit: usize,
}

/// A key in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvKey {
    /// The key.
    pub name: String,
    /// From which second since 1970 on it is gone.
    pub expires: Option<i64>,
    /// JSON that belongs to it.
    pub metadata: Option<String>,
}

/// Keys in the order of their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KvPage {
    /// The keys.
    pub keys: Vec<KvKey>,
    /// Whether there are no more.
    pub complete: bool,
}

/// A namespace that has a name or entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvNamespace {
    /// What selects it.
    pub id: String,
    /// What it was called when it was created; its id if it never was.
    pub title: String,
}

/// Called, on any thread, when a write is done: durable, or failed.
pub type Done = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Key-value namespaces, shared by all workers. What a method gives includes every write that is done.
pub trait KvStore: Send + Sync {
    /// The entry at a key; `now` in seconds since 1970. Quick enough for a worker's own thread.
    fn find(&self, namespace: &str, key: &str, now: i64) -> Result<Option<KvEntry>, StoreError>;

    /// The keys of a namespace.
    fn list(&self, listing: &KvListing, now: i64) -> Result<KvPage, StoreError>;

    /// Stores a value of at most [`SMALL_BYTES_MAX`] bytes. Does not block.
    fn put(&self, head: KvHead, value: Vec<u8>, done: Done);

    /// Begins to take a longer value.
    fn draft(&self) -> Result<Box<dyn KvDraft>, StoreError>;

    /// Removes a key. Does not block.
    fn delete(&self, namespace: String, key: String, done: Done);
}

/// A value that is being stored. Nobody sees it before [`commit`](KvDraft::commit); dropped before that it leaves nothing.
pub trait KvDraft: Send {
    /// Adds bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError>;

    /// The value is complete.
    fn commit(self: Box<Self>, head: KvHead, done: Done);
}
