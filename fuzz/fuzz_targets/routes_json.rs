//! `_routes.json`: any text, and rules against regular expressions.

#![no_main]

// Shared with the crate's property tests; each target uses a part of it.
#[allow(dead_code)]
#[path = "../../crates/quire-routes/tests/properties/bodies.rs"]
mod bodies;
#[allow(dead_code)]
#[path = "../../crates/quire-routes/tests/properties/reference.rs"]
mod reference;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::routes_json(data));
