//! What a client is told that speaks plain HTTP where HTTPS is spoken.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HOST, LOCATION};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;

use crate::answer::is_host;

/// The same address, encrypted.
pub(super) async fn answer<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let place = place(&request);
    let text = match &place {
        Some(place) => format!("this port speaks HTTPS only: {place}\n"),
        None => "this port speaks HTTPS only\n".to_owned(),
    };
    let location = place.and_then(|place| HeaderValue::try_from(place).ok());
    let mut response = Response::new(Full::from(text));
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    let redirects = location.is_some();
    if let Some(location) = location {
        headers.insert(LOCATION, location);
    }
    *response.status_mut() = match redirects {
        true => StatusCode::PERMANENT_REDIRECT,
        false => StatusCode::BAD_REQUEST,
    };
    Ok(response)
}

fn place<B>(request: &Request<B>) -> Option<String> {
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let path = request.uri().path_and_query()?.as_str();
    (is_host(host.as_bytes()) && path.starts_with('/')).then(|| format!("https://{host}{path}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    async fn told(host: &str, target: &str) -> (u16, Option<String>) {
        let request = Request::get(target).header(HOST, host).body(()).unwrap();
        let response = answer(request).await.unwrap();
        let location = response.headers().get(LOCATION);
        let location = location.map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), location)
    }

    #[tokio::test]
    async fn the_way_to_the_encrypted_page() {
        assert_eq!(
            told("localhost:8788", "/a?b=c").await,
            (308, Some("https://localhost:8788/a?b=c".into()))
        );
        assert_eq!(told("evil/x", "/").await, (400, None));
        assert_eq!(told("h", "*").await, (400, None));
    }
}
