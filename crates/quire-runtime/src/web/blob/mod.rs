//! `Blob` and `File`. JavaScript only.

/// Evaluated after web/encoding and web/streams.
pub(crate) const SOURCES: &[(&str, &str)] = &[("web/blob/blob.js", include_str!("blob.js"))];
