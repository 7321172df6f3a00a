//! The way to another worker: one connection, over which requests to its objects go in the order in which they were made.

use super::local_executor::LocalExecutor;
use super::message::{self, Answer, Ask, Messages, measured, with_body};
use super::socket;
use crate::bindings::objects::Target;
use crate::core::body::{Body, ByteStream};
use crate::core::fetcher::Called;
use crate::core::header_lines;
use crate::core::outcome::{Failure, FailureKind, Flags};
use crate::core::session::Pipe;
use crate::web::websocket::{Endpoint, handshake};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::ext::ReasonPhrase;
use hyper_util::rt::TokioIo;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// How long a worker that has gone may take to be replaced.
const CONNECT_MAX: Duration = Duration::from_secs(10);
const CONNECT_PAUSE: Duration = Duration::from_millis(10);

/// Bytes on their way in one exchange, and in all.
const WINDOW_BYTES: u32 = 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 64 * 1024 * 1024;

/// Another worker.
pub(in super::super) struct Peer {
    requests: mpsc::UnboundedSender<Outgoing>,
}

struct Outgoing {
    request: http::Request<ByteStream>,
    reply: oneshot::Sender<Result<ByteStream, Failure>>,
    deadline: Instant,
}

impl Peer {
    /// The worker that listens at `path`. Nothing is sent yet.
    pub(in super::super) fn new(path: PathBuf) -> Self {
        let (requests, waiting) = mpsc::unbounded_channel();
        let again = requests.downgrade();
        tokio::task::spawn_local(run(path, waiting, again));
        Self { requests }
    }

    /// Has an object over there answer a request. The request is on its way when this returns, not when the future is polled.
    pub(in super::super) fn fetch(
        &self,
        target: &Target,
        request: http::Request<Body>,
    ) -> impl Future<Output = Result<http::Response<Body>, Failure>> + use<> {
        let (mut head, body) = request.into_parts();
        let called = head.extensions.remove::<Called>();
        let wants_socket = handshake::is_asked_for(&head.headers);
        let body = (!body.is_end_stream()).then(|| body.received().decoded());
        let ask = Ask::Fetch {
            target: target.clone(),
            method: head.method.as_str().into(),
            url: called
                .as_ref()
                .map_or_else(|| head.uri.to_string(), |called| called.url.clone()),
            headers: header_lines::lines_of(&head.headers),
            cf: called.as_ref().and_then(|called| called.cf.clone()),
            depth: called.map_or(0, |called| called.depth),
            socket: wants_socket,
            length: match &body {
                None => Some(0),
                Some(body) => body.size_hint().exact(),
            },
        };
        let (socket, body) = match wants_socket {
            true => {
                let (near, far) = Endpoint::pair();
                far.set_remote();
                let far = Rc::new(far);
                let messages = socket::outgoing(far.clone());
                (Some((near, far)), Some(messages))
            }
            false => (None, body),
        };
        let answer = self.ask(&ask, body);
        async move {
            let (answer, rest) = answer.await?;
            response(answer, rest, socket)
        }
    }

    /// Opens a session of calls with an object over there: its messages are those of `pipe`.
    pub(in super::super) fn session(
        &self,
        target: &Target,
        pipe: Pipe,
    ) -> impl Future<Output = Result<(), Failure>> + use<> {
        let ask = Ask::Session {
            target: target.clone(),
        };
        let Pipe { outgoing, incoming } = pipe;
        let body = Messages {
            head: Some(message::encode(&ask)),
            messages: incoming,
        };
        let answer = self.send(body.boxed_unsync());
        async move {
            match answer.await? {
                (Answer::Session, rest) => {
                    socket::receive_calls(rest, &outgoing).await;
                    Ok(())
                }
                (answer, rest) => response(answer, rest, None).map(drop),
            }
        }
    }

    fn ask(
        &self,
        ask: &Ask,
        body: Option<ByteStream>,
    ) -> impl Future<Output = Result<(Answer, ByteStream), Failure>> + use<> {
        self.send(with_body(message::encode(ask), body))
    }

    fn send(
        &self,
        content: ByteStream,
    ) -> impl Future<Output = Result<(Answer, ByteStream), Failure>> + use<> {
        let mut request = http::Request::new(content);
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = http::Uri::from_static("http://objects/");
        let (reply, answered) = oneshot::channel();
        let deadline = Instant::now() + CONNECT_MAX;
        let outgoing = Outgoing {
            request,
            reply,
            deadline,
        };
        let sent = self.requests.send(outgoing);
        async move {
            if sent.is_err() {
                return Err(lost());
            }
            let stream = answered.await.unwrap_or_else(|_| Err(lost()))?;
            let (answer, rest) = message::read(stream).await.map_err(|_| lost())?;
            Ok((answer, rest.boxed_unsync()))
        }
    }
}

/// The response that an answer stands for. If a socket was asked for, there are its two ends: one for who asked, and one that the
/// other worker's messages go to.
fn response(
    answer: Answer,
    rest: ByteStream,
    ends: Option<(Endpoint, Rc<Endpoint>)>,
) -> Result<http::Response<Body>, Failure> {
    let (status, reason, headers, has_socket, length) = match answer {
        Answer::Response {
            status,
            reason,
            headers,
            socket,
            length,
        } => (status, reason, headers, socket, length),
        Answer::Failure {
            message,
            thrown,
            flags,
        } => {
            let mut failure = Failure::new(FailureKind::Exception, message);
            failure.thrown = thrown.and_then(|thrown| BASE64.decode(thrown).ok());
            failure.flags = flags;
            return Err(failure);
        }
        Answer::Session => return Err(lost()),
    };
    let mut response = http::Response::new(());
    *response.status_mut() = http::StatusCode::from_u16(status).map_err(|_| lost())?;
    if let Some(Ok(reason)) = reason.map(|reason| ReasonPhrase::try_from(reason.into_bytes())) {
        response.extensions_mut().insert(reason);
    }
    let parsed = header_lines::parse(headers, |name, value| {
        response.headers_mut().append(name, value);
    });
    parsed.map_err(|_| lost())?;
    let body = match (ends, has_socket, length) {
        (Some((near, far)), true, _) => {
            tokio::task::spawn_local(socket::receive(far, rest));
            Body::socket(near)
        }
        (_, _, Some(0)) => Body::empty(),
        (_, _, length) => Body::wrap(measured(rest, length)),
    };
    Ok(response.map(|()| body))
}

/// The answer that a response is on its way, with what follows it.
pub(super) async fn answer(
    outcome: Result<http::Response<Body>, Failure>,
    messages: Option<ByteStream>,
) -> ByteStream {
    let response = match outcome {
        Ok(response) => response,
        Err(failure) => return with_body(message::encode(&failed(&failure)), None),
    };
    let (head, mut body) = response.into_parts();
    let socket = body.take_socket();
    let body = (socket.is_none() && !body.is_end_stream()).then(|| body.received().decoded());
    let answer = Answer::Response {
        status: head.status.as_u16(),
        reason: head
            .extensions
            .get::<ReasonPhrase>()
            .map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned()),
        headers: header_lines::lines_of(&head.headers),
        socket: socket.is_some(),
        length: match &body {
            None => Some(0),
            Some(body) => body.size_hint().exact(),
        },
    };
    let rest = match (socket, messages) {
        (Some(endpoint), Some(messages)) => {
            endpoint.set_remote();
            let endpoint = Rc::new(endpoint);
            tokio::task::spawn_local(socket::receive(endpoint.clone(), messages));
            Some(socket::outgoing(endpoint))
        }
        _ => body,
    };
    with_body(message::encode(&answer), rest)
}

/// A failure as an answer.
pub(super) fn failed(failure: &Failure) -> Answer {
    Answer::Failure {
        message: failure.message.clone(),
        thrown: failure.thrown.as_ref().map(|thrown| BASE64.encode(thrown)),
        flags: failure.flags,
    }
}

/// What callers learn of a worker that has gone.
pub(in super::super) fn lost() -> Failure {
    let mut failure = Failure::new(FailureKind::Exception, "Network connection lost.");
    failure.flags = Flags {
        retryable: true,
        ..Flags::default()
    };
    failure
}

/// Sends requests over a connection that is made when it is needed, and made anew when it has ended.
async fn run(
    path: PathBuf,
    mut waiting: mpsc::UnboundedReceiver<Outgoing>,
    again: mpsc::WeakUnboundedSender<Outgoing>,
) {
    let mut connection: Option<Connection> = None;
    while let Some(outgoing) = waiting.recv().await {
        let mut open = match connection.take().filter(Connection::is_open) {
            Some(open) => open,
            None => match connect(&path, outgoing.deadline).await {
                Some(open) => open,
                None => {
                    let _ = outgoing.reply.send(Err(lost()));
                    continue;
                }
            },
        };
        let Outgoing {
            request,
            reply,
            deadline,
        } = outgoing;
        let sending = open.sender.try_send_request(request);
        connection = Some(open);
        let again = again.clone();
        tokio::task::spawn_local(async move {
            let mut reply = reply;
            let sent = tokio::select! {
                sent = sending => sent,
                () = reply.closed() => return,
            };
            let answer = match sent {
                Ok(response) => Ok(response
                    .into_body()
                    .map_err(|_| crate::core::body::BodyError::connection_lost())
                    .boxed_unsync()),
                Err(mut error) => match (error.take_message(), again.upgrade()) {
                    // It never left: the connection was about to end.
                    (Some(request), Some(again)) if Instant::now() < deadline => {
                        let _ = again.send(Outgoing {
                            request,
                            reply,
                            deadline,
                        });
                        return;
                    }
                    _ => Err(lost()),
                },
            };
            // Whoever asked may have gone.
            let _ = reply.send(answer);
        });
    }
}

/// A connection to another worker.
struct Connection {
    sender: SendRequest<ByteStream>,
    /// Its socket once more, to look at.
    socket: OwnedFd,
}

impl Connection {
    /// Whether what is sent now may still reach the other worker. The system knows of its end before this thread had a turn to see it;
    /// what would be sent meanwhile could not be told from what that worker has dealt with.
    fn is_open(&self) -> bool {
        // Ends and errors are told of without being asked for.
        let mut look = [PollFd::new(&self.socket, PollFlags::empty())];
        !self.sender.is_closed()
            && poll(&mut look, Some(&Timespec::default())).is_ok()
            && look[0].revents().is_empty()
    }
}

async fn connect(path: &Path, deadline: Instant) -> Option<Connection> {
    loop {
        if let Ok(stream) = UnixStream::connect(path).await
            && let Ok(socket) = stream.as_fd().try_clone_to_owned()
        {
            let mut builder = http2::Builder::new(LocalExecutor);
            builder
                .initial_stream_window_size(WINDOW_BYTES)
                .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
                .initial_max_send_streams(usize::MAX >> 4);
            if let Ok((sender, connection)) = builder.handshake(TokioIo::new(stream)).await {
                tokio::task::spawn_local(async move {
                    // Its end is seen by the sender.
                    let _ = connection.await;
                });
                return Some(Connection { sender, socket });
            }
        }
        if Instant::now() >= deadline {
            return None;
        }
        tokio::time::sleep(CONNECT_PAUSE).await;
    }
}

/// The bytes of nothing, for answers that only say that they are there.
pub(super) fn only(answer: &Answer) -> Bytes {
    message::encode(answer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use tokio::net::UnixListener;
    use tokio::task::LocalSet;

    #[tokio::test]
    async fn the_end_of_a_worker_is_seen_before_anything_is_sent_to_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("worker.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let test = async {
            let connection = connect(&path, Instant::now()).await.unwrap();
            let (worker, _) = listener.accept().await.unwrap();
            assert!(connection.is_open());
            drop(worker);
            assert!(
                !connection.sender.is_closed(),
                "its task had no turn since the worker has gone"
            );
            assert!(!connection.is_open());
        };
        LocalSet::new().run_until(test).await;
    }

    #[tokio::test]
    async fn a_worker_that_is_missing_is_waited_for() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("worker.sock");
        let late = async {
            tokio::time::sleep(3 * CONNECT_PAUSE).await;
            UnixListener::bind(&path).unwrap()
        };
        let deadline = Instant::now() + CONNECT_MAX;
        let both = async { tokio::join!(connect(&path, deadline), late) };
        let (connection, _listener) = LocalSet::new().run_until(both).await;
        assert!(connection.is_some());
        let none = path.with_extension("none");
        assert!(connect(&none, Instant::now()).await.is_none());
    }
}
