//! A file as an answer: HEAD, conditional requests and single ranges (RFC 9110, sections 13 and 14).

use std::io::{self, SeekFrom};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::SystemTime;

use bytes::BytesMut;
use futures_util::stream;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::body::{Answer, Body, empty, full, text, with_header};

const PIECE: usize = 64 * 1024;

/// A file to send.
pub(crate) struct FileAnswer {
    pub(crate) path: PathBuf,
    pub(crate) media_type: &'static str,
    /// Text of the entity tag; without one, size and time make it.
    pub(crate) etag: Option<String>,
}

/// Sends a file, or what the request's conditions and range ask for; `None` if there is no such file.
pub(crate) async fn send_file<B>(file: FileAnswer, request: &Request<B>) -> Option<Answer> {
    let mut handle = tokio::fs::File::open(&file.path).await.ok()?;
    let metadata = handle.metadata().await.ok()?;
    if !metadata.is_file() {
        return None;
    }
    let length = metadata.len();
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let etag = match file.etag {
        Some(tag) => format!("\"{tag}\""),
        None => {
            let age = modified
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default();
            format!("\"{:x}-{:x}\"", length, age.as_nanos())
        }
    };
    let modified = httpdate::fmt_http_date(modified);
    let answer = match plan(
        request.method(),
        request.headers(),
        length,
        &etag,
        &modified,
    ) {
        Plan::NotModified => empty(StatusCode::NOT_MODIFIED),
        Plan::BadRange => with_header(
            text(StatusCode::RANGE_NOT_SATISFIABLE, "no such range"),
            header::CONTENT_RANGE,
            &format!("bytes */{length}"),
        ),
        Plan::Whole if request.method() == Method::HEAD => {
            sized(StatusCode::OK, full(""), length, file.media_type)
        }
        Plan::Whole => sized(
            StatusCode::OK,
            pieces(handle, length),
            length,
            file.media_type,
        ),
        Plan::Part(range) => {
            let (first, last) = (*range.start(), *range.end());
            if let Err(error) = handle.seek(SeekFrom::Start(first)).await {
                return Some(text(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    format!("cannot read the file: {error}"),
                ));
            }
            let part = last - first + 1;
            let body = if request.method() == Method::HEAD {
                full("")
            } else {
                pieces(handle, part)
            };
            let answer = sized(StatusCode::PARTIAL_CONTENT, body, part, file.media_type);
            with_header(
                answer,
                header::CONTENT_RANGE,
                &format!("bytes {first}-{last}/{length}"),
            )
        }
    };
    let answer = with_header(answer, header::ETAG, &etag);
    let answer = with_header(answer, header::LAST_MODIFIED, &modified);
    Some(with_header(answer, header::ACCEPT_RANGES, "bytes"))
}

#[derive(Debug, PartialEq, Eq)]
enum Plan {
    Whole,
    Part(RangeInclusive<u64>),
    BadRange,
    NotModified,
}

fn plan(method: &Method, headers: &HeaderMap, length: u64, etag: &str, modified: &str) -> Plan {
    let value = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (
        value(header::IF_NONE_MATCH),
        value(header::IF_MODIFIED_SINCE),
    ) {
        (Some(tags), _)
            if tags
                .split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag) =>
        {
            return Plan::NotModified;
        }
        (None, Some(since)) if since == modified => return Plan::NotModified,
        _ => {}
    }
    let Some(range) = value(header::RANGE) else {
        return Plan::Whole;
    };
    if value(header::IF_RANGE).is_some_and(|condition| condition != etag && condition != modified)
        || (method != Method::GET && method != Method::HEAD)
    {
        return Plan::Whole;
    }
    match parse_range(range, length) {
        Some(Some(range)) => Plan::Part(range),
        Some(None) => Plan::BadRange,
        None => Plan::Whole,
    }
}

/// `None`: not a range that is understood here (it is then ignored); `Some(None)`: understood, but beyond the file.
fn parse_range(range: &str, length: u64) -> Option<Option<RangeInclusive<u64>>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = match (first.trim(), last.trim()) {
        ("", suffix) => {
            let suffix: u64 = suffix.parse().ok()?;
            if suffix == 0 || length == 0 {
                return Some(None);
            }
            (length.saturating_sub(suffix), length - 1)
        }
        (first, "") => (first.parse().ok()?, length.saturating_sub(1)),
        (first, last) => (
            first.parse().ok()?,
            last.parse::<u64>().ok()?.min(length.saturating_sub(1)),
        ),
    };
    Some((first < length && first <= last).then_some(first..=last))
}

fn sized(status: StatusCode, body: Body, length: u64, media_type: &'static str) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(media_type),
    );
    answer
        .headers_mut()
        .insert(header::CONTENT_LENGTH, header::HeaderValue::from(length));
    answer
}

fn pieces(file: tokio::fs::File, length: u64) -> Body {
    let pieces = stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut piece = BytesMut::with_capacity(PIECE);
        let wanted = left.min(PIECE as u64);
        let read = (&mut file).take(wanted).read_buf(&mut piece).await?;
        if read == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was sent",
            ));
        }
        Ok(Some((
            Frame::data(piece.freeze()),
            (file, left - read as u64),
        )))
    });
    StreamBody::new(pieces).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method, header};

    use super::{Plan, parse_range, plan};

    #[test]
    fn ranges() {
        assert_eq!(parse_range("bytes=0-4", 10), Some(Some(0..=4)));
        assert_eq!(parse_range("bytes=5-", 10), Some(Some(5..=9)));
        assert_eq!(parse_range("bytes=-3", 10), Some(Some(7..=9)));
        assert_eq!(parse_range("bytes=-30", 10), Some(Some(0..=9)));
        assert_eq!(parse_range("bytes=8-99", 10), Some(Some(8..=9)));
        assert_eq!(parse_range("bytes=10-", 10), Some(None));
        assert_eq!(parse_range("bytes=4-2", 10), Some(None));
        assert_eq!(parse_range("bytes=0-", 0), Some(None));
        assert_eq!(parse_range("items=0-4", 10), None);
        assert_eq!(parse_range("bytes=0-1,3-4", 10), None);
    }

    #[test]
    fn conditions_come_before_ranges() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, header::HeaderValue::from_static("bytes=0-1"));
        headers.insert(
            header::IF_RANGE,
            header::HeaderValue::from_static("\"other\""),
        );
        assert_eq!(
            plan(&Method::GET, &headers, 10, "\"tag\"", "then"),
            Plan::Whole
        );
        headers.insert(
            header::IF_RANGE,
            header::HeaderValue::from_static("\"tag\""),
        );
        assert_eq!(
            plan(&Method::GET, &headers, 10, "\"tag\"", "then"),
            Plan::Part(0..=1)
        );
        headers.insert(
            header::IF_NONE_MATCH,
            header::HeaderValue::from_static("\"a\", W/\"tag\""),
        );
        assert_eq!(
            plan(&Method::GET, &headers, 10, "\"tag\"", "then"),
            Plan::NotModified
        );
    }
}
