//! Service bindings: requests to other programs of this process.

use crate::core::body::{Body, full_stream};
use crate::core::body_ops::{handle, holder, take};
use crate::core::error::OpError;
use crate::core::event::Entrypoint;
use crate::core::fetcher::{Called, Fetcher, deeper};
use crate::core::header_lines;
use crate::core::outcome::Failure;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use crate::core::respond::body_bytes;
use crate::web::fetch::response_head;
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
    // (program, entry point, props, number, method, url, headers, body, cf): what `answered` gives.
    realm.realm_async_op("service_fetch", |realm, call| {
        let fetcher = realm
            .programs()
            .fetcher(&call.string(0)?, Entrypoint::read(call, 1)?);
        exchange(realm, call, 3, fetcher)
    });
    // (program, number, method, url, headers, body, cf): what `answered` gives.
    realm.realm_async_op("assets_of", |realm, call| {
        let fetcher = realm.programs().assets(&call.string(0)?);
        exchange(realm, call, 1, fetcher)
    });
}

/// Sends a request to a fetcher. The arguments from `at` on: a number by which the request can be aborted, or 0; method, URL,
/// headers, body, and `cf` as JSON.
pub(crate) fn exchange(
    realm: &Rc<Realm>,
    call: &Call<'_>,
    at: usize,
    fetcher: Rc<dyn Fetcher>,
) -> Result<LocalBoxFuture<'static, Result<Value, OpError>>, OpError> {
    let request = realm.require_request()?;
    request.charge_subrequest()?;
    let number = handle(call, at)?;
    let url = call.string(at + 2)?;
    let mut outgoing = http::Request::new(match call.is_nullish(at + 4) {
        true => Body::empty(),
        false => match body_bytes(call, at + 4)? {
            Ok(bytes) => Body::stream(full_stream(bytes)),
            Err(number) => {
                let holder = holder(realm, number)?;
                Body::stream(take(&holder, number)?.decoded())
            }
        },
    });
    *outgoing.method_mut() = Method::from_bytes(call.string(at + 1)?.as_bytes())
        .map_err(|_| OpError::Type("Invalid HTTP method string".into()))?;
    header_lines::parse(call.string(at + 3)?, |name, value| {
        outgoing.headers_mut().append(name, value);
    })?;
    if let (false, Some(length)) = (call.is_nullish(at + 4), outgoing.body().size_hint().exact()) {
        let headers = outgoing.headers_mut();
        headers.entry(CONTENT_LENGTH).or_insert(length.into());
    }
    let depth = deeper(request.depth())?;
    outgoing.extensions_mut().insert(Called {
        url: url.clone(),
        cf: (!call.is_nullish(at + 5))
            .then(|| call.string(at + 5))
            .transpose()?,
        depth,
    });
    // For who looks at paths, such as the project; programs are told the URL itself.
    let (address, _fragment) = url.split_once('#').unwrap_or((&url, ""));
    if let Ok(uri) = address.parse() {
        *outgoing.uri_mut() = uri;
    }
    let bodiless = outgoing.method() == Method::HEAD;
    let aborted = (number > 0).then(|| request.abortable(number));
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
            Ok(response) => answered(&realm, &request, response, &url, bodiless),
            Err(failure) => failed(&realm, failure),
        }
    }))
}

/// `[status, statusText, url, headers, body, redirected, socket]`.
fn answered(
    realm: &Realm,
    request: &RequestContext,
    response: http::Response<Body>,
    url: &str,
    bodiless: bool,
) -> Result<Value, OpError> {
    let (head, mut body) = response.into_parts();
    let socket = body.take_socket();
    let bodiless =
        bodiless || (body.is_end_stream() && matches!(head.status.as_u16(), 101 | 204 | 205 | 304));
    let native = (!bodiless).then(|| body.received());
    let parts = response_head(realm, request, &head, url, native, false)?;
    if let Some(socket) = socket {
        let number = websocket::adopt(realm, request, socket);
        parts.set("6", realm.context().number(number as f64))?;
    }
    Ok(parts)
}

/// `[null, message, thrown]`: `thrown` in bytes, or `null`.
fn failed(realm: &Realm, failure: Failure) -> Result<Value, OpError> {
    let context = realm.context();
    let thrown = match failure.thrown {
        Some(bytes) => context.uint8_array(bytes)?,
        None => context.null(),
    };
    let flags = context.number(f64::from(failure.flags.bits()));
    Ok(context.array(&[
        context.null(),
        context.string(&failure.message),
        thrown,
        flags,
    ])?)
}
