//! What JavaScript hands over, as JSON, and what it gets back.

use super::store::Refusal;
use quire_store::r2::{
    R2Algorithm, R2Checksum, R2Condition, R2CustomerKey, R2Etag, R2Get, R2Listing, R2Metadata,
    R2Object, R2Part, R2Put, R2Range,
};
use serde::Deserialize;
use serde_json::Value as Json;
use std::fmt::Write;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Get {
    only_if: Option<Condition>,
    range: Option<Range>,
    customer_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Put {
    only_if: Option<Condition>,
    checksum: Option<Checksum>,
    #[serde(flatten)]
    upload: Upload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upload {
    http_metadata: Option<String>,
    custom_metadata: Option<String>,
    storage_class: Option<String>,
    customer_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    etag_matches: Option<Vec<Etag>>,
    etag_does_not_match: Option<Vec<Etag>>,
    uploaded_before: Option<i64>,
    uploaded_after: Option<i64>,
    whole_seconds: bool,
}

#[derive(Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
enum Etag {
    Any,
    Strong(String),
    Weak(String),
}

#[derive(Default, Deserialize)]
struct Range {
    offset: Option<u64>,
    length: Option<u64>,
    suffix: Option<u64>,
    header: Option<String>,
}

#[derive(Deserialize)]
struct Checksum {
    algorithm: String,
    digits: String,
}

#[derive(Deserialize)]
struct List {
    prefix: Option<String>,
    delimiter: Option<String>,
    limit: i64,
    http: bool,
    custom: bool,
}

#[derive(Deserialize)]
struct Part {
    number: u32,
    etag: String,
}

/// What to get, and what to make of a range that cannot be had.
pub(super) struct GetOptions {
    pub(super) get: R2Get,
    /// The range is a header's: without it the whole is given.
    pub(super) is_lenient: bool,
}

/// What to put, and how to take it.
pub(super) struct PutOptions {
    pub(super) put: R2Put,
    pub(super) customer_key: Option<R2CustomerKey>,
}

/// What to list, and what of it to tell.
pub(super) struct ListOptions {
    pub(super) listing: R2Listing,
    pub(super) shown: Shown,
}

/// Which metadata is told.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) http: bool,
    pub(super) custom: bool,
}

impl Shown {
    pub(super) const ALL: Self = Self {
        http: true,
        custom: true,
    };
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::unreadable(&error))
}

impl GetOptions {
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let Get {
            only_if,
            range,
            customer_key,
        } = read(text)?;
        let is_lenient = range.as_ref().is_some_and(|range| range.header.is_some());
        let get = R2Get {
            condition: condition(only_if),
            range: range.and_then(Range::read),
            customer_key: self::customer_key(customer_key.as_deref())?,
        };
        Ok(Self { get, is_lenient })
    }
}

impl PutOptions {
    pub(super) fn read(bucket: &str, key: String, text: &str) -> Result<Self, Refusal> {
        let Put {
            only_if,
            checksum,
            upload,
        } = read(text)?;
        let (metadata, customer_key) = upload.split()?;
        let checksum = match checksum {
            None => None,
            Some(Checksum { algorithm, digits }) => Some(R2Checksum {
                algorithm: R2Algorithm::of_key(&algorithm)
                    .ok_or_else(|| Refusal::unreadable(&algorithm))?,
                digest: bytes(&digits)?,
            }),
        };
        let put = R2Put {
            bucket: bucket.to_owned(),
            key,
            metadata,
            condition: condition(only_if),
            checksum,
        };
        Ok(Self { put, customer_key })
    }
}

impl ListOptions {
    pub(super) fn read(bucket: &str, text: &str, after: Option<Vec<u8>>) -> Result<Self, Refusal> {
        let List {
            prefix,
            delimiter,
            limit,
            http,
            custom,
        } = read(text)?;
        let listing = R2Listing {
            bucket: bucket.to_owned(),
            prefix: prefix.unwrap_or_default(),
            delimiter,
            after,
            limit: usize::try_from(limit).unwrap_or_default(),
        };
        let shown = Shown { http, custom };
        Ok(Self { listing, shown })
    }
}

/// What a new upload is to become.
pub(super) fn upload(text: &str) -> Result<(R2Metadata, Option<R2CustomerKey>), Refusal> {
    read::<Upload>(text)?.split()
}

/// The parts that an object is made of.
pub(super) fn parts(text: &str) -> Result<Vec<R2Part>, Refusal> {
    let parts: Vec<Part> = read(text)?;
    let part = |Part { number, etag }| R2Part { number, etag };
    Ok(parts.into_iter().map(part).collect())
}

impl Upload {
    fn split(self) -> Result<(R2Metadata, Option<R2CustomerKey>), Refusal> {
        let R2Metadata {
            http,
            custom,
            storage_class,
        } = R2Metadata::default();
        let metadata = R2Metadata {
            http: self.http_metadata.unwrap_or(http),
            custom: self.custom_metadata.unwrap_or(custom),
            storage_class: self.storage_class.unwrap_or(storage_class),
        };
        Ok((metadata, customer_key(self.customer_key.as_deref())?))
    }
}

/// The key of these hexadecimal digits.
pub(super) fn customer_key(digits: Option<&str>) -> Result<Option<R2CustomerKey>, Refusal> {
    let Some(digits) = digits else {
        return Ok(None);
    };
    let bytes = bytes(digits)?.try_into();
    let bytes = bytes.map_err(|_| Refusal::unreadable(&"a key is 32 bytes long"))?;
    Ok(Some(R2CustomerKey::new(bytes)))
}

fn condition(given: Option<Condition>) -> R2Condition {
    let Some(given) = given else {
        return R2Condition::default();
    };
    let etags = |etags: Vec<Etag>| {
        let etag = |etag| match etag {
            Etag::Any => R2Etag::Any,
            Etag::Strong(etag) => R2Etag::Strong(etag),
            Etag::Weak(etag) => R2Etag::Weak(etag),
        };
        etags.into_iter().map(etag).collect()
    };
    R2Condition {
        etag_matches: given.etag_matches.map(etags),
        etag_does_not_match: given.etag_does_not_match.map(etags),
        uploaded_before: given.uploaded_before,
        uploaded_after: given.uploaded_after,
        whole_seconds: given.whole_seconds,
    }
}

impl Range {
    fn read(self) -> Option<R2Range> {
        if let Some(header) = self.header {
            return range_of_header(&header);
        }
        match self.suffix {
            Some(count) => Some(R2Range::Last(count)),
            None => Some(R2Range::From {
                offset: self.offset.unwrap_or_default(),
                length: self.length,
            }),
        }
    }
}

/// The one range of a `Range` header; `None` for several or none.
fn range_of_header(header: &str) -> Option<R2Range> {
    let (unit, range) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.split_once('-')?;
    let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse::<u64>().ok(),
        false => None,
    };
    match (first.trim(), last.trim()) {
        ("", last) => Some(R2Range::Last(number(last)?)),
        (first, "") => Some(R2Range::From {
            offset: number(first)?,
            length: None,
        }),
        (first, last) => {
            let (offset, last) = (number(first)?, number(last)?);
            let length = last.checked_sub(offset)?.saturating_add(1);
            Some(R2Range::From {
                offset,
                length: Some(length),
            })
        }
    }
}

/// The bytes of hexadecimal digits.
fn bytes(digits: &str) -> Result<Vec<u8>, Refusal> {
    let digits = digits.as_bytes();
    let pairs = digits.chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    let bytes: Option<Vec<u8>> = pairs.collect();
    bytes.ok_or_else(|| Refusal::unreadable(&"these are no hexadecimal digits"))
}

/// An object as JSON, for `new HeadResult`. `range` is what was got of it: offset and length.
pub(super) fn object_text(object: &R2Object, shown: Shown, range: Option<(u64, u64)>) -> String {
    let mut text = String::with_capacity(512);
    let string = |value: &str| Json::from(value);
    let _ = write!(
        text,
        "{{\"key\":{},\"version\":\"{}\",\"size\":{},\"etag\":{},\"uploaded\":{},\"storageClass\":{}",
        string(&object.key),
        object.version,
        object.size,
        string(&object.etag),
        object.uploaded,
        string(&object.metadata.storage_class),
    );
    let or_empty = |text, shown| if shown { text } else { "{}" };
    let _ = write!(
        text,
        ",\"httpMetadata\":{},\"customMetadata\":{},\"checksums\":{{",
        or_empty(object.metadata.http.as_str(), shown.http),
        or_empty(object.metadata.custom.as_str(), shown.custom),
    );
    // Those of uploads in parts are no MD5 of the content.
    let has_md5 = !object.etag.contains('-');
    if has_md5 {
        let _ = write!(text, "\"md5\":\"{}\"", object.etag);
    }
    if let Some(R2Checksum { algorithm, digest }) = &object.checksum {
        let comma = if has_md5 { "," } else { "" };
        let _ = write!(text, "{comma}\"{}\":\"", algorithm.key());
        for byte in digest {
            let _ = write!(text, "{byte:02x}");
        }
        text.push('"');
    }
    text.push('}');
    if let Some(md5) = &object.customer_key_md5 {
        let _ = write!(text, ",\"ssecKeyMd5\":\"{md5}\"");
    }
    if let Some((offset, length)) = range {
        let _ = write!(
            text,
            ",\"range\":{{\"offset\":{offset},\"length\":{length}}}"
        );
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_headers() {
        let from = |offset, length| Some(R2Range::From { offset, length });
        for (header, range) in [
            ("bytes=2-4", from(2, Some(3))),
            ("bytes=2-", from(2, None)),
            ("bytes=-3", Some(R2Range::Last(3))),
            (" BYTES = 1 - 2 ", from(1, Some(2))),
            ("bytes=0-18446744073709551615", from(0, Some(u64::MAX))),
            ("bytes=0-1,3-4", None),
            ("bytes=5-2", None),
            ("bytes=-", None),
            ("bytes=+1-2", None),
            ("bytes=x-y", None),
            ("bytes=", None),
            ("items=0-1", None),
            ("bytes 0-1", None),
            ("", None),
        ] {
            assert_eq!(range_of_header(header), range, "{header}");
        }
    }

    #[test]
    fn options_as_javascript_writes_them() {
        let read = GetOptions::read(
            r#"{"onlyIf":{"etagMatches":[{"kind":"any"},{"kind":"weak","value":"w"}],"uploadedAfter":-1,"wholeSeconds":true},"range":{"suffix":3}}"#,
        );
        let Ok(GetOptions { get, is_lenient }) = read else {
            panic!("it is refused");
        };
        assert!(!is_lenient);
        assert_eq!(get.range, Some(R2Range::Last(3)));
        let condition = R2Condition {
            etag_matches: Some(vec![R2Etag::Any, R2Etag::Weak("w".into())]),
            uploaded_after: Some(-1),
            whole_seconds: true,
            ..R2Condition::default()
        };
        assert_eq!(get.condition, condition);
        assert!(GetOptions::read("{").is_err());
        assert!(customer_key(Some("00")).is_err() && customer_key(Some("é")).is_err());
    }
}
