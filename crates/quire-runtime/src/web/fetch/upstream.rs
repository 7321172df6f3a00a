//! Another server of this machine that answers in place of static files, such as the development server of a front end.
//!
//! A client's request passes through as it is, its `Host` included, and so does what becomes of its connection. What a program
//! asks of it ([`Fetcher`]) is answered like a request to any other program, so that sockets are sockets there.

use crate::core::body::{Body, ByteStream};
use crate::core::coding::Coding;
use crate::core::fetcher::Fetcher;
use crate::core::outcome::Failure;
use crate::web::websocket::{self, Upgrade, handshake};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderName, RETRY_AFTER, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use http_body::Body as HttpBody;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

/// How long a connection attempt may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// How long an idle connection is kept; less than development servers keep theirs.
const IDLE_MAX: Duration = Duration::from_secs(3);

/// What describes one connection and not the message.
const HOP_BY_HOP: [HeaderName; 7] = [
    CONNECTION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Where another server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpstreamPlace {
    /// It listens at this host and port.
    At(String),
    /// It does not listen; why, for people.
    Missing(String),
}

/// Another server. Clones stand for the same one.
#[derive(Clone)]
pub struct Upstream(Rc<Shared>);

struct Shared {
    place: RefCell<UpstreamPlace>,
    client: Client<HttpConnector, ByteStream>,
}

impl Upstream {
    /// The server at this place.
    pub fn new(place: UpstreamPlace) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_MAX));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_MAX)
            .build(tcp);
        let place = RefCell::new(place);
        Self(Rc::new(Shared { place, client }))
    }

    /// It is somewhere else from now on.
    pub fn set_place(&self, place: UpstreamPlace) {
        self.0.place.replace(place);
    }

    /// Passes a client's request on, and its answer back. If they agree to switch protocols, the connection follows.
    pub async fn pass<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: std::fmt::Display,
    {
        let (mut head, body) = request.into_parts();
        let client = head.extensions.remove::<OnUpgrade>();
        if let (Some(authority), false) = (head.uri.authority(), head.headers.contains_key(HOST))
            && let Ok(host) = HeaderValue::from_str(authority.as_str())
        {
            head.headers.insert(HOST, host);
        }
        let body = Body::wrap(body).into_stream();
        let mut answer = match self.send(Request::from_parts(head, body)).await {
            Ok(answer) => answer,
            Err(why) => return unreachable(&why),
        };
        let upgrade = match (answer.status(), client) {
            (StatusCode::SWITCHING_PROTOCOLS, Some(client)) => {
                Some(Upgrade::tunnel(client, hyper::upgrade::on(&mut answer)))
            }
            (StatusCode::SWITCHING_PROTOCOLS, None) => return unreachable(SWITCHED),
            _ => None,
        };
        let (mut head, body) = answer.into_parts();
        keep_end_to_end(&mut head.headers, upgrade.is_some());
        let body = match upgrade {
            Some(upgrade) => Body::upgrade(upgrade),
            None => Body::wrap(body),
        };
        let mut answer = Response::from_parts(head, body);
        *answer.version_mut() = Version::HTTP_11;
        answer
    }

    /// Sends a request; says why there is no answer if there is none.
    async fn send(&self, mut request: Request<ByteStream>) -> Result<Response<Incoming>, String> {
        let place = self.0.place.borrow().clone();
        let authority = match place {
            UpstreamPlace::At(authority) => authority,
            UpstreamPlace::Missing(why) => return Err(why),
        };
        let asks_for_upgrade = *request.method() == Method::GET
            && request.headers().contains_key(UPGRADE)
            && names(request.headers(), "upgrade");
        keep_end_to_end(request.headers_mut(), asks_for_upgrade);
        *request.version_mut() = Version::HTTP_11;
        let mut target = Uri::builder().scheme("http").authority(authority.as_str());
        if let Some(path) = request.uri().path_and_query() {
            target = target.path_and_query(path.clone());
        }
        *request.uri_mut() = target
            .build()
            .map_err(|error| format!("http://{authority} is no address to ask: {error}"))?;
        let sent = self.0.client.request(request).await;
        sent.map_err(|error| why(&authority, &error))
    }

    /// Answers what a program asks.
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let (mut head, body) = request.into_parts();
        let socket_key = handshake::is_asked_for(&head.headers)
            .then(|| handshake::request(&mut head.headers, false));
        let request = Request::from_parts(head, body.into_stream());
        let answer = match self.send(request).await {
            Ok(answer) => answer,
            Err(why) => return unreachable(&why),
        };
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            let Some(key) = socket_key else {
                return unreachable(SWITCHED);
            };
            return match websocket::connect(&key, answer, std::future::pending()).await {
                Ok((headers, endpoint, connection)) => {
                    tokio::task::spawn_local(connection);
                    let mut answer = Response::new(Body::socket(endpoint));
                    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                    *answer.headers_mut() = headers;
                    answer
                }
                Err(problem) => unreachable(&problem),
            };
        }
        let (mut head, body) = answer.into_parts();
        keep_end_to_end(&mut head.headers, false);
        let coding = head.headers.get(CONTENT_ENCODING);
        let coding = coding.and_then(|value| Coding::of(value.as_bytes()));
        let body = match body.is_end_stream() {
            true => Body::empty(),
            false => Body::encoded(Body::wrap(body).into_stream(), coding),
        };
        Response::from_parts(head, body)
    }
}

impl Fetcher for Upstream {
    fn fetch(
        &self,
        request: Request<Body>,
    ) -> LocalBoxFuture<'static, Result<Response<Body>, Failure>> {
        let upstream = self.clone();
        Box::pin(async move { Ok(upstream.answer(request).await) })
    }
}

const SWITCHED: &str = "it switched protocols without being asked to";

/// Removes what is about one connection, but for the words that ask for another protocol or agree to it.
fn keep_end_to_end(headers: &mut HeaderMap, upgrades: bool) {
    let listed: Vec<HeaderName> = tokens(headers)
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        .collect();
    let protocol = headers.get(UPGRADE).cloned().filter(|_| upgrades);
    for name in HOP_BY_HOP.iter().chain(&listed) {
        headers.remove(name);
    }
    if let Some(protocol) = protocol {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, protocol);
    }
}

/// Whether `Connection` has this token.
fn names(headers: &HeaderMap, token: &str) -> bool {
    tokens(headers).any(|listed| listed.eq_ignore_ascii_case(token))
}

fn tokens(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(CONNECTION).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// The innermost cause is the one that people know.
fn why(authority: &str, error: &ClientError) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let what = match error.is_connect() {
        true => "cannot be reached",
        false => "broke off without an answer",
    };
    format!("http://{authority} {what}: {cause}")
}

/// What stands in the place of an answer. A browser tries again by itself.
fn unreachable(why: &str) -> Response<Body> {
    let text = format!("502: the server that quire passes requests on to did not answer\n{why}\n");
    let mut answer = Response::new(Body::full(text));
    *answer.status_mut() = StatusCode::BAD_GATEWAY;
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    headers.insert(
        HeaderName::from_static("refresh"),
        HeaderValue::from_static("1"),
    );
    answer
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Upstream")
            .field("place", &self.0.place)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http_body_util::BodyExt;

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines
            .iter()
            .map(|&(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn what_describes_the_connection_stays_behind() {
        let mut passed = headers(&[
            ("connection", "keep-alive, X-Own"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("x-own", "1"),
            ("upgrade", "websocket"),
            ("accept", "text/html"),
        ]);
        keep_end_to_end(&mut passed, false);
        assert_eq!(passed, headers(&[("accept", "text/html")]));
    }

    #[test]
    fn a_change_of_protocols_is_asked_for_anew() {
        let mut passed = headers(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
        ]);
        assert!(names(&passed, "upgrade"));
        keep_end_to_end(&mut passed, true);
        assert_eq!(
            passed,
            headers(&[("connection", "Upgrade"), ("upgrade", "websocket")])
        );
    }

    #[tokio::test]
    async fn where_nobody_listens_the_answer_says_so() {
        let upstream = Upstream::new(UpstreamPlace::Missing("it starts".into()));
        let ask = || Request::new(http_body_util::Empty::<Bytes>::new());
        let answer = upstream.pass(ask()).await;
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(std::str::from_utf8(&text).unwrap().contains("it starts"));
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        upstream.set_place(UpstreamPlace::At(address.clone()));
        let answer = upstream.pass(ask()).await;
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(std::str::from_utf8(&text).unwrap().contains(&address));
    }
}
