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

/// A response as JavaScript hands it over: see [`Given::read`].
struct Given {
    request: u64,
    response: http::Response<()>,
    /// Name and value in turn, a line each.
    headers: Bytes,
    body: GivenBody,
    /// Whether the body is already encoded as its `Content-Encoding` says.
    manual: bool,
    /// The number of a WebSocket's end.
    socket: Option<u64>,
}

enum GivenBody {
    None,
    Bytes(Bytes),
    /// The number of a native body.
    Native(u64),
}

impl Given {
    /// Reads `respond(text)` or `respond(head, body, socket)`. The head has a line each for the request's number, the status,
    /// `manual` if the body is already encoded, the status text, how many lines of headers there are, and these; the text has the body
    /// behind that. Else the body is a string, bytes, the number of a native body, or `null`. One string costs far less than
    /// several arguments.
    fn read(call: &Call<'_>) -> Result<Self, OpError> {
        let text = call.string(0)?;
        let mut rest = Some(text.as_str());
        let malformed = || OpError::Type("the head of a response is malformed".into());
        let request = header_lines::next(&mut rest).and_then(|line| line.parse().ok());
        let request = request.ok_or_else(malformed)?;
        let mut response = http::Response::new(());
        *response.status_mut() = header_lines::next(&mut rest)
            .and_then(|line| StatusCode::from_bytes(line.as_bytes()).ok())
            .ok_or_else(|| OpError::Range("the response's status is out of range".into()))?;
        let manual = header_lines::next(&mut rest).ok_or_else(malformed)? == "manual";
        let reason = header_lines::next(&mut rest).ok_or_else(malformed)?;
        if !reason.is_empty()
            && let Ok(reason) = ReasonPhrase::try_from(reason.as_bytes())
        {
            response.extensions_mut().insert(reason);
        }
        let count: usize = header_lines::next(&mut rest)
            .and_then(|line| line.parse().ok())
            .ok_or_else(malformed)?;
        let begin = rest.map_or(text.len(), |rest| text.len() - rest.len());
        let mut end = begin;
        for index in 0..count {
            end +=
                usize::from(index > 0) + header_lines::next(&mut rest).ok_or_else(malformed)?.len();
        }
        let body_begin = rest.map(|rest| text.len() - rest.len());
        let text = Bytes::from(text);
        let body = match body_begin {
            Some(begin) => GivenBody::Bytes(text.slice(begin..)),
            None if call.is_nullish(1) => GivenBody::None,
            None => match body_bytes(call, 1)? {
                Ok(bytes) => GivenBody::Bytes(bytes),
                Err(number) => GivenBody::Native(number),
            },
        };
        Ok(Self {
            request,
            response,
            headers: text.slice(begin..end),
            body,
            manual,
            socket: match call.is_nullish(2) {
                true => None,
                false => Some(handle(call, 2)?),
            },
        })
    }
}

fn respond(realm: &Rc<Realm>, call: &Call<'_>) -> Result<(), OpError> {
    let given = Given::read(call)?;
    let Some(request) = realm.request(given.request) else {
        return Ok(());
    };
    if request.is_call() {
        return respond_to_call(realm, &request, given);
    }
    let Given {
        mut response,
        headers,
        body,
        manual,
        socket,
        ..
    } = given;
    let null_body_length = parse_headers(headers, response.headers_mut())?;
    if let Some(socket) = socket {
        return respond_with_socket(realm, &request, response, socket);
    }
    if let (GivenBody::None, Some(length), true) = (&body, null_body_length, request.is_head()) {
        response.headers_mut().insert(CONTENT_LENGTH, length);
    }
    let body = response_body(realm, body, manual, &request, response.headers_mut())?;
    let wanted = !request.is_head();
    request.finish(Ok(response.map(|()| body.guarded(request.clone(), wanted))));
    Ok(())
}

/// Answers another program: it sees the headers as they are, and a body decoded that nobody has encoded.
fn respond_to_call(
    realm: &Rc<Realm>,
    request: &Rc<RequestContext>,
    given: Given,
) -> Result<(), OpError> {
    let mut response = given.response;
    let headers = response.headers_mut();
    header_lines::parse(given.headers, |name, value| {
        headers.append(name, value);
    })?;
    if let Some(number) = given.socket {
        if !request.wants_socket() {
            return Err(unasked_socket());
        }
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
    let wanted = content_coding(headers);
    let manual = given.manual.then_some(wanted).flatten();
    let body = match given.body {
        GivenBody::None => Body::empty(),
        GivenBody::Bytes(bytes) if manual.is_some() => Body::encoded(full_stream(bytes), manual),
        GivenBody::Bytes(bytes) => Body::full(bytes),
        GivenBody::Native(number) => {
            let holder = holder(realm, number)?;
            let (stream, coding) = take(&holder, number)?.encoded();
            match coding {
                // The header was changed after the bytes were fetched.
                Some(coding) if Some(coding) != wanted => Body::stream(coding.decode(stream)),
                coding => Body::encoded(stream, coding.or(manual)),
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
fn parse_headers(lines: Bytes, headers: &mut HeaderMap) -> Result<Option<HeaderValue>, OpError> {
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
    body: GivenBody,
    manual: bool,
    request: &RequestContext,
    headers: &mut HeaderMap,
) -> Result<Body, OpError> {
    let mut native = match body {
        GivenBody::None => return Ok(Body::empty()),
        GivenBody::Bytes(bytes) if !headers.contains_key(CONTENT_ENCODING) => {
            return Ok(Body::full(bytes));
        }
        GivenBody::Bytes(bytes) => NativeBody::new(full_stream(bytes), None),
        GivenBody::Native(number) => {
            let holder = holder(realm, number)?;
            take(&holder, number)?
        }
    };
    let wanted = content_coding(headers);
    let origin = native.take_origin();
    let (stream, coding) = native.encoded();
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
