//! From what the store has to what JavaScript gets.

use super::store::Refusal;
use crate::core::bodies::NativeBody;
use crate::core::body::full_stream;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use crate::core::segments::{Segment, stream};
use bytes::Bytes;
use quire_jsc::Value;
use quire_store::Blob;
use quire_store::kv::{KvEntry, KvStore};
use std::rc::Rc;

/// All values of a call with many keys together, in UTF-16 units, as the original counts them.
const MANY_LENGTH_MAX: usize = 25 * 1024 * 1024;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// What a value becomes, if it is in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Text,
    Bytes,
    Stream,
}

impl Wanted {
    /// By the number that JavaScript has for it.
    pub(super) fn of(number: f64) -> Self {
        match number as u8 {
            0 => Self::Text,
            1 => Self::Bytes,
            _ => Self::Stream,
        }
    }
}

/// See `kv_get`.
pub(super) fn give(
    realm: &Rc<Realm>,
    request: &RequestContext,
    found: Option<KvEntry>,
    wanted: Wanted,
    with_metadata: bool,
) -> Result<Option<Value>, OpError> {
    let Some(KvEntry { value, metadata }) = found else {
        return Ok(None);
    };
    let context = realm.context();
    let native = |stream| {
        let number = realm.next_id();
        request.bodies.insert(number, NativeBody::new(stream, None));
        context.number(number as f64)
    };
    let value = match (value, wanted) {
        (Blob::File(file, length), _) => native(stream(vec![Segment::File(0, length)], Some(file))),
        (Blob::Bytes(bytes), Wanted::Text) => context.string(&text(bytes)),
        (Blob::Bytes(bytes), Wanted::Bytes) => context.uint8_array(bytes)?,
        (Blob::Bytes(bytes), Wanted::Stream) => native(full_stream(Bytes::from(bytes))),
    };
    if !with_metadata {
        return Ok(Some(value));
    }
    let metadata = metadata.map_or_else(|| context.null(), |text| context.string(&text));
    Ok(Some(context.array(&[value, metadata])?))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The text and metadata of an entry.
type TextAndMetadata = (String, Option<String>);

/// The values at many keys.
pub(super) fn many(
    store: &dyn KvStore,
    namespace: &str,
    keys: &[String],
    now: i64,
) -> Result<Vec<Option<TextAndMetadata>>, Refusal> {
    let mut total = 0;
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(KvEntry { value, metadata }) = store.find(namespace, key, now)? else {
            values.push(None);
            continue;
        };
        let mut value = text(value.into_bytes()?);
        if value.starts_with(BYTE_ORDER_MARK) {
            value.remove(0);
        }
        total += value.chars().map(char::len_utf16).sum::<usize>();
        if total > MANY_LENGTH_MAX {
            return Err(Refusal(
                "413 Total size of request exceeds the limit of 25MB".into(),
            ));
        }
        values.push(Some((value, metadata)));
    }
    Ok(values)
}

/// An array of the text and metadata of each in turn, `null` for what is not there.
pub(super) fn list(realm: &Realm, values: Vec<Option<TextAndMetadata>>) -> Result<Value, OpError> {
    let context = realm.context();
    let string = |text: Option<&str>| match text {
        Some(text) => context.string(text),
        None => context.null(),
    };
    let parts: Vec<Value> = values
        .iter()
        .flat_map(|entry| {
            let (value, metadata) = match entry {
                Some((value, metadata)) => (Some(value.as_str()), metadata.as_deref()),
                None => (None, None),
            };
            [string(value), string(metadata)]
        })
        .collect();
    Ok(context.array(&parts)?)
}
