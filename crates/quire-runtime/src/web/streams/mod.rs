//! The Streams API (readable, writable and transform streams, `IdentityTransformStream`, `FixedLengthStream`). JavaScript only.

/// Evaluated after web/events and web/abort.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/streams/queue.js", include_str!("queue.js")),
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
    ("web/streams/native.js", include_str!("native.js")),
    ("web/streams/readable.js", include_str!("readable.js")),
];

pub(crate) const STRATEGIES: &[(&str, &str)] =
    &[("web/streams/strategies.js", include_str!("strategies.js"))];
pub(crate) const TEE: &[(&str, &str)] = &[("web/streams/tee.js", include_str!("tee.js"))];
pub(crate) const PIPE: &[(&str, &str)] = &[("web/streams/pipe.js", include_str!("pipe.js"))];
pub(crate) const TRANSFORM: &[(&str, &str)] =
    &[("web/streams/transform.js", include_str!("transform.js"))];
pub(crate) const IDENTITY: &[(&str, &str)] =
    &[("web/streams/identity.js", include_str!("identity.js"))];
