//! The global object: its classes, its own members, and the events that the runtime fires at it.

/// Evaluated first of all, for the order of the globals.
pub(crate) const FIRST: &[(&str, &str)] =
    &[("web/global_scope/globals.js", include_str!("globals.js"))];

/// Evaluated after web/events.
pub(crate) const SOURCES: &[(&str, &str)] = &[(
    "web/global_scope/global-scope.js",
    include_str!("global-scope.js"),
)];
