//! `_headers` and `_redirects`: any text, and rules against regular expressions.

#![no_main]

// Shared with the crate's property tests.
#[path = "../../crates/quire-routes/tests/properties/site_rules.rs"]
mod site_rules;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    site_rules::redirects(data);
    site_rules::headers(data);
    let text = String::from_utf8_lossy(data);
    let _ = quire_routes::HeaderRules::parse("_headers", &text)
        .rules
        .changes(None, "/a");
    let _ = quire_routes::RedirectRules::parse("_redirects", &text)
        .rules
        .find("/a");
});
