//! `_redirects` before a file is looked for, and `_headers` on the answer.

use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, Entry, LOCATION, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use quire_routes::{HeaderChange, HeaderRules, Redirect, RedirectRules};
use url::Url;

use crate::body::AssetBody;
use crate::response::{AssetRequest, plain};

/// Stands for a host that the request does not name.
const NO_HOST: &str = "localhost";

/// What a redirect makes of a request.
pub(crate) enum Redirected {
    /// The client goes elsewhere.
    To(Response<AssetBody>),
    /// The answer is that of another path.
    Within(String),
}

/// What the rules make of a request; `None` leaves it as it is.
pub(crate) fn redirect(rules: &RedirectRules, request: &AssetRequest<'_>) -> Option<Redirected> {
    let redirect = rules.find(request.path)?;
    let scheme = if request.https { "https" } else { "http" };
    let host = request.host.unwrap_or(NO_HOST);
    let base = Url::parse(&format!("{scheme}://{host}{}", request.path)).ok()?;
    match redirect {
        Redirect::Rewrite { target } => {
            let target = base.join(&target).ok()?;
            Some(Redirected::Within(target.path().to_owned()))
        }
        Redirect::To { status, target } => {
            let mut target = base.join(&target).ok()?;
            if target.query().unwrap_or_default().is_empty() {
                target.set_query(request.query.filter(|query| !query.is_empty()));
            }
            let location = match target.origin() == base.origin() {
                true => &target[url::Position::BeforePath..],
                false => target.as_str(),
            };
            let status = StatusCode::from_u16(status).ok()?;
            Some(Redirected::To(redirection(status, location)?))
        }
    }
}

fn redirection(status: StatusCode, location: &str) -> Option<Response<AssetBody>> {
    let mut response = plain(status);
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::from_str(location).ok()?);
    // As in the original: status 308 has no text.
    if status != StatusCode::PERMANENT_REDIRECT {
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain;charset=UTF-8"),
        );
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let text = format!("Redirecting to {location}");
        *response.body_mut() = AssetBody::from_bytes(text.into());
    }
    Some(response)
}

/// Applies the rules for the path that was asked for, be the answer that of another. Errors of the server are left alone.
pub(crate) fn change_headers(
    rules: &HeaderRules,
    request: &AssetRequest<'_>,
    response: &mut Response<AssetBody>,
) {
    if response.status().is_server_error() {
        return;
    }
    let host = request.host.map(|host| match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    });
    let headers = response.headers_mut();
    for change in rules.changes(host, request.path) {
        match change {
            HeaderChange::Remove(name) => {
                headers.remove(name);
            }
            HeaderChange::Set(name, value) => {
                if let Some((name, value)) = header(name, &value) {
                    headers.insert(name, value);
                }
            }
            HeaderChange::Append(name, value) => {
                if let Some((name, value)) = header(name, &value) {
                    append(headers, name, value);
                }
            }
        }
    }
    if response.status() == StatusCode::NOT_FOUND {
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().insert(CACHE_CONTROL, no_store);
    }
}

/// A header as it is sent. Values go out as Latin-1, beyond which the parser of the rules lets nothing pass.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let bytes: Option<Vec<u8>> = value
        .chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect();
    let value = HeaderValue::from_bytes(&bytes?).ok()?;
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
}

/// Adds a value to those that a header has: on the same line, but for cookies.
fn append(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if name == SET_COOKIE {
        headers.append(name, value);
        return;
    }
    match headers.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(value);
        }
        Entry::Occupied(mut entry) => {
            let joined = [entry.get().as_bytes(), b", ", value.as_bytes()].concat();
            if let Ok(joined) = HeaderValue::from_bytes(&joined) {
                entry.insert(joined);
            }
        }
    }
}
