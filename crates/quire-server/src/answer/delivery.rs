//! The form in which an answer suits its client best: a part of a file, or content in a coding.
//!
//! This is the last thing that happens to an answer, whoever gave it. Functions and their middlewares see static files whole and
//! as they are, as on the original, and the ends of the way fit together: a file that went through functions untouched is
//! sent as one that did not.

use std::io;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, IF_RANGE, RANGE, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body as _;
use hyper::ext::ReasonPhrase;
use quire_assets::Asset;
use quire_http::{
    AcceptEncoding, Coding, Effort, RangeRequest, WORTH_COMPRESSING, compress, is_compressible,
};
use quire_runtime::Body;

use super::static_files;

/// The order among codings that a client wants as much, for what is compressed for it alone: the fastest first.
const FASTEST_FIRST: [Coding; 3] = [Coding::Zstd, Coding::Brotli, Coding::Gzip];

/// Content up to this length is compressed on the worker's own thread: handing it to another would take longer.
const COMPRESSED_AT_ONCE: usize = 16 * 1024;

/// What a request says of the form of its answer.
pub(super) struct Wishes {
    head: bool,
    accepted: Option<AcceptEncoding>,
    range: Option<HeaderValue>,
    if_range: Option<HeaderValue>,
}

impl Wishes {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let headers = request.headers();
        let accepted = headers.contains_key(ACCEPT_ENCODING).then(|| {
            let values = headers.get_all(ACCEPT_ENCODING).iter();
            AcceptEncoding::parse(values.map(HeaderValue::as_bytes))
        });
        let mut ranges = headers.get_all(RANGE).iter();
        let range = match (ranges.next(), ranges.next()) {
            (Some(range), None) if *request.method() == Method::GET => Some(range.clone()),
            _ => None,
        };
        Self {
            head: *request.method() == Method::HEAD,
            accepted,
            if_range: range.as_ref().and_then(|_| headers.get(IF_RANGE).cloned()),
            range,
        }
    }

    /// Gives the answer the form that is wished for. If that fails, it has the one that it had.
    pub(super) async fn fulfil(&self, response: &mut Response<Body>) -> io::Result<()> {
        let asset = response.body_mut().take_origin::<Asset>();
        if response.headers().contains_key(CONTENT_ENCODING) {
            return Ok(());
        }
        match asset {
            Some(asset) => self.fulfil_with_asset(&asset, response).await,
            None => self.fulfil_with_program(response).await,
        }
    }

    async fn fulfil_with_asset(
        &self,
        asset: &Asset,
        response: &mut Response<Body>,
    ) -> io::Result<()> {
        if response.status() == StatusCode::OK {
            let headers = response.headers_mut();
            headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
            match self.range(headers, asset.length()) {
                RangeRequest::Whole => {}
                RangeRequest::Part(part) => {
                    let body = static_files::body(asset.part(part.clone()).await?);
                    response.body_mut().replace_content(body);
                    set_status(response, StatusCode::PARTIAL_CONTENT);
                    let (first, last) = (part.start, part.end - 1);
                    let range = format!("bytes {first}-{last}/{}", asset.length());
                    insert(response.headers_mut(), range)?;
                    return Ok(());
                }
                RangeRequest::Unsatisfiable => {
                    response.body_mut().replace_content(Body::empty());
                    set_status(response, StatusCode::RANGE_NOT_SATISFIABLE);
                    let headers = response.headers_mut();
                    for name in [CONTENT_TYPE, ETAG, CACHE_CONTROL] {
                        headers.remove(name);
                    }
                    insert(headers, format!("bytes */{}", asset.length()))?;
                    return Ok(());
                }
            }
        }
        self.announce(response, asset.length());
        let Some(accepted) = self.accepted.filter(|_| may_be_encoded(response)) else {
            return Ok(());
        };
        let compressible = is_of_compressible_type(response.headers());
        let Some((coding, body)) = asset.encoded(&accepted, compressible).await? else {
            if compressible {
                vary(response.headers_mut());
            }
            return Ok(());
        };
        let body = static_files::body(body);
        let headers = response.headers_mut();
        headers.remove(ACCEPT_RANGES);
        mark_encoded(headers, coding);
        self.announce(response, body.size_hint().lower());
        response.body_mut().replace_content(body);
        Ok(())
    }

    /// Says in the answer to HEAD how many bytes GET would bring.
    fn announce(&self, response: &mut Response<Body>, length: u64) {
        if self.head {
            let length = HeaderValue::from(length);
            response.headers_mut().insert(CONTENT_LENGTH, length);
        }
    }

    /// What the client may have of a file, as its headers say.
    fn range(&self, headers: &HeaderMap, length: u64) -> RangeRequest {
        let Some(range) = &self.range else {
            return RangeRequest::Whole;
        };
        // Only if it is still the same file; a tag that says less than that does not do.
        let unchanged = self
            .if_range
            .as_ref()
            .is_none_or(|tag| !tag.as_bytes().starts_with(b"W/") && headers.get(ETAG) == Some(tag));
        match unchanged {
            true => RangeRequest::parse(range.as_bytes(), length),
            false => RangeRequest::Whole,
        }
    }

    async fn fulfil_with_program(&self, response: &mut Response<Body>) -> io::Result<()> {
        let Some(accepted) = self.accepted.filter(|_| may_be_encoded(response)) else {
            return Ok(());
        };
        let length = response.body().size_hint().exact();
        if length.is_some_and(|length| length < WORTH_COMPRESSING)
            || !is_of_compressible_type(response.headers())
        {
            return Ok(());
        }
        vary(response.headers_mut());
        let Some(coding) = accepted.choose(FASTEST_FIRST) else {
            return Ok(());
        };
        let body = match response.body().in_memory().cloned() {
            None => {
                response.body_mut().compress(coding);
                mark_encoded(response.headers_mut(), coding);
                return Ok(());
            }
            Some(bytes) if bytes.len() <= COMPRESSED_AT_ONCE => compressed(coding, &bytes)?,
            Some(bytes) => tokio::task::spawn_blocking(move || compressed(coding, &bytes))
                .await
                .map_err(io::Error::other)??,
        };
        if let Some(body) = body {
            response.body_mut().replace_content(Body::full(body));
            mark_encoded(response.headers_mut(), coding);
        }
        Ok(())
    }
}

/// The text that a program gave to the other status does not go with this one.
fn set_status(response: &mut Response<Body>, status: StatusCode) {
    *response.status_mut() = status;
    response.extensions_mut().remove::<ReasonPhrase>();
}

fn compressed(coding: Coding, content: &[u8]) -> io::Result<Option<Bytes>> {
    Ok(compress(coding, Effort::Once, content)?.map(Bytes::from))
}

/// As the original's edge has it: only these statuses, and nothing whose sender forbids it.
fn may_be_encoded(response: &Response<Body>) -> bool {
    matches!(response.status().as_u16(), 200 | 403 | 404)
        && !response.headers().get_all(CACHE_CONTROL).iter().any(|it| {
            let mut directives = it.as_bytes().split(|byte| *byte == b',');
            directives.any(|it| it.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
        })
}

fn is_of_compressible_type(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE);
    content_type.is_some_and(|value| is_compressible(value.as_bytes()))
}

/// What changes in the headers with the content. A length that another server gave is that of the content as it was. A strong entity tag is of the content as it is.
fn mark_encoded(headers: &mut HeaderMap, coding: Coding) {
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    headers.remove(CONTENT_LENGTH);
    vary(headers);
    if let Some(tag) = headers.get(ETAG)
        && tag.as_bytes().starts_with(b"\"")
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat())
    {
        headers.insert(ETAG, weak);
    }
}

/// Says that another client may get the content in another form.
fn vary(headers: &mut HeaderMap) {
    let says_so = |value: &HeaderValue| {
        let mut names = value.as_bytes().split(|byte| *byte == b',');
        names.any(|name| {
            let name = name.trim_ascii();
            name == b"*" || name.eq_ignore_ascii_case(b"accept-encoding")
        })
    };
    if !headers.get_all(VARY).iter().any(says_so) {
        headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
}

fn insert(headers: &mut HeaderMap, range: String) -> io::Result<()> {
    let range = HeaderValue::try_from(range).map_err(io::Error::other)?;
    headers.insert(CONTENT_RANGE, range);
    Ok(())
}
