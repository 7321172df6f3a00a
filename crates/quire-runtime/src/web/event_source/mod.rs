//! `EventSource`, on `fetch`.

use crate::core::realm::Realm;

/// Evaluated after web/fetch.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/event_source/parser.js", include_str!("parser.js")),
    (
        "web/event_source/event-source.js",
        include_str!("event-source.js"),
    ),
];

pub(crate) fn install(realm: &Realm) {
    // () → whether a request is running
    realm.realm_op("event_source_allowed", |realm, _| {
        Ok(realm.current().is_some())
    });
}
