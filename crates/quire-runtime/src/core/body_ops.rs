//! The operations by which JavaScript reads native bodies and feeds sinks.

use super::bodies::NativeBody;
use super::body::{BodyError, ByteStream, full_stream};
use super::error::OpError;
use super::realm::Realm;
use super::request::RequestContext;
use super::request_ops::{foreign, install_guards};
use super::sink::{Sink, Written};
use super::tee::tee;
use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt;
use quire_jsc::{Call, IntoValue, Value, memory};
use std::future::Future;
use std::rc::Rc;

/// What is kept of a request's body for handlers that have not read it while another one does.
/// `clone()` keeps everything, as the specification has it.
const IMPLICIT_CLONE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Room that is made ahead for a body that says how long it is; a longer one makes room as it comes.
const RESERVED_BYTES_MAX: u64 = 128 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn install(realm: &Realm) {
    install_guards(realm);
    body_op(realm, "body_read", |realm, call| {
        let (request, number) = found(realm, call)?;
        let body = take(&request, number)?;
        let (reader, by_program) = (request.clone(), body.is_by_program());
        let read = async move {
            let mut stream = body.decoded();
            let chunk = next_chunk(&mut stream).await?;
            if chunk.is_some() {
                let rest = match by_program {
                    true => NativeBody::by_program(stream),
                    false => NativeBody::new(stream, None),
                };
                request.bodies.insert(number, rest);
            }
            Ok(chunk)
        };
        Ok((reader, by_program, read))
    });
    body_op(realm, "body_bytes", |realm, call| {
        let (request, number) = found(realm, call)?;
        let body = take(&request, number)?;
        Ok((request, body.is_by_program(), collect(body)))
    });
    body_op(realm, "body_text", |realm, call| {
        let (request, number) = found(realm, call)?;
        let body = take(&request, number)?;
        let strip_bom = realm.compatibility().strip_bom;
        let by_program = body.is_by_program();
        let read = async move {
            let mut bytes = collect(body).await?;
            if strip_bom && bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            Ok(String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
        };
        Ok((request, by_program, read))
    });
    // `null` outside of a request, to which a native body would have to belong.
    realm.realm_op("body_of", |realm, call| {
        let Some(request) = realm.current() else {
            return Ok(None);
        };
        let stream = full_stream(Bytes::from(call.bytes(0)?));
        let number = realm.next_id();
        request.bodies.insert(number, NativeBody::new(stream, None));
        Ok(Some(number as f64))
    });
    realm.realm_op("body_cancel", |realm, call| {
        if realm.current().is_some() {
            let (request, number) = found(realm, call)?;
            request.bodies.take(number);
        }
        Ok(())
    });
    realm.realm_op("body_length", |realm, call| {
        let (request, number) = found(realm, call)?;
        let length = request.bodies.length(number);
        Ok(length.map(|length| length as f64))
    });
    realm.realm_op("body_tee", body_tee);
    install_sinks(realm);
}

fn install_sinks(realm: &Realm) {
    realm.realm_op("sink_open", |realm, call| {
        let request = realm.require_request()?;
        let length = (!call.is_nullish(0)).then(|| call.number(0)).transpose()?;
        let (sink, stream) = Sink::open(length.map(|length| length as u64));
        let number = realm.next_id();
        request.bodies.insert_sink(number, sink, call.value(1));
        request
            .bodies
            .insert(number, NativeBody::by_program(stream));
        Ok(number as f64)
    });
    realm.realm_op("sink_write", sink_write);
    realm.realm_async_op("sink_end", |realm, call| {
        let (request, number) = found(realm, call)?;
        let sink = request.bodies.take_sink(number);
        Ok(async move {
            if let Some(sink) = sink {
                sink.finish().await;
            }
            Ok(())
        })
    });
    realm.realm_op("sink_abort", |realm, call| {
        if realm.current().is_some() {
            let (request, number) = found(realm, call)?;
            request.bodies.take_sink(number);
        }
        Ok(())
    });
}

/// `body_tee(body, implicit)` → the numbers of two bodies with the same bytes.
fn body_tee(realm: &Rc<Realm>, call: &Call<'_>) -> Result<Value, OpError> {
    let (request, number) = found(realm, call)?;
    let (stream, coding) = take(&request, number)?.encoded();
    let kept_bytes_max = match call.boolean(1) {
        true => IMPLICIT_CLONE_BYTES_MAX,
        false => usize::MAX,
    };
    let (first, second) = tee(stream, kept_bytes_max);
    let numbers = [first, second].map(|stream| {
        let number = realm.next_id();
        request
            .bodies
            .insert(number, NativeBody::new(stream, coding));
        realm.context().number(number as f64)
    });
    Ok(realm.context().array(&numbers)?)
}

/// `sink_write(sink, chunk)` → `null` if the next chunk may follow, `false` if nobody receives any
/// more, or else a promise of the time when it may (`true`) or of `false`.
fn sink_write(realm: &Rc<Realm>, call: &Call<'_>) -> Result<Option<Value>, OpError> {
    let closed = || Ok(Some(realm.context().boolean(false)));
    let (request, number) = found(realm, call)?;
    let Some(sink) = request.bodies.sink(number) else {
        return closed();
    };
    match sink.write(Bytes::from(call.bytes(1)?)) {
        Written::Queued => Ok(None),
        Written::Closed => closed(),
        Written::Full(chunk) => realm
            .promise_of(async move { Ok(sink.write_when_possible(chunk).await) })
            .map(Some),
    }
}

/// The number of a body or sink.
pub(crate) fn handle(call: &Call<'_>, index: usize) -> Result<u64, OpError> {
    Ok(call.number(index)? as u64)
}

/// The request that holds the body or sink that argument 0 names, and its number.
fn found(realm: &Rc<Realm>, call: &Call<'_>) -> Result<(Rc<RequestContext>, u64), OpError> {
    let number = handle(call, 0)?;
    Ok((holder(realm, number)?, number))
}

/// The request that holds a body or sink: the current one, or another one that has not been answered. The engine goes on
/// with one request in the turn of another that settled a promise for it; that is how what belongs to the first one is
/// still found. Else the current request, which does not know the number.
pub(crate) fn holder(realm: &Rc<Realm>, number: u64) -> Result<Rc<RequestContext>, OpError> {
    let current = realm.require_request()?;
    if current.bodies.has(number) {
        return Ok(current);
    }
    let requests = realm.requests().borrow();
    let other = requests.values().find(|other| {
        other.bodies.has_sink(number) || (other.bodies.has(number) && !other.is_answered())
    });
    Ok(other.cloned().unwrap_or(current))
}

/// An operation on a body whose result comes later, in the turn of the request that holds the body. `start` also says
/// whether that body is made by the program.
fn body_op<R, F>(
    realm: &Realm,
    name: &str,
    start: impl Fn(&Rc<Realm>, &Call<'_>) -> Result<(Rc<RequestContext>, bool, F), OpError> + 'static,
) where
    R: IntoValue + 'static,
    F: Future<Output = Result<R, OpError>> + 'static,
{
    realm.realm_op(name, move |realm, call| match start(realm, call) {
        Ok((request, false, future)) => realm.promise_for(Some(request), future),
        Ok((request, true, future)) => realm.promise_for(Some(request.clone()), async move {
            let result = request.wait_for_program(future).await;
            result.unwrap_or_else(|| Err(body_error(&BodyError("the body's stream failed".into()))))
        }),
        Err(error @ OpError::Terminated(_)) => Err(error),
        Err(error) => realm.promise_of(std::future::ready(Err::<R, _>(error))),
    });
}

/// Takes a body of this request; another request's number is not in its table.
pub(crate) fn take(request: &RequestContext, number: u64) -> Result<NativeBody, OpError> {
    request
        .bodies
        .take(number)
        .ok_or_else(|| foreign("ReadableStreamSource"))
}

/// The next bytes of a stream, or `None` at its end.
async fn next_chunk(stream: &mut ByteStream) -> Result<Option<Vec<u8>>, OpError> {
    loop {
        match stream.frame().await {
            None => return Ok(None),
            Some(Err(error)) => return Err(body_error(&error)),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(bytes) if !bytes.is_empty() => return Ok(Some(Vec::from(bytes))),
                // Trailers, or a chunk of nothing.
                _ => {}
            },
        }
    }
}

async fn collect(body: NativeBody) -> Result<Vec<u8>, OpError> {
    let mut stream = body.decoded();
    let expected = stream.size_hint().lower().min(RESERVED_BYTES_MAX);
    let mut bytes = memory::with_capacity(expected as usize);
    while let Some(frame) = stream.frame().await {
        if let Ok(data) = frame.map_err(|error| body_error(&error))?.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

/// What the program sees of a body that broke off.
pub(crate) fn body_error(error: &super::body::BodyError) -> OpError {
    match error.0.as_str() {
        "Network connection lost." => OpError::Error(error.0.clone()),
        _ => OpError::Type(error.0.clone()),
    }
}
