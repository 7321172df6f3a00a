//! What quire keeps on disk: a trait for each kind of storage, and its SQLite backend.
//!
//! Every call blocks unless it says otherwise; callers run them on a pool for that. Stores may be opened by any number of processes at once.

#![forbid(unsafe_code)]

pub mod analytics;
mod blobs;
pub mod cache;
pub mod d1;
mod error;
mod folder;
mod group;
pub mod kv;
mod mapped;
pub mod objects;
mod opened;
mod owner;
mod prefix;
pub mod queues;
pub mod r2;
mod random;
pub mod rate_limits;
pub mod secrets;
mod sqlite;
mod turn;
pub mod usage;

pub use blobs::Blob;
pub use error::StoreError;
pub use folder::create as create_folder;
