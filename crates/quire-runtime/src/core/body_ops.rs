//! The operations by which JavaScript reads native bodies and feeds sinks.

use super::bodies::NativeBody;
use super::body::{ByteStream, full_stream};
use super::error::OpError;
use super::realm::Realm;
use super::request::RequestContext;
use super::sink::{Sink, Written};
use super::tee::tee;
use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt;
use quire_jsc::{Call, Value};
use std::rc::Rc;

/// What is kept of a request's body for handlers that have not read it while another one does.
/// `clone()` keeps everything, as the specification has it.
const IMPLICIT_CLONE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Room that is made ahead for a body that says how long it is; a longer one makes room as it comes.
const RESERVED_BYTES_MAX: u64 = 128 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn install(realm: &Realm) {
    realm.realm_async_op("body_read", |realm, call| {
        let (request, number) = (owner(realm)?, handle(call, 0)?);
        let body = take(&request, number)?;
        Ok(async move {
            let mut stream = body.decoded();
            let chunk = next_chunk(&mut stream).await?;
            if chunk.is_some() {
                request.bodies.insert(number, NativeBody::new(stream, None));
            }
            Ok(chunk)
        })
    });
    realm.realm_async_op("body_bytes", |realm, call| {
        let request = owner(realm)?;
        let body = take(&request, handle(call, 0)?)?;
        Ok(collect(body))
    });
    realm.realm_async_op("body_text", |realm, call| {
        let request = owner(realm)?;
        let body = take(&request, handle(call, 0)?)?;
        let strip_bom = realm.compatibility().strip_bom;
        Ok(async move {
            let mut bytes = collect(body).await?;
            if strip_bom && bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            Ok(String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
        })
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
        if let Some(request) = realm.current() {
            request.bodies.take(handle(call, 0)?);
        }
        Ok(())
    });
    realm.realm_op("body_length", |realm, call| {
        let length = owner(realm)?.bodies.length(handle(call, 0)?);
        Ok(length.map(|length| length as f64))
    });
    realm.realm_op("body_tee", body_tee);
    install_sinks(realm);
}

fn install_sinks(realm: &Realm) {
    realm.realm_op("sink_open", |realm, call| {
        let request = owner(realm)?;
        let length = (!call.is_nullish(0)).then(|| call.number(0)).transpose()?;
        let (sink, stream) = Sink::open(length.map(|length| length as u64));
        let number = realm.next_id();
        request.bodies.insert_sink(number, sink, call.value(1));
        request.bodies.insert(number, NativeBody::new(stream, None));
        Ok(number as f64)
    });
    realm.realm_op("sink_write", sink_write);
    realm.realm_async_op("sink_end", |realm, call| {
        let sink = owner(realm)?.bodies.take_sink(handle(call, 0)?);
        Ok(async move {
            if let Some(sink) = sink {
                sink.finish().await;
            }
            Ok(())
        })
    });
    realm.realm_op("sink_abort", |realm, call| {
        if let Some(request) = realm.current() {
            request.bodies.take_sink(handle(call, 0)?);
        }
        Ok(())
    });
}

/// `body_tee(body, implicit)` → the numbers of two bodies with the same bytes.
fn body_tee(realm: &Rc<Realm>, call: &Call<'_>) -> Result<Value, OpError> {
    let request = owner(realm)?;
    let (stream, coding) = take(&request, handle(call, 0)?)?.encoded();
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
    let Some(sink) = owner(realm)?.bodies.sink(handle(call, 0)?) else {
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

fn owner(realm: &Rc<Realm>) -> Result<Rc<RequestContext>, OpError> {
    realm.require_request()
}

/// Takes a body of this request; another request's number is not in its table.
pub(crate) fn take(request: &RequestContext, number: u64) -> Result<NativeBody, OpError> {
    request.bodies.take(number).ok_or_else(|| {
        OpError::Error(
            "Cannot perform I/O on behalf of a different request. I/O objects (such as streams, request/response \
             bodies, and others) created in the context of one request handler cannot be accessed from a different \
             request's handler. (I/O type: ReadableStreamSource)"
                .into(),
        )
    })
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
    let mut bytes = Vec::with_capacity(expected as usize);
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
