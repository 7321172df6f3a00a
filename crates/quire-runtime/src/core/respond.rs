//! The last step: what a handler returned becomes the response that is sent.

use super::bodies::NativeBody;
use super::body::{Body, full_stream};
use super::body_ops::{handle, holder, take};
use super::coding::Coding;
use super::error::OpError;
use super::header_lines;
use super::outcome::{Failure, FailureKind, Flags};
use super::realm::Realm;
use super::request::RequestContext;
use crate::web::websocket::handshake::{self, Refusal};
use crate::web::websocket::{self, Upgrade};
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName,
    HeaderValue, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING,
};
use http::{HeaderMap, StatusCode};
use hyper::ext::ReasonPhrase;
use quire_http::AcceptEncoding;
use quire_jsc::Call;
use std::rc::Rc;
use std::time::Duration;

/// Framing is the server's business: what a program says of it is dropped.
const FRAMING: [HeaderName; 4] = [
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    HeaderName::from_static("keep-alive"),
];

pub(crate) fn install(realm: &Realm) {
    realm.realm_op("respond", respond);
    realm.realm_op("respond_failure", |realm, call| {
        let failure = Failure {
            kind: FailureKind::Exception,
            message: call.string(1)?,
            thrown: (!call.is_nullish(3)).then(|| call.bytes(3)).transpose()?,
            flags: Flags {
                remote: true,
                ..Flags::default()
            },
            processor_time: Duration::ZERO,
            stack: match call.is_nullish(2) {
                true => None,
                false => Some(realm.source_map().stack(&call.string(1)?, &call.string(2)?)),
            },
        };
        if let Some(request) = realm.request(handle(call, 0)?) {
            request.fail(failure);
        }
        Ok(())
    });
}

/// `respond(request, status, statusText, headers, body, manual, socket)`: the headers as lines of name and
/// value in turn; the body a string, bytes, the number of a native body, or `null`; `manual` if
/// it is already encoded as its `Content-Encoding` says; the number of a WebSocket's end, or `null`.
fn respond(realm: &Rc<Realm>, call: &Call<'_>) -> Result<(), OpError> {
    let Some(request) = realm.request(handle(call, 0)?) else {
        return Ok(());
    };
    let mut response = http::Response::new(());
    *response.status_mut() = StatusCode::from_u16(call.number(1)? as u16)
        .map_err(|_| OpError::Range("the response's status is out of range".into()))?;
    if !call.is_nullish(2) {
        let text = call.string(2)?;
        if let Ok(reason) = ReasonPhrase::try_from(text.into_bytes()) {
            response.extensions_mut().insert(reason);
        }
    }
    if request.is_call() {
        return respond_to_call(realm, call, &request, response);
    }
    let null_body_length = parse_headers(&call.string(3)?, response.headers_mut())?;
    if !call.is_nullish(6) {
        return respond_with_socket(realm, &request, response, handle(call, 6)?);
    }
    let body = response_body(realm, call, &request, response.headers_mut())?;
    if request.is_head()
        && call.is_nullish(4)
        && let Some(length) = null_body_length
    {
        response.headers_mut().insert(CONTENT_LENGTH, length);
    }
    let wanted = !request.is_head();
    request.finish(Ok(response.map(|()| body.guarded(request.clone(), wanted))));
    Ok(())
}

/// Answers another program: it sees the headers as they are, and a body decoded that nobody has encoded.
fn respond_to_call(
    realm: &Rc<Realm>,
    call: &Call<'_>,
    request: &Rc<RequestContext>,
    mut response: http::Response<()>,
) -> Result<(), OpError> {
    let headers = response.headers_mut();
    header_lines::parse(&call.string(3)?, |name, value| {
        headers.append(name, value);
    })?;
    if !call.is_nullish(6) {
        if !request.wants_socket() {
            return Err(unasked_socket());
        }
        let number = handle(call, 6)?;
        let endpoint = match realm.current().filter(|current| current.is_resident()) {
            // It is the resident's, which needs no request to last.
            Some(resident) => {
                let endpoint = websocket::take(&resident, number)?;
                endpoint.set_remote();
                endpoint
            }
            None => websocket::take(request, number)?.answered(request),
        };
        request.finish(Ok(response.map(|()| Body::socket(endpoint))));
        return Ok(());
    }
    let body = if call.is_nullish(4) {
        Body::empty()
    } else {
        let wanted = content_coding(headers);
        let manual = call.boolean(5).then_some(wanted).flatten();
        match body_bytes(call, 4)? {
            Ok(bytes) if manual.is_some() => Body::encoded(full_stream(bytes), manual),
            Ok(bytes) => Body::full(bytes),
            Err(number) => {
                let holder = holder(realm, number)?;
                let (stream, coding) = take(&holder, number)?.encoded();
                match coding {
                    // The header was changed after the bytes were fetched.
                    Some(coding) if Some(coding) != wanted => Body::stream(coding.decode(stream)),
                    coding => Body::encoded(stream, coding.or(manual)),
                }
            }
        }
    };
    let wanted = !request.is_head();
    request.finish(Ok(response.map(|()| body.guarded(request.clone(), wanted))));
    Ok(())
}

fn content_coding(headers: &HeaderMap) -> Option<Coding> {
    headers
        .get(CONTENT_ENCODING)
        .and_then(|value| Coding::of(value.as_bytes()))
}

fn unasked_socket() -> OpError {
    OpError::Type(
        "Worker tried to return a WebSocket in a response to a request which did not contain the header \
         \"Upgrade: websocket\"."
            .into(),
    )
}

/// Answers with a response of status 101, after which the connection is a WebSocket.
fn respond_with_socket(
    realm: &Realm,
    request: &Rc<RequestContext>,
    mut response: http::Response<()>,
    number: u64,
) -> Result<(), OpError> {
    let endpoint = websocket::take(request, number)?;
    let compression = realm.compatibility().websocket_compression;
    let upgrade = Upgrade::new(request, response.headers_mut(), endpoint, compression)
        .ok_or_else(unasked_socket)?;
    request.finish(Ok(match upgrade {
        Ok(upgrade) => response.map(|()| Body::upgrade(upgrade)),
        Err(refusal) => refused(refusal).map(|body| body.guarded(request.clone(), true)),
    }));
    Ok(())
}

/// What a client gets whose handshake is at fault.
fn refused(refusal: Refusal) -> http::Response<Body> {
    let mut response = http::Response::new(Body::full(refusal.text));
    *response.status_mut() = refusal.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    if refusal.status == StatusCode::UPGRADE_REQUIRED {
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    }
    response
}

/// Fills `headers` from lines of name and value in turn; returns the `Content-Length` given.
fn parse_headers(lines: &str, headers: &mut HeaderMap) -> Result<Option<HeaderValue>, OpError> {
    let mut length = None;
    header_lines::parse(lines, |name, value| {
        if name == CONTENT_LENGTH {
            length = Some(value);
        } else if !FRAMING.contains(&name) {
            headers.append(name, value);
        }
    })?;
    Ok(length)
}

fn response_body(
    realm: &Rc<Realm>,
    call: &Call<'_>,
    request: &RequestContext,
    headers: &mut HeaderMap,
) -> Result<Body, OpError> {
    if call.is_nullish(4) {
        return Ok(Body::empty());
    }
    let mut native = match body_bytes(call, 4)? {
        Ok(bytes) if !headers.contains_key(CONTENT_ENCODING) => return Ok(Body::full(bytes)),
        Ok(bytes) => NativeBody::new(full_stream(bytes), None),
        Err(number) => {
            let holder = holder(realm, number)?;
            take(&holder, number)?
        }
    };
    let wanted = content_coding(headers);
    let origin = native.take_origin();
    let (stream, coding) = native.encoded();
    let manual = call.boolean(5);
    if wanted.is_none() && coding.is_none() {
        return Ok(Body::passed_on(stream, origin));
    }
    let (stream, coding) = match coding {
        // The header was changed after the bytes were fetched.
        Some(coding) if Some(coding) != wanted => (coding.decode(stream), None),
        None if manual => (stream, wanted),
        coding => (stream, coding),
    };
    let accepted = wanted.is_some_and(|wanted| request.accepts(wanted));
    let stream = match (wanted, coding) {
        (Some(wanted), None) if accepted => wanted.encode(stream),
        (Some(_), None) => {
            headers.remove(CONTENT_ENCODING);
            stream
        }
        (Some(_), Some(coding)) if !accepted && !manual => {
            headers.remove(CONTENT_ENCODING);
            coding.decode(stream)
        }
        _ => stream,
    };
    Ok(Body::stream(stream))
}

/// A body argument that is a string or bytes, or else the number of a native body.
pub(crate) fn body_bytes(call: &Call<'_>, index: usize) -> Result<Result<Bytes, u64>, OpError> {
    if call.is_string(index) {
        return Ok(Ok(Bytes::from(call.string(index)?)));
    }
    match call.value(index).is_object() {
        true => Ok(Ok(Bytes::from(call.bytes(index)?))),
        false => handle(call, index).map(Err),
    }
}

impl RequestContext {
    fn is_head(&self) -> bool {
        self.with_head(|head, _| head.method == http::Method::HEAD)
            .unwrap_or(false)
    }

    fn wants_socket(&self) -> bool {
        self.with_head(|head, _| handshake::is_asked_for(&head.headers))
            .unwrap_or(false)
    }

    /// Whether the client takes a body in this coding.
    fn accepts(&self, coding: Coding) -> bool {
        self.with_head(|head, _| {
            let values = head.headers.get_all(ACCEPT_ENCODING);
            AcceptEncoding::parse(values.iter().map(HeaderValue::as_bytes)).takes(coding.into())
        })
        .unwrap_or(false)
    }
}
