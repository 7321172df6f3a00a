//! Which version of the program this is.

pub(super) const SOURCES: &[(&str, &str)] =
    &[("bindings/version/version.js", include_str!("version.js"))];
