//! Service bindings: requests to other programs of this process.

use crate::core::body::{Body, full_stream};
use crate::core::body_ops::{holder, take};
use crate::core::error::OpError;
use crate::core::event::Entrypoint;
use crate::core::fetcher::{Called, Fetcher, deeper};
use crate::core::header_lines;
use crate::core::outcome::Failure;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use crate::core::respond::body_bytes;
use crate::web::fetch::{RequestHead, response_head};
use crate::web::websocket;
use futures_util::future::LocalBoxFuture;
use http::Method;
use http::header::CONTENT_LENGTH;
use http_body::Body as _;
use quire_jsc::{Call, Value};
use std::rc::Rc;

pub(super) const SOURCES: &[(&str, &str)] =
    &[("bindings/service/service.js", include_str!("service.js"))];

pub(super) fn install(realm: &Realm) {
    // (program, entry point, props, head, body): see `exchange`.
    realm.realm_async_op("service_fetch", |realm, call| {
        let fetcher = realm
            .programs()
            .fetcher(&call.string(0)?, Entrypoint::read(call, 1)?);
        exchange(realm, call, 3, fetcher)
    });
    // (program, head, body): see `exchange`.
    realm.realm_async_op("assets_of", |realm, call| {
        let fetcher = realm.programs().assets(&call.string(0)?);
        exchange(realm, call, 1, fetcher)
    });
}

/// Sends a request to a fetcher, of which the argument `at` is the head (with `cf` as JSON), and the next one the body. Gives what JavaScript is
/// told of the response, or what [`failed`] gives.
pub(crate) fn exchange(
    realm: &Rc<Realm>,
    call: &Call<'_>,
    at: usize,
    fetcher: Rc<dyn Fetcher>,
) -> Result<LocalBoxFuture<'static, Result<Value, OpError>>, OpError> {
    let head = RequestHead::read(call, at)?;
    exchange_of(realm, head, call, at + 1, fetcher)
}

/// The same, with a head that was read; the argument `at` is the body.
pub(crate) fn exchange_of(
    realm: &Rc<Realm>,
    head: RequestHead,
    call: &Call<'_>,
    at: usize,
    fetcher: Rc<dyn Fetcher>,
) -> Result<LocalBoxFuture<'static, Result<Value, OpError>>, OpError> {
    let request = realm.require_request()?;
    request.charge_subrequest()?;
    let RequestHead {
        number,
        method,
        url,
        extra: cf,
        lines,
    } = head;
    let has_body = !call.is_nullish(at);
    let mut outgoing = http::Request::new(match has_body {
        false => Body::empty(),
        true => match body_bytes(call, at)? {
            Ok(bytes) => Body::stream(full_stream(bytes)),
            Err(number) => {
                let holder = holder(realm, number)?;
                Body::stream(take(&holder, number)?.decoded())
            }
        },
    });
    *outgoing.method_mut() = method;
    header_lines::parse(lines, |name, value| {
        outgoing.headers_mut().append(name, value);
    })?;
    if let (true, Some(length)) = (has_body, outgoing.body().size_hint().exact()) {
        let headers = outgoing.headers_mut();
        headers.entry(CONTENT_LENGTH).or_insert(length.into());
    }
    let depth = deeper(request.depth())?;
    outgoing.extensions_mut().insert(Called {
        url: url.clone(),
        cf,
        depth,
    });
    // For who looks at paths, such as the project; programs are told the URL itself.
    let (address, _fragment) = url.split_once('#').unwrap_or((&url, ""));
    if let Ok(uri) = address.parse() {
        *outgoing.uri_mut() = uri;
    }
    let bodiless = outgoing.method() == Method::HEAD;
    let aborted = number.map(|number| request.abortable(number));
    let realm = realm.clone();
    Ok(Box::pin(async move {
        request.outgoing().await?;
        let answer = fetcher.fetch(outgoing);
        let outcome = match aborted {
            None => answer.await,
            Some(aborted) => tokio::select! {
                outcome = answer => outcome,
                Ok(()) = aborted => return Err(OpError::Dom("AbortError", "The operation was aborted".into())),
            },
        };
        match outcome {
            Ok(response) => {
                let head = answered(&realm, &request, response, &url, bodiless);
                Ok(realm.context().string(&head))
            }
            Err(failure) => failed(&realm, failure),
        }
    }))
}

fn answered(
    realm: &Realm,
    request: &RequestContext,
    response: http::Response<Body>,
    url: &str,
    bodiless: bool,
) -> String {
    let (head, mut body) = response.into_parts();
    let socket = body.take_socket();
    let bodiless =
        bodiless || (body.is_end_stream() && matches!(head.status.as_u16(), 101 | 204 | 205 | 304));
    let native = (!bodiless).then(|| body.received());
    let socket = socket.map(|socket| websocket::adopt(realm, request, socket));
    response_head(realm, request, &head, url, native, false, socket)
}

/// `[message, thrown, flags]`: `thrown` in bytes, or `null`.
fn failed(realm: &Realm, failure: Failure) -> Result<Value, OpError> {
    let context = realm.context();
    let thrown = match failure.thrown {
        Some(bytes) => context.uint8_array(bytes)?,
        None => context.null(),
    };
    let flags = context.number(f64::from(failure.flags.bits()));
    Ok(context.array(&[context.string(&failure.message), thrown, flags])?)
}
