//! What quire keeps on disk: a trait for each kind of storage, and its SQLite backend.
//!
//! Every call blocks; callers run them on a pool for that. Stores may be opened by any number of processes at once.

#![forbid(unsafe_code)]

pub mod cache;
mod error;
mod folder;
pub mod objects;
mod sqlite;

pub use error::StoreError;
