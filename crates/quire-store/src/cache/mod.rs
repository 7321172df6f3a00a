//! Responses that programs put into the Cache API.

mod directory;
#[cfg(test)]
mod tests;

pub use directory::{CacheDirectory, CacheLimits};

use crate::StoreError;
use crate::blobs::Blob;

/// Which response is meant: the one at a URL, in one of the caches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheKey {
    /// The cache; empty for the default one.
    pub cache: String,
    /// The URL, without fragment.
    pub url: String,
}

/// All of a stored response but its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheHead {
    /// The status.
    pub status: u16,
    /// Names and values of the headers, a line each.
    pub headers: String,
    /// How the body is encoded, if whoever reads it is to see it decoded.
    pub coding: Option<String>,
    /// When it was stored, in milliseconds since 1970.
    pub stored: i64,
    /// From when on it is stale, in the same way.
    pub expires: i64,
}

/// A stored response.
#[derive(Debug)]
pub struct CacheEntry {
    /// All but the body.
    pub head: CacheHead,
    /// The body. It stays readable when the entry is replaced or removed meanwhile.
    pub body: Blob,
}

/// A place for responses, shared by all workers.
pub trait CacheStore: Send + Sync {
    /// The fresh response at a key; `now` in milliseconds since 1970.
    fn find(&self, key: &CacheKey, now: i64) -> Result<Option<CacheEntry>, StoreError>;

    /// Begins to take a body.
    fn draft(&self) -> Result<Box<dyn CacheDraft>, StoreError>;

    /// Removes the response at a key; whether there was a fresh one.
    fn remove(&self, key: &CacheKey, now: i64) -> Result<bool, StoreError>;
}

/// A body that is being stored. Nobody sees it before [`commit`](CacheDraft::commit); dropped before that it leaves nothing.
pub trait CacheDraft: Send {
    /// Adds bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError>;

    /// The body is complete: the response becomes what is found at the key.
    fn commit(self: Box<Self>, key: &CacheKey, head: &CacheHead) -> Result<(), StoreError>;
}
