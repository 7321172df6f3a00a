//! Bindings to services that only Cloudflare runs. A program may hold one and never use it, so that only its use fails.

pub(super) const SOURCES: &[(&str, &str)] =
    &[("bindings/remote/remote.js", include_str!("remote.js"))];
