//! Buckets on disk: sequences of operations, against a map.

#![no_main]

// Shared with the crate's property tests.
#[path = "../../crates/quire-store/tests/r2/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::r2(data));
