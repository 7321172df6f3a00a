//! Buckets of objects.

mod condition;
mod content;
mod customer_key;
mod digest;
mod directory;
mod draft;
mod error;
mod list;
mod rows;
mod uploads;
mod write;
mod writer;

pub use condition::{R2Condition, R2Etag};
pub use content::R2Content;
pub use customer_key::R2CustomerKey;
pub use digest::R2Algorithm;
pub use directory::R2Directory;
pub use error::R2Error;

/// The longest object that one `put` may make, in bytes.
pub const OBJECT_BYTES_MAX: u64 = 5 * 1024 * 1024 * 1024 - 5 * 1024 * 1024;

/// Content up to this size is part of the database. A [draft](R2Store::draft) that holds no more never blocks.
pub const SMALL_BYTES_MAX: usize = 64 * 1024;

/// What every part of an upload but the last one must at least have.
pub const PART_BYTES_MIN: u64 = 5 * 1024 * 1024;

/// The longest key, in bytes of UTF-8.
pub const KEY_BYTES_MAX: usize = 1024;

/// As many objects and prefixes as a page may have.
pub const LISTED_MAX: usize = 1000;

/// All of an object but its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct R2Object {
    /// The key.
    pub key: String,
    /// 32 hexadecimal digits, others for each `put`.
    pub version: String,
    /// The length in bytes.
    pub size: u64,
    /// The MD5 of the content in hexadecimal digits; of an upload in parts something else, with a hyphen.
    pub etag: String,
    /// When it was stored, in milliseconds since 1970.
    pub uploaded: i64,
    /// A checksum that it was stored with.
    pub checksum: Option<R2Checksum>,
    /// What belongs to it.
    pub metadata: R2Metadata,
    /// The MD5 of the key that its content is encrypted with, in hexadecimal digits.
    pub customer_key_md5: Option<String>,
}

/// What belongs to an object. The store does not look into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct R2Metadata {
    /// A JSON object of the headers that it is to be served with.
    pub http: String,
    /// A JSON object of the program's own.
    pub custom: String,
    /// Which kind of storage was asked for.
    pub storage_class: String,
}

impl Default for R2Metadata {
    fn default() -> Self {
        Self {
            http: "{}".into(),
            custom: "{}".into(),
            storage_class: String::new(),
        }
    }
}

/// A checksum of an object's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct R2Checksum {
    /// How it is made.
    pub algorithm: R2Algorithm,
    /// Its bytes.
    pub digest: Vec<u8>,
}

/// What to get of an object.
#[derive(Clone, Debug, Default)]
pub struct R2Get {
    /// Gives no content unless this holds.
    pub condition: R2Condition,
    /// Which part of the content.
    pub range: Option<R2Range>,
    /// What the content is encrypted with.
    pub customer_key: Option<R2CustomerKey>,
}

/// A part of an object's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum R2Range {
    /// From an offset on, so many bytes, or as many as there are.
    From {
        /// Where it begins.
        offset: u64,
        /// How long it is; to the end if that is not said.
        length: Option<u64>,
    },
    /// The last bytes.
    Last(u64),
}

/// An object that was found.
pub struct R2Found {
    /// All but the content.
    pub object: R2Object,
    /// The content that was asked for, unless a condition did not hold.
    pub content: Option<R2Content>,
}

/// What to store.
#[derive(Clone, Debug, Default)]
pub struct R2Put {
    /// Which bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// What belongs to the object.
    pub metadata: R2Metadata,
    /// Stores nothing unless this holds for what is there.
    pub condition: R2Condition,
    /// The checksum that the content must have.
    pub checksum: Option<R2Checksum>,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct R2Listing {
    /// Which bucket.
    pub bucket: String,
    /// What the keys begin with.
    pub prefix: String,
    /// Keys that have this after the prefix are listed as one: up to its end.
    pub delimiter: Option<String>,
    /// The key after which the list begins, if not at the first one.
    pub after: Option<Vec<u8>>,
    /// How many objects and prefixes at most.
    pub limit: usize,
}

/// Objects in the order of the bytes of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct R2Page {
    /// The objects.
    pub objects: Vec<R2Object>,
    /// What stands for several keys each.
    pub prefixes: Vec<String>,
    /// The key after which the next page begins, if there is one.
    pub next: Option<String>,
}

/// An upload in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct R2Upload {
    /// Which bucket.
    pub bucket: String,
    /// The key of the object that it is to become.
    pub key: String,
    /// What `create_upload` gave.
    pub id: String,
}

/// A part of an upload that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct R2Part {
    /// Its place.
    pub number: u32,
    /// What storing it gave.
    pub etag: String,
}

/// Called, on any thread, when a write is done: durable, or failed.
pub type Done<T> = Box<dyn FnOnce(Result<T, R2Error>) + Send>;

/// Buckets, shared by all workers. What a method gives includes every write that is done.
pub trait R2Store: Send + Sync {
    /// All of an object but its content. Quick enough for a worker's own thread.
    fn head(&self, bucket: &str, key: &str) -> Result<Option<R2Object>, R2Error>;

    /// An object. Quick enough for a worker's own thread; reading its content may not be.
    fn get(&self, bucket: &str, key: &str, get: &R2Get) -> Result<Option<R2Found>, R2Error>;

    /// The objects of a bucket.
    fn list(&self, listing: &R2Listing) -> Result<R2Page, R2Error>;

    /// Begins to take content, which is encrypted if there is a key, and of which a checksum is made beside its MD5.
    fn draft(
        &self,
        customer_key: Option<R2CustomerKey>,
        checksum: Option<R2Algorithm>,
    ) -> Result<Box<dyn R2Draft>, R2Error>;

    /// Removes objects. Does not block.
    fn delete(&self, bucket: String, keys: Vec<String>, done: Done<()>);

    /// Begins an upload in parts; gives its id. Does not block.
    fn create_upload(
        &self,
        bucket: String,
        key: String,
        metadata: R2Metadata,
        customer_key: Option<R2CustomerKey>,
        done: Done<String>,
    );

    /// Makes an object of parts. Does not block.
    fn complete(&self, upload: R2Upload, parts: Vec<R2Part>, done: Done<R2Object>);

    /// Gives an upload up. Does not block.
    fn abort(&self, upload: R2Upload, done: Done<()>);
}

/// Content that is being stored. Nobody sees it before the end; dropped before that it leaves nothing.
pub trait R2Draft: Send {
    /// Adds bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), R2Error>;

    /// The content is complete, and becomes that of an object; nothing if the condition does not hold.
    fn put(self: Box<Self>, put: R2Put, done: Done<Option<R2Object>>);

    /// The content is complete, and becomes a part of an upload, whose etag is given.
    fn put_part(self: Box<Self>, upload: R2Upload, number: u32, done: Done<String>);
}
