//! `match`: from what is stored to what the program gets.

use super::milliseconds;
use super::place::Place;
use super::policy::{Headers, find as header};
use super::selection::{Selection, select};
use crate::core::bodies::NativeBody;
use crate::core::coding::Coding;
use crate::core::error::OpError;
use crate::core::header_lines;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use crate::core::segments::{Segment, stream};
use crate::web::fetch::ResponseHead;
use bytes::Bytes;
use http::StatusCode;
use quire_store::Blob;
use quire_store::cache::{CacheEntry, CacheKey};
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A response as it leaves the cache.
struct Answer {
    status: u16,
    headers: Headers,
    body: Option<NativeBody>,
}

/// What JavaScript is told of it, or `None` if there is nothing fresh.
pub(super) async fn find(
    realm: &Realm,
    request: &Rc<RequestContext>,
    place: &Place,
    key: CacheKey,
    headers: &Headers,
) -> Result<Option<String>, OpError> {
    let now = milliseconds(SystemTime::now());
    let found = place.run(move |cache| cache.find(&key, now)).await?;
    let Some(entry) = found.flatten() else {
        return Ok(None);
    };
    let answer = answer(entry, headers, now);
    let mut lines = String::new();
    for (name, value) in &answer.headers {
        header_lines::push(&mut lines, name, value);
    }
    let body = answer.body.map(|body| {
        let number = realm.next_id();
        request.bodies.insert(number, body);
        number
    });
    let head = ResponseHead {
        status: StatusCode::from_u16(answer.status).unwrap_or_default(),
        reason: None,
        body,
        redirected: false,
        socket: None,
        url: "",
        lines: &lines,
    };
    Ok(Some(head.text()))
}

fn answer(entry: CacheEntry, request: &Headers, now: i64) -> Answer {
    let CacheEntry { head, body } = entry;
    let mut headers = super::headers(&head.headers);
    let length = match &body {
        Blob::Bytes(bytes) => bytes.len() as u64,
        Blob::File(_, length) => *length,
    };
    let coding = head
        .coding
        .as_ref()
        .and_then(|name| Coding::of(name.as_bytes()));
    // Ranges are of what the program sees, which is not what is stored if that is encoded.
    let selection = select(request, &headers, coding.is_none().then_some(length));
    let push = |headers: &mut Headers, name: &str, value: String| {
        headers.push((name.to_owned(), value));
    };
    if selection == Selection::Unsatisfiable {
        let mut headers = Vec::new();
        push(&mut headers, "cf-cache-status", "HIT".into());
        push(&mut headers, "content-range", format!("bytes */{length}"));
        return Answer {
            status: 416,
            headers,
            body: Some(NativeBody::new(stream(Vec::new(), None), None)),
        };
    }
    let stored = UNIX_EPOCH + Duration::from_millis(head.stored.max(0).unsigned_abs());
    let age = (now - head.stored).max(0) / 1000;
    push(&mut headers, "cf-cache-status", "HIT".into());
    push(&mut headers, "age", age.to_string());
    push(&mut headers, "date", httpdate::fmt_http_date(stored));
    let mut set = |name: &str, value: String| {
        headers.retain(|(each, _)| each != name);
        headers.push((name.to_owned(), value));
    };
    let (status, body) = match selection {
        Selection::NotModified => (304, None),
        Selection::Ranges(ranges) => {
            let segments = match ranges.as_slice() {
                [range] => {
                    set("content-range", content_range(range, length));
                    vec![Part::Range(range.clone())]
                }
                _ => {
                    let kind = header(&headers, "content-type").map(str::to_owned);
                    let boundary = format!("{:016x}{:016x}", head.stored, length);
                    let parts = multipart(&ranges, length, kind.as_deref(), &boundary);
                    let name = "content-type";
                    headers.retain(|(each, _)| each != name);
                    push(
                        &mut headers,
                        name,
                        format!("multipart/byteranges; boundary={boundary}"),
                    );
                    parts
                }
            };
            let (segments, file) = segments_of(segments, body);
            let total: u64 = segments.iter().map(Segment::length).sum();
            headers.retain(|(each, _)| each != "content-length");
            push(&mut headers, "content-length", total.to_string());
            (206, Some(NativeBody::new(stream(segments, file), None)))
        }
        Selection::Whole | Selection::Unsatisfiable => {
            let whole = match length {
                0 => Vec::new(),
                length => vec![Part::Range(0..=length - 1)],
            };
            let (segments, file) = segments_of(whole, body);
            (
                head.status,
                Some(NativeBody::new(stream(segments, file), coding)),
            )
        }
    };
    Answer {
        status,
        headers,
        body,
    }
}

/// A part of an answer's body.
enum Part {
    Text(String),
    Range(RangeInclusive<u64>),
}

fn segments_of(parts: Vec<Part>, body: Blob) -> (Vec<Segment>, Option<std::fs::File>) {
    let (bytes, file) = match body {
        Blob::Bytes(bytes) => (Bytes::from(bytes), None),
        Blob::File(file, _) => (Bytes::new(), Some(file)),
    };
    let segment = |part| match part {
        Part::Text(text) => Segment::Bytes(Bytes::from(text)),
        Part::Range(range) => {
            let length = range.end() - range.start() + 1;
            match file {
                Some(_) => Segment::File(*range.start(), length),
                None => {
                    Segment::Bytes(bytes.slice(*range.start() as usize..*range.end() as usize + 1))
                }
            }
        }
    };
    (parts.into_iter().map(segment).collect(), file)
}

fn content_range(range: &RangeInclusive<u64>, length: u64) -> String {
    format!("bytes {}-{}/{length}", range.start(), range.end())
}

fn multipart(
    ranges: &[RangeInclusive<u64>],
    length: u64,
    content_type: Option<&str>,
    boundary: &str,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for (index, range) in ranges.iter().enumerate() {
        let lead = if index == 0 { "" } else { "\r\n" };
        let kind =
            content_type.map_or_else(String::new, |kind| format!("Content-Type: {kind}\r\n"));
        parts.push(Part::Text(format!(
            "{lead}--{boundary}\r\n{kind}Content-Range: {}\r\n\r\n",
            content_range(range, length)
        )));
        parts.push(Part::Range(range.clone()));
    }
    parts.push(Part::Text(format!("\r\n--{boundary}--")));
    parts
}
