//! The socket at which other workers reach this one's objects.

use super::local_executor::LocalExecutor;
use super::message::{self, Answer, Ask, Messages, measured, read_frame, with_body};
use super::{peer, socket};
use crate::bindings::objects::Objects;
use crate::core::body::{Body, BodyError, ByteStream};
use crate::core::fetcher::Called;
use crate::core::header_lines;
use crate::core::outcome::{Failure, FailureKind};
use crate::core::session::Pipe;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::cell::Cell;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{oneshot, watch};

/// Bytes on their way in one exchange, and in all.
const WINDOW_BYTES: u32 = 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 64 * 1024 * 1024;

/// Exchanges at a time with one worker. Each open WebSocket is one.
const STREAMS_MAX: u32 = 1 << 20;

/// How long to wait when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Listens at `path`, in place of whoever did so before.
pub(in super::super) fn listen(path: &Path) -> io::Result<UnixListener> {
    let mut own = path.as_os_str().to_owned();
    own.push(format!(".{}", std::process::id()));
    let own = PathBuf::from(own);
    match std::fs::remove_file(&own) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&own)?;
    std::fs::rename(&own, path)?;
    Ok(listener)
}

/// Takes connections until `retired` says so.
pub(in super::super) async fn run(
    listener: UnixListener,
    objects: Weak<Objects>,
    mut retired: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = retired.wait_for(|retired| *retired) => return,
        };
        match accepted {
            Ok((stream, _)) => drop(tokio::task::spawn_local(serve(
                stream,
                objects.clone(),
                retired.clone(),
            ))),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn serve(stream: UnixStream, objects: Weak<Objects>, mut retired: watch::Receiver<bool>) {
    let mut builder = http2::Builder::new(LocalExecutor);
    builder
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(STREAMS_MAX)
        .max_pending_accept_reset_streams(STREAMS_MAX as usize)
        .max_local_error_reset_streams(None);
    let order = Order::default();
    let service = service_fn(|request| {
        let (objects, turn) = (objects.upgrade(), order.next());
        let answer = answer(objects, request, turn);
        // In a box: HTTP/2 keeps as much room as this takes for as long as the exchange lasts, which may be days.
        Box::pin(async move { Ok::<_, Infallible>(http::Response::new(answer.await)) })
    });
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let told = Cell::new(false);
    let mut retirement = pin!(async move {
        // The sender lives as long as there are objects.
        let _ = retired.wait_for(|retired| *retired).await;
    });
    // An error is the other worker's end, which it has learnt by itself.
    let _ = poll_fn(|context| {
        if !told.get() && retirement.as_mut().poll(context).is_ready() {
            told.set(true);
            serving.as_mut().graceful_shutdown();
        }
        serving.as_mut().poll(context)
    })
    .await;
}

/// What arrives over a connection reaches the objects in its order, although some of it takes longer to be read.
#[derive(Default)]
struct Order(Cell<Option<oneshot::Receiver<()>>>);

/// A place in the order. The next one's turn comes when this is dropped.
struct Turn {
    before: Option<oneshot::Receiver<()>>,
    _done: oneshot::Sender<()>,
}

impl Order {
    fn next(&self) -> Turn {
        let (done, next) = oneshot::channel();
        Turn {
            before: self.0.replace(Some(next)),
            _done: done,
        }
    }
}

impl Turn {
    async fn come(&mut self) {
        if let Some(before) = self.before.take() {
            // It ends by being dropped.
            let _ = before.await;
        }
    }
}

async fn answer(
    objects: Option<Rc<Objects>>,
    request: http::Request<Incoming>,
    mut turn: Turn,
) -> ByteStream {
    let body = request
        .into_body()
        .map_err(|_| BodyError::connection_lost())
        .boxed_unsync();
    let Some(objects) = objects else {
        return with_body(peer::only(&peer::failed(&peer::lost())), None);
    };
    let read = message::read::<Ask>(body).await;
    let (ask, rest) = match read {
        Ok(read) => read,
        Err(error) => {
            let failure = Failure::new(FailureKind::Exception, error.0);
            return with_body(peer::only(&peer::failed(&failure)), None);
        }
    };
    match ask {
        Ask::Fetch {
            target,
            method,
            url,
            headers,
            cf,
            depth,
            socket,
            length,
        } => {
            let called = Called { url, cf, depth };
            let (body, messages) = match socket {
                true => (Body::empty(), Some(rest.boxed_unsync())),
                false if length == Some(0) => (Body::empty(), None),
                false => (Body::wrap(measured(rest.boxed_unsync(), length)), None),
            };
            let mut request = http::Request::new(body);
            let parsed = header_lines::parse(headers, |name, value| {
                request.headers_mut().append(name, value);
            });
            if let (Ok(()), Ok(method)) = (parsed, http::Method::from_bytes(method.as_bytes())) {
                *request.method_mut() = method;
            }
            request.extensions_mut().insert(called);
            turn.come().await;
            let outcome = objects.fetch(&target, request);
            drop(turn);
            peer::answer(outcome.await, messages).await
        }
        Ask::Session { target } => {
            let (near, far) = Pipe::pair();
            // A call that may not leave its program yet has no place in the order. One that is on its way has.
            let mut turn = rest.has_begun().then_some(turn);
            let Ok((first, rest)) = read_frame(rest).await else {
                return with_body(peer::only(&peer::failed(&peer::lost())), None);
            };
            if let Some(turn) = &mut turn {
                turn.come().await;
            }
            // Both ends are here.
            let _ = far.outgoing.send(first.into());
            let opened = objects.session(&target, near);
            drop(turn);
            match opened {
                Err(failure) => with_body(peer::only(&peer::failed(&failure)), None),
                Ok(()) => {
                    let Pipe { outgoing, incoming } = far;
                    tokio::task::spawn_local(async move {
                        socket::receive_calls(rest.boxed_unsync(), &outgoing).await;
                    });
                    let answers = Messages {
                        head: Some(peer::only(&Answer::Session)),
                        messages: incoming,
                    };
                    answers.boxed_unsync()
                }
            }
        }
    }
}
