//! `TextEncoder`, `TextDecoder` and their streams, on encoding_rs.

mod decoder;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use decoder::{StreamingDecoder, decode_utf8};
use encoding_rs::Encoding;
use quire_jsc::{Call, Value};

/// Evaluated after web/events.
pub(crate) const SOURCES: &[(&str, &str)] =
    &[("web/encoding/encoding.js", include_str!("encoding.js"))];

/// Need web/streams when one is constructed.
pub(crate) const STREAMS: &[(&str, &str)] = &[(
    "web/encoding/encoding-streams.js",
    include_str!("encoding-streams.js"),
)];

const NOT_DECODABLE: &str = "Failed to decode input.";

pub(crate) fn install(realm: &Realm) {
    // (string) → Uint8Array
    realm.op(
        "text_encode",
        |call: &Call<'_>| -> Result<Vec<u8>, OpError> { Ok(call.string(0)?.into_bytes()) },
    );
    // (bytes, strip a leading BOM?, fatal?) → string
    realm.op(
        "text_decode_utf8",
        |call: &Call<'_>| -> Result<String, OpError> {
            let (strip_bom, fatal) = (call.boolean(1), call.boolean(2));
            call.with_bytes(0, |bytes| decode_utf8(bytes, strip_bom, fatal))?
                .ok_or_else(|| OpError::Type(NOT_DECODABLE.into()))
        },
    );
    // (label) → the encoding's name in lower case, or null
    realm.op(
        "text_encoding",
        |call: &Call<'_>| -> Result<Option<String>, OpError> {
            Ok(
                Encoding::for_label_no_replacement(call.string(0)?.as_bytes())
                    .map(|encoding| encoding.name().to_ascii_lowercase()),
            )
        },
    );
    // (encoding's name, strip a leading BOM?, fatal?) → a function (bytes, more to come?) → string that keeps its state
    // between calls, and goes when the engine collects it
    realm.op(
        "text_decoder",
        |call: &Call<'_>| -> Result<Value, OpError> {
            let name = call.string(0)?;
            let encoding = Encoding::for_label_no_replacement(name.as_bytes())
                .ok_or_else(|| OpError::Range(format!("\"{name}\" is not a valid encoding.")))?;
            let decoder = StreamingDecoder::new(encoding, call.boolean(1), call.boolean(2));
            Ok(call.context().function(move |call| {
                let last = !call.boolean(1);
                call.with_bytes(0, |bytes| decoder.decode(bytes, last))?
                    .ok_or_else(|| call.context().type_error(NOT_DECODABLE))
            }))
        },
    );
}
