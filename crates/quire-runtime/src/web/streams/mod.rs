//! The Streams API (readable, writable and transform streams, `IdentityTransformStream`, `FixedLengthStream`). JavaScript only.

/// Evaluated after web/events and web/abort.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/streams/queue.js", include_str!("queue.js")),
    ("web/streams/strategies.js", include_str!("strategies.js")),
    (
        "web/streams/readable-state.js",
        include_str!("readable-state.js"),
    ),
    (
        "web/streams/readable-default.js",
        include_str!("readable-default.js"),
    ),
    (
        "web/streams/readable-byte.js",
        include_str!("readable-byte.js"),
    ),
    ("web/streams/byob.js", include_str!("byob.js")),
    ("web/streams/readers.js", include_str!("readers.js")),
    (
        "web/streams/writable-state.js",
        include_str!("writable-state.js"),
    ),
    ("web/streams/writable.js", include_str!("writable.js")),
    ("web/streams/tee.js", include_str!("tee.js")),
    ("web/streams/pipe.js", include_str!("pipe.js")),
    ("web/streams/native.js", include_str!("native.js")),
    ("web/streams/readable.js", include_str!("readable.js")),
    ("web/streams/transform.js", include_str!("transform.js")),
    ("web/streams/identity.js", include_str!("identity.js")),
];
