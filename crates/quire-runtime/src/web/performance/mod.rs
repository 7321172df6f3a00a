//! `performance`, `navigator`, `scheduler`, `self`, `origin` and `reportError`. JavaScript only.

/// Evaluated after web/events, web/abort and web/timers.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    (
        "web/performance/performance.js",
        include_str!("performance.js"),
    ),
    ("web/performance/navigator.js", include_str!("navigator.js")),
    ("web/performance/scheduler.js", include_str!("scheduler.js")),
];
