//! `CompressionStream` and `DecompressionStream`, on flate2.

mod codec;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use codec::{Codec, Format};
use quire_jsc::Value;
use std::cell::RefCell;

/// Evaluated after web/streams.
pub(crate) const SOURCES: &[(&str, &str)] = &[(
    "web/compression/compression.js",
    include_str!("compression.js"),
)];

pub(crate) fn install(realm: &Realm) {
    // (format, decompress?) → a function (bytes, last?) → Uint8Array that keeps its state between calls, and goes when
    // the engine collects it
    realm.realm_op(
        "compression_codec",
        |realm, call| -> Result<Value, OpError> {
            let format = Format::named(&call.string(0)?).ok_or_else(|| {
                OpError::Type(
                    "The compression format must be either 'deflate', 'deflate-raw' or 'gzip'."
                        .into(),
                )
            })?;
            realm.require_request()?;
            let codec = RefCell::new(if call.boolean(1) {
                Codec::decompressor(format)
            } else {
                Codec::compressor(format)
            });
            Ok(call.context().function(move |call| {
                let last = call.boolean(1);
                call.with_bytes(0, |bytes| codec.borrow_mut().process(bytes, last))?
                    .map_err(|error| call.context().type_error(&error.to_string()))
            }))
        },
    );
}
