//! `FormData`, and bodies from and to it.

use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::Call;
use std::fmt::Write;

/// Evaluated after web/blob, web/url and web/encoding.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/formdata/formdata.js", include_str!("formdata.js")),
    ("web/formdata/media-type.js", include_str!("media-type.js")),
    ("web/formdata/parse.js", include_str!("parse.js")),
    ("web/formdata/serialize.js", include_str!("serialize.js")),
];

pub(crate) fn install(realm: &Realm) {
    // () → a boundary that nobody can guess, so that no field can contain it on purpose
    realm.op(
        "formdata_boundary",
        |_: &Call<'_>| -> Result<String, OpError> {
            let mut random = [0_u8; 16];
            getrandom::fill(&mut random).map_err(|error| {
                OpError::Error(format!("no random numbers from the system: {error}"))
            })?;
            Ok(random
                .iter()
                .fold(String::with_capacity(32), |mut text, byte| {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{byte:02x}");
                    text
                }))
        },
    );
}
