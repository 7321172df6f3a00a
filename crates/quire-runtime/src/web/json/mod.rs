//! What `JSON.parse` says of texts that are no JSON.

/// Evaluated before what parses for a program.
pub(crate) const SOURCES: &[(&str, &str)] = &[("web/json/json.js", include_str!("json.js"))];

/// Evaluated when a text is no JSON.
pub(crate) const REASONS: &[(&str, &str)] = &[("web/json/reasons.js", include_str!("reasons.js"))];
