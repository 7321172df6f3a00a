//! `DOMException`, `Event`, `EventTarget` and the event classes. JavaScript only.

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
];
