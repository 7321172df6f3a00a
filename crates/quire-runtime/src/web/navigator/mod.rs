//! `navigator`. JavaScript only.

/// Evaluated after web/fetch.
pub(crate) const SOURCES: &[(&str, &str)] =
    &[("web/navigator/navigator.js", include_str!("navigator.js"))];
