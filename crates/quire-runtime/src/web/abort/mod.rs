//! `AbortController` and `AbortSignal`. JavaScript only.

/// Evaluated after web/events.
pub(crate) const SOURCES: &[(&str, &str)] = &[("web/abort/abort.js", include_str!("abort.js"))];
