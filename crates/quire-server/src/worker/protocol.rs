//! HTTP on one connection: which version, under which limits, and how it ends.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::time::Duration;

use bytes::BytesMut;
use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use quire_runtime::Upgrade;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::connection::{Connection, InFlight};
use super::plain_http;
use super::socket::Socket;
use super::stream::{Leftover, Stream};
use crate::answer::{Site, UpgradeSlot};

/// All headers of a request together, as the original allows.
const HEADER_BYTES_MAX: usize = 128 * 1024;

/// What a client begins with that speaks HTTP/2 without being asked whether it does.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Room for what arrives before the version is known: as a rule the whole first request.
const FIRST_READ_BYTES: usize = 4 * 1024;

/// Requests at a time on one HTTP/2 connection.
const HTTP2_STREAMS_MAX: u32 = 256;

/// Bytes on their way to the server on one HTTP/2 connection and in one of its streams.
const HTTP2_WINDOW_BYTES: u32 = 1024 * 1024;

const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(20);

/// What a client may still send that was refused, so that it can read why. After a reset it could not.
const LINGER_BYTES_MAX: usize = 64 * 1024 * 1024;
const LINGER_TIME_MAX: Duration = Duration::from_secs(2);

/// What a WebSocket may still say when its worker is to end.
const SOCKET_GRACE: Duration = Duration::from_millis(500);

/// Both protocols, set up once per worker.
pub(crate) struct Protocols {
    http1: http1::Builder,
    http2: http2::Builder<LocalExecutor>,
}

impl Protocols {
    pub(crate) fn new() -> Self {
        let mut http1 = http1::Builder::new();
        // The buffer's limit bounds what is queued for a slow reader, too.
        http1
            .max_header_size(HEADER_BYTES_MAX)
            .max_buf_size(HEADER_BYTES_MAX)
            .header_read_timeout(None);
        let mut http2 = http2::Builder::new(LocalExecutor);
        http2
            .timer(TokioTimer::new())
            .max_header_list_size(HEADER_BYTES_MAX as u32)
            .max_concurrent_streams(HTTP2_STREAMS_MAX)
            .initial_stream_window_size(HTTP2_WINDOW_BYTES)
            .initial_connection_window_size(HTTP2_WINDOW_BYTES)
            .keep_alive_interval(HTTP2_PING_INTERVAL);
        Self { http1, http2 }
    }

    /// Serves a connection until either side ends it.
    ///
    /// With `tls` the connection is to be encrypted; who speaks plain HTTP is shown the way.
    pub(crate) async fn serve(
        &self,
        socket: TcpStream,
        tls: Option<TlsAcceptor>,
        connection: &Arc<Connection>,
        site: &Rc<Site>,
    ) {
        let leftover = Leftover::default();
        {
            let mut serving = pin!(async {
                let stream = |socket, first| {
                    Stream::new(socket, first, connection.clone(), leftover.clone())
                };
                // An error here is the client's: it has gone, or did not speak what is spoken here and was told so.
                let mut socket = match begin(socket, tls).await {
                    Ok(Begun::Ready(socket)) => socket,
                    Ok(Begun::PlainHttp(socket)) => {
                        let stream = stream(Socket::Plain(socket), BytesMut::new());
                        let telling = self
                            .http1
                            .serve_connection(stream, service_fn(plain_http::answer));
                        let _ = telling.await;
                        return;
                    }
                    Err(_) => return,
                };
                let Ok(Some((version, first))) = detect(&mut socket).await else {
                    return;
                };
                let stream = stream(socket, first);
                match version {
                    Version::Http1 => self.serve_http1(stream, connection, site).await,
                    Version::Http2 => self.serve_http2(stream, connection, site).await,
                }
            });
            let done = poll_fn(|context| match connection.poll_abort(context) {
                Poll::Ready(()) => Poll::Ready(false),
                Poll::Pending => serving.as_mut().poll(context).map(|()| true),
            });
            if !done.await {
                return;
            }
        }
        let socket = leftover
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(socket) = socket {
            linger(socket).await;
        }
    }

    async fn serve_http1(&self, stream: Stream, connection: &Arc<Connection>, site: &Rc<Site>) {
        // In a box of its own: a socket may last for days, and needs nothing of what serving took.
        let upgrade = Box::pin(self.serve_requests(stream, connection, site)).await;
        if let Some(upgrade) = upgrade {
            let _in_flight = InFlight::new(connection.clone());
            upgrade.run(going_away(connection)).await;
        }
    }

    /// Serves HTTP/1 until either side ends it. Gives what the connection becomes then.
    async fn serve_requests(
        &self,
        stream: Stream,
        connection: &Arc<Connection>,
        site: &Rc<Site>,
    ) -> Option<Upgrade> {
        let upgrade = UpgradeSlot::default();
        let service = service_fn(|request| site.answer(request, connection, &upgrade));
        let mut serving = pin!(self.http1.serve_connection(stream, service).with_upgrades());
        let mut told = false;
        let served = poll_fn(|context| {
            loop {
                let polled = serving.as_mut().poll(context);
                if polled.is_ready() || told || !connection.should_finish() {
                    return polled;
                }
                told = true;
                serving.as_mut().graceful_shutdown();
            }
        });
        // As above: nobody is left to be told.
        let served = served.await;
        upgrade.take().filter(|_| served.is_ok())
    }

    async fn serve_http2(&self, stream: Stream, connection: &Arc<Connection>, site: &Rc<Site>) {
        let service = service_fn(|request| {
            let (site, connection) = (site.clone(), connection.clone());
            async move {
                // There is none in HTTP/2: a socket that a program answers with is dropped.
                let upgrade = UpgradeSlot::default();
                site.answer(request, &connection, &upgrade).await
            }
        });
        let mut serving = pin!(self.http2.serve_connection(stream, service));
        let mut told = false;
        let served = poll_fn(|context| {
            loop {
                let polled = serving.as_mut().poll(context);
                if polled.is_ready() || told || !connection.should_finish() {
                    return polled;
                }
                told = true;
                serving.as_mut().graceful_shutdown();
            }
        });
        let _ = served.await;
    }
}

/// Ready when a socket is to end because the worker does: some time after it was told to.
async fn going_away(connection: &Connection) {
    poll_fn(|_| match connection.should_finish() {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
    tokio::time::sleep(SOCKET_GRACE).await;
}

/// A connection of which it is known whether it is encrypted.
enum Begun {
    Ready(Socket),
    /// It should be encrypted, and is not.
    PlainHttp(TcpStream),
}

async fn begin(socket: TcpStream, tls: Option<TlsAcceptor>) -> io::Result<Begun> {
    let Some(tls) = tls else {
        return Ok(Begun::Ready(Socket::Plain(socket)));
    };
    let mut first = [0];
    socket.peek(&mut first).await?;
    // Methods of HTTP are capital letters; a handshake begins with something else.
    if first[0].is_ascii_uppercase() {
        return Ok(Begun::PlainHttp(socket));
    }
    let socket = tls.accept(socket).await?;
    Ok(Begun::Ready(Socket::Encrypted(Box::new(socket))))
}

enum Version {
    Http1,
    Http2,
}

/// Reads until it is clear which version is spoken. `None` if the client sends nothing.
async fn detect(socket: &mut Socket) -> io::Result<Option<(Version, BytesMut)>> {
    let mut first = BytesMut::with_capacity(FIRST_READ_BYTES);
    loop {
        if socket.read_buf(&mut first).await? == 0 {
            return Ok((!first.is_empty()).then_some((Version::Http1, first)));
        }
        let length = first.len().min(HTTP2_PREFACE.len());
        if first[..length] != HTTP2_PREFACE[..length] {
            return Ok(Some((Version::Http1, first)));
        }
        if length == HTTP2_PREFACE.len() {
            return Ok(Some((Version::Http2, first)));
        }
    }
}

/// Reads on for a while after the last answer, until the client closes its side.
async fn linger(mut socket: Socket) {
    let reading = async {
        let mut sink = BytesMut::with_capacity(FIRST_READ_BYTES);
        let mut total = 0;
        while total < LINGER_BYTES_MAX {
            sink.clear();
            match socket.read_buf(&mut sink).await {
                Ok(0) | Err(_) => return,
                Ok(length) => total += length,
            }
        }
    };
    // Past the time the client is cut off, as it would have been without this.
    let _ = tokio::time::timeout(LINGER_TIME_MAX, reading).await;
}

/// Runs the streams of HTTP/2 connections on the worker's one thread.
#[derive(Clone, Copy, Debug)]
struct LocalExecutor;

impl<F> Executor<F> for LocalExecutor
where
    F: Future<Output: 'static> + 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
