//! `performance`: the clock, and with `nodejs_compat` the timeline. JavaScript only.

/// Evaluated after web/events and web/structured_clone.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    (
        "web/performance/performance.js",
        include_str!("performance.js"),
    ),
    ("web/performance/timeline.js", include_str!("timeline.js")),
];
