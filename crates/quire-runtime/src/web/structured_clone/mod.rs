//! `structuredClone`. JavaScript only.

/// Evaluated after web/events.
pub(crate) const SOURCES: &[(&str, &str)] = &[(
    "web/structured_clone/structured-clone.js",
    include_str!("structured-clone.js"),
)];
