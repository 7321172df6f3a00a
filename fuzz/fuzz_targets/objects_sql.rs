//! SQL on a Durable Object's state: it never reaches our own tables, nor ends the transaction.

#![no_main]
#![allow(clippy::unwrap_used)]

// Shared with the crate's property tests.
#[path = "../../crates/quire-store/tests/objects/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::sql(data));
