//! `Accept-Encoding`, `Range` and content types: any value, and values against naive readers.

#![no_main]

// Shared with the crate's property tests.
#[path = "../../crates/quire-http/tests/properties/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    bodies::accept_encoding(data);
    bodies::range(data);
    bodies::anything(data);
});
