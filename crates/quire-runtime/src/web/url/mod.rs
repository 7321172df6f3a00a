//! `URL` and `URLSearchParams`.
//!
//! A parsed URL crosses from Rust as its serialisation alone: that text is unambiguous, and JavaScript finds a component
//! in it when somebody asks for one.

mod standard;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::Call;

/// Evaluated after web/events.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/url/search-params.js", include_str!("search-params.js")),
    ("web/url/url.js", include_str!("url.js")),
];

pub(crate) fn install(realm: &Realm) {
    // (input, base?) → href, or null when that is no URL
    realm.op(
        "url_parse",
        |call: &Call<'_>| -> Result<Option<String>, OpError> {
            let input = call.string(0)?;
            if call.len() > 1 {
                Ok(standard::parse(&input, Some(&call.string(1)?)))
            } else {
                Ok(standard::parse(&input, None))
            }
        },
    );
    // (href, component, value) → new href, or null when the value is refused
    realm.op(
        "url_set",
        |call: &Call<'_>| -> Result<Option<String>, OpError> {
            Ok(standard::set(
                &call.string(0)?,
                &call.string(1)?,
                &call.string(2)?,
            ))
        },
    );
    // (text with percent-encoding) → text; bytes that are no UTF-8 become U+FFFD
    realm.op(
        "url_percent_decode",
        |call: &Call<'_>| -> Result<String, OpError> {
            let input = call.string(0)?;
            Ok(percent_encoding::percent_decode_str(&input)
                .decode_utf8_lossy()
                .into_owned())
        },
    );
}
