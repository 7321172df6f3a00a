//! `DOMException`, `Event`, `EventTarget`, the event classes, and message channels. JavaScript only.

/// Evaluated first of all Web APIs: every other one throws `DOMException`s.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    (
        "web/events/platform-objects.js",
        include_str!("platform-objects.js"),
    ),
    (
        "web/events/dom-exception.js",
        include_str!("dom-exception.js"),
    ),
    ("web/events/event.js", include_str!("event.js")),
    (
        "web/events/event-target.js",
        include_str!("event-target.js"),
    ),
    ("web/events/event-types.js", include_str!("event-types.js")),
    (
        "web/events/global-scope.js",
        include_str!("global-scope.js"),
    ),
    (
        "web/events/message-channel.js",
        include_str!("message-channel.js"),
    ),
];
