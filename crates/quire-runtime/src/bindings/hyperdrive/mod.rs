//! `Hyperdrive`: where a database is, and a connection to it.

pub(super) const SOURCES: &[(&str, &str)] = &[(
    "bindings/hyperdrive/hyperdrive.js",
    include_str!("hyperdrive.js"),
)];
