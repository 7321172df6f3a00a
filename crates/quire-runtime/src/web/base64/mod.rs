//! `atob` and `btoa`, on the engine's own base64.

/// Evaluated after web/events.
pub(crate) const SOURCES: &[(&str, &str)] = &[("web/base64/base64.js", include_str!("base64.js"))];
