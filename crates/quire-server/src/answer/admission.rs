//! What is refused before anything looks at a request, and the form that the rest sees it in.

use http::header::HOST;
use http::uri::PathAndQuery;
use http::{Method, Request, StatusCode, Version};

use quire_runtime::is_method;

use super::path;

/// Path and query together, as the original allows.
const URL_BYTES_MAX: usize = 16 * 1024;

/// A request that is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    pub reason: &'static str,
}

const fn refusal(status: StatusCode, reason: &'static str) -> Refusal {
    Refusal { status, reason }
}

const UNKNOWN_METHOD: Refusal =
    refusal(StatusCode::NOT_IMPLEMENTED, "the method is not implemented");
const URL_TOO_LONG: Refusal = refusal(StatusCode::URI_TOO_LONG, "the URL is longer than 16 KB");
const BAD_TARGET: Refusal = refusal(
    StatusCode::BAD_REQUEST,
    "the request's target is not a path",
);
const BAD_HOST: Refusal = refusal(
    StatusCode::BAD_REQUEST,
    "the request needs one valid Host header",
);
/// Not a refusal, but no page either: `OPTIONS *` asks whether the server is there.
const PING: Refusal = refusal(StatusCode::NO_CONTENT, "");

/// Checks a request and brings its path into normal form.
pub(crate) fn admit<B>(request: &mut Request<B>) -> Result<(), Refusal> {
    if !is_method(request.method().as_str()) {
        return Err(UNKNOWN_METHOD);
    }
    let Some(target) = request.uri().path_and_query() else {
        return Err(BAD_TARGET);
    };
    let target = target.as_str();
    if target.len() > URL_BYTES_MAX {
        return Err(URL_TOO_LONG);
    }
    if !target.starts_with('/') {
        let ping = target == "*" && *request.method() == Method::OPTIONS;
        return Err(if ping { PING } else { BAD_TARGET });
    }
    if !has_valid_host(request) {
        return Err(BAD_HOST);
    }
    if let Some(normal) = path::normalise(target) {
        let normal = PathAndQuery::try_from(normal).map_err(|_| BAD_TARGET)?;
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(normal);
        *request.uri_mut() = parts.try_into().map_err(|_| BAD_TARGET)?;
    }
    Ok(())
}

/// The host becomes part of the URL that functions see: it must not bring a path of its own.
fn has_valid_host<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_host(host.as_bytes()),
        (None, _) => request.uri().authority().is_some() || request.version() < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

pub(crate) fn is_host(host: &[u8]) -> bool {
    !host.is_empty()
        && host
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]~".contains(byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn admitted(method: &str, target: &str, host: &str) -> Result<String, u16> {
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header(HOST, host)
            .body(())
            .unwrap();
        admit(&mut request)
            .map(|()| request.uri().to_string())
            .map_err(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn ordinary_requests_pass_unchanged() {
        assert_eq!(
            admitted("GET", "/a%2Fb?c", "localhost:8788").unwrap(),
            "/a%2Fb?c"
        );
        assert_eq!(admitted("TRACE", "/", "[::1]:80").unwrap(), "/");
        assert_eq!(admitted("PROPFIND", "/", "h").unwrap(), "/");
    }

    #[test]
    fn paths_become_normal() {
        assert_eq!(admitted("GET", "/a/%2e%2E/../b?x", "h").unwrap(), "/b?x");
        assert_eq!(
            admitted("GET", "http://h/a/../b", "h").unwrap(),
            "http://h/b"
        );
    }

    #[test]
    fn the_rest_is_refused() {
        assert_eq!(admitted("FOO", "/", "h"), Err(501));
        assert_eq!(admitted("get", "/", "h"), Err(501));
        assert_eq!(admitted("CONNECT", "h:443", "h"), Err(501));
        assert_eq!(
            admitted("GET", &format!("/{}", "a".repeat(URL_BYTES_MAX)), "h"),
            Err(414)
        );
        assert_eq!(admitted("OPTIONS", "*", "h"), Err(204));
        assert_eq!(admitted("GET", "*", "h"), Err(400));
        for host in ["", "h/x", "h?x", "u@h", "h x", "h\\x"] {
            assert_eq!(admitted("GET", "/", host), Err(400), "{host}");
        }
    }

    #[test]
    fn http_1_1_needs_a_host() {
        let mut request = Request::builder().uri("/").body(()).unwrap();
        assert_eq!(admit(&mut request), Err(BAD_HOST));
        *request.version_mut() = Version::HTTP_10;
        assert_eq!(admit(&mut request), Ok(()));
    }
}
