//! `/api/*` and `/org/*`: what arrived, as JSON; and answers that test how a proxy passes things on.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::body::{Answer, empty, json, text, with_header};
use crate::objects::hex;

#[derive(Serialize)]
struct Echo {
    method: String,
    path: String,
    query: Option<String>,
    headers: BTreeMap<String, Vec<String>>,
    body: EchoedBody,
}

#[derive(Serialize)]
struct EchoedBody {
    length: u64,
    sha256: String,
}

/// Answers below `/api/` and `/org/`.
pub(crate) async fn answer(request: Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    if let Some(status) = path.strip_prefix("/api/redirect/") {
        return redirect(status, request.uri().query());
    }
    if path == "/api/stream" {
        return ticks(
            number(request.uri().query(), "count", 5),
            number(request.uri().query(), "every", 100),
        );
    }
    if path == "/api/loopback" {
        return loopback(request);
    }
    if path == "/api/cookies" {
        let answer = with_header(empty(StatusCode::OK), header::SET_COOKIE, "a=1; Path=/");
        return with_header(answer, header::SET_COOKIE, "b=2; HttpOnly");
    }
    if let Some(status) = path.strip_prefix("/api/status/") {
        return match status
            .parse::<u16>()
            .ok()
            .and_then(|code| StatusCode::from_u16(code).ok())
        {
            Some(status) => empty(status),
            None => text(
                StatusCode::BAD_REQUEST,
                format!("`{status}` is no HTTP status"),
            ),
        };
    }
    echo(request, path).await
}

async fn echo(request: Request<Incoming>, path: String) -> Answer {
    let (parts, mut body) = request.into_parts();
    let mut digest = Sha256::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                if let Some(data) = frame.data_ref() {
                    length += data.len() as u64;
                    digest.update(data);
                }
            }
            Err(error) => {
                return text(
                    StatusCode::BAD_REQUEST,
                    format!("the body broke off: {error}"),
                );
            }
        }
    }
    let echo = Echo {
        method: parts.method.to_string(),
        path,
        query: parts.uri.query().map(str::to_owned),
        headers: header_lists(&parts.headers),
        body: EchoedBody {
            length,
            sha256: hex(&digest.finalize()),
        },
    };
    json(StatusCode::OK, "application/json", &echo)
}

fn header_lists(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        lists
            .entry(name.to_string())
            .or_default()
            .push(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    lists
}

/// `/api/redirect/307?to=/api/there`
fn redirect(status: &str, query: Option<&str>) -> Answer {
    let status = status
        .parse::<u16>()
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok());
    match (
        status.filter(StatusCode::is_redirection),
        parameter(query, "to"),
    ) {
        (Some(status), Some(to)) => with_header(empty(status), header::LOCATION, &to),
        _ => text(
            StatusCode::BAD_REQUEST,
            "use `/api/redirect/{301,302,303,307,308}?to=URL`",
        ),
    }
}

/// `/api/stream?count=5&every=100`: lines `tick 0`, `tick 1`, … as they happen, that many milliseconds apart.
fn ticks(count: u64, every: u64) -> Answer {
    let lines = stream::unfold(0, move |index| async move {
        if index >= count.min(10_000) {
            return None;
        }
        if index > 0 {
            tokio::time::sleep(Duration::from_millis(every.min(10_000))).await;
        }
        Some((
            Ok::<_, io::Error>(Frame::data(Bytes::from(format!("tick {index}\n")))),
            index + 1,
        ))
    });
    let mut answer = Response::new(StreamBody::new(lines).boxed_unsync());
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    answer
}

/// `/api/loopback`: the body of the request is the body of the answer, piece by piece.
fn loopback(request: Request<Incoming>) -> Answer {
    let media_type = request.headers().get(header::CONTENT_TYPE).cloned();
    let mut answer = Response::new(request.into_body().map_err(io::Error::other).boxed_unsync());
    if let Some(media_type) = media_type {
        answer
            .headers_mut()
            .insert(header::CONTENT_TYPE, media_type);
    }
    answer
}

fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    query?
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
}

fn number(query: Option<&str>, name: &str, default: u64) -> u64 {
    parameter(query, name)
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}
