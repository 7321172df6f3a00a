//! `ctx.storage`: what a Durable Object keeps.
//!
//! Reads and writes run at once, on the worker's thread, so nothing else can come between an object and its storage: a promise
//! of storage settles in the turn that asked. What was written is committed when the turn ends, and made durable by threads
//! that do nothing else ([`Storage::durable`]).

mod operations;
mod rows;
#[expect(
    clippy::module_inception,
    reason = "it is the storage itself, beside its parts"
)]
mod storage;
mod storages;

pub(crate) use operations::install;
pub(crate) use storage::{Storage, open};
pub(crate) use storages::Storages;

/// Evaluated after the bindings to objects.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("bindings/objects/storage/sql.js", include_str!("sql.js")),
    ("bindings/objects/storage/kv.js", include_str!("kv.js")),
    (
        "bindings/objects/storage/storage.js",
        include_str!("storage.js"),
    ),
];
