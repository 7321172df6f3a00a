//! `console`, and the text form of values that it prints.

use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::{Arg, Call};
use std::time::Instant;

/// Evaluated after web/events.
pub(crate) const SOURCES: &[(&str, &str)] =
    &[("web/console/console.js", include_str!("console.js"))];

/// What makes texts of values: `internals.console`.
pub(crate) const TEXTS: &[(&str, &str)] = &[
    ("web/console/primitives.js", include_str!("primitives.js")),
    ("web/console/styles.js", include_str!("styles.js")),
    ("web/console/kinds.js", include_str!("kinds.js")),
    ("web/console/errors.js", include_str!("errors.js")),
    ("web/console/layout.js", include_str!("layout.js")),
    ("web/console/inspect.js", include_str!("inspect.js")),
    ("web/console/format.js", include_str!("format.js")),
    ("web/console/table.js", include_str!("table.js")),
];

pub(crate) fn install(realm: &Realm) {
    // (level, text, arguments)
    realm.realm_op(
        "console_write",
        |realm, call: &Call<'_>| -> Result<(), OpError> {
            realm.log_message(&call.string(0)?, &call.string(1)?, || {
                if call.is_nullish(2) {
                    return None;
                }
                let message = realm.internal("consoleMessage").ok()?;
                let message = message.call(None, [Arg::Value(&call.value(2))]).ok()?;
                message.to_text().ok()
            });
            Ok(())
        },
    );
    // () → milliseconds since some moment, for console.time
    let start = Instant::now();
    realm.op(
        "console_clock",
        move |_: &Call<'_>| -> Result<f64, OpError> { Ok(start.elapsed().as_secs_f64() * 1000.0) },
    );
}
