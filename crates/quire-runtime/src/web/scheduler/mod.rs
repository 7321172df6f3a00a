//! `scheduler`. JavaScript only.

/// Evaluated after web/abort and web/timers.
pub(crate) const SOURCES: &[(&str, &str)] =
    &[("web/scheduler/scheduler.js", include_str!("scheduler.js"))];
