//! The cache on disk: sequences of operations through two views of it, against a map.

#![no_main]

// Shared with the crate's property tests.
#[path = "../../crates/quire-store/tests/properties/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::cache(data));
