//! Bodies as the server sends them.

use super::bodies::NativeBody;
use super::coding::{Coding, compress};
use super::request::RequestContext;
use crate::web::websocket::{Endpoint, Upgrade};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use std::any::Any;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::oneshot;

/// A stream of bytes from outside JavaScript, or made by it.
pub(crate) type ByteStream = UnsyncBoxBody<Bytes, BodyError>;

/// What the server knows a body's bytes by.
pub(crate) type Origin = Box<dyn Any + Send>;

/// Why a body ended early.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct BodyError(pub(crate) String);

impl BodyError {
    /// The other side's connection broke; worded as on the original.
    pub(crate) fn connection_lost() -> Self {
        Self("Network connection lost.".into())
    }
}

/// The body of a response. It stays on the worker's thread, because it keeps its request alive.
#[derive(Default)]
pub struct Body {
    content: Content,
    guard: Option<ResponseGuard>,
    /// What the request had used when the body came to its end.
    processor_time: Duration,
    /// What becomes of the connection after a response that switches protocols.
    upgrade: Option<Box<Upgrade>>,
    /// For another program: how the bytes are encoded that it is to see decoded.
    coding: Option<Coding>,
    /// What the server has given with the bytes.
    origin: Option<Origin>,
    /// For another program: the end of a socket.
    socket: Option<Box<Endpoint>>,
}

#[derive(Default)]
enum Content {
    #[default]
    Empty,
    Full(Bytes),
    Stream(ByteStream),
}

/// Tells the request that its response was sent, or is not wanted any more.
struct ResponseGuard {
    request: Rc<RequestContext>,
    /// Whether the client waits for bytes that it did not get.
    incomplete: bool,
}

impl Drop for ResponseGuard {
    fn drop(&mut self) {
        self.request.client_done(self.incomplete);
    }
}

impl Body {
    fn of(content: Content) -> Self {
        let mut body = Self::default();
        body.content = content;
        body
    }

    /// No bytes.
    pub fn empty() -> Self {
        Self::default()
    }

    /// These bytes.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let content = match bytes.is_empty() {
            true => Content::Empty,
            false => Content::Full(bytes),
        };
        Self::of(content)
    }

    /// The bytes of another body.
    pub fn wrap<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: std::fmt::Display,
    {
        if body.is_end_stream() {
            return Self::empty();
        }
        let stream = body
            .map_err(|error| BodyError(error.to_string()))
            .boxed_unsync();
        Self::stream(stream)
    }

    /// This body, with what the server knows its bytes by. It stays with them through a program for as long as nobody reads,
    /// clones or changes them.
    pub fn with_origin(mut self, origin: impl Any + Send) -> Self {
        self.origin = Some(Box::new(origin));
        self
    }

    /// What the server has given with these bytes, if they are still the same.
    pub fn take_origin<T: Any>(&mut self) -> Option<Box<T>> {
        self.origin.take()?.downcast().ok()
    }

    /// All the bytes, if they are in memory.
    pub fn in_memory(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Full(bytes) => Some(bytes),
            Content::Empty | Content::Stream(_) => None,
        }
    }

    /// Sends the content of another body instead.
    pub fn replace_content(&mut self, mut other: Body) {
        self.content = std::mem::take(&mut other.content);
        self.origin = None;
    }

    /// Compresses the content as it is sent. What there is of it goes out whenever the rest is waited for.
    pub fn compress(&mut self, coding: quire_http::Coding) {
        let stream = std::mem::take(&mut self.content).into_stream();
        self.content = Content::Stream(compress(coding, stream));
        self.origin = None;
    }

    pub(crate) fn stream(stream: ByteStream) -> Self {
        Self::of(Content::Stream(stream))
    }

    /// A body that a program passes on, untouched if it has an origin.
    pub(crate) fn passed_on(stream: ByteStream, origin: Option<Origin>) -> Self {
        let mut body = Self::stream(stream);
        body.origin = origin;
        body
    }

    /// For another program: bytes encoded in this way, which it is to see decoded.
    pub(crate) fn encoded(stream: ByteStream, coding: Option<Coding>) -> Self {
        let mut body = Self::stream(stream);
        body.coding = coding;
        body
    }

    /// For another program: no bytes, and the end of a socket instead.
    pub(crate) fn socket(endpoint: Endpoint) -> Self {
        let mut body = Self::default();
        body.socket = Some(Box::new(endpoint));
        body
    }

    /// The socket that another program answered with.
    pub(crate) fn take_socket(&mut self) -> Option<Endpoint> {
        self.socket.take().map(|endpoint| *endpoint)
    }

    /// As a body that a program receives. What it came from lives until it is read or dropped.
    pub(crate) fn received(mut self) -> NativeBody {
        let (coding, guard) = (self.coding, self.guard.take());
        let native = match std::mem::take(&mut self.content) {
            Content::Stream(stream) => NativeBody::new(watched(stream, guard), coding),
            content => {
                if let Some(mut guard) = guard {
                    guard.incomplete = false;
                }
                NativeBody::new(content.into_stream(), coding)
            }
        };
        native.with_origin(self.origin.take())
    }

    /// Keeps `request` alive until this body is sent, or dropped if the client does not want it.
    pub(crate) fn guarded(mut self, request: Rc<RequestContext>, wanted: bool) -> Self {
        self.guard = Some(ResponseGuard {
            request,
            incomplete: wanted,
        });
        self
    }

    /// The processor time that the program has used for the request so far.
    pub fn processor_time(&self) -> Duration {
        let guard = self.guard.as_ref();
        guard.map_or(self.processor_time, |guard| guard.request.spent())
    }

    /// No bytes, and a socket instead.
    pub(crate) fn upgrade(upgrade: Upgrade) -> Self {
        let mut body = Self::default();
        body.upgrade = Some(Box::new(upgrade));
        body
    }

    /// The socket that follows a response of status 101. If nobody takes it, it is lost.
    pub fn take_upgrade(&mut self) -> Option<Upgrade> {
        self.upgrade.take().map(|upgrade| *upgrade)
    }

    /// Whether nothing is left to send.
    fn is_sent(&self) -> bool {
        self.is_end_stream() || self.size_hint().exact() == Some(0)
    }

    /// The bytes as a stream of their own, for when they do not go to the client.
    pub(crate) fn into_stream(mut self) -> ByteStream {
        std::mem::take(&mut self.content).into_stream()
    }
}

impl Content {
    fn into_stream(self) -> ByteStream {
        match self {
            Self::Empty => empty_stream(),
            Self::Full(bytes) => full_stream(bytes),
            Self::Stream(stream) => stream,
        }
    }
}

/// The stream, which lets go of the guard at its end. The guard itself must stay on its thread; streams need not.
fn watched(stream: ByteStream, guard: Option<ResponseGuard>) -> ByteStream {
    let Some(guard) = guard else {
        return stream;
    };
    let (done, finished) = oneshot::channel();
    tokio::task::spawn_local(async move {
        // As a whole: it does its work when it is dropped.
        let mut guard = guard;
        guard.incomplete = finished.await.is_err();
    });
    let done = Some(done);
    Watched { stream, done }.boxed_unsync()
}

/// A stream that says when it has come to its end.
struct Watched {
    stream: ByteStream,
    done: Option<oneshot::Sender<()>>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) || this.stream.is_end_stream() {
            // Nobody listens if the runtime has ended.
            let _ = this.done.take().map(|done| done.send(()));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.stream.size_hint()
    }
}

/// A stream of no bytes.
pub(crate) fn empty_stream() -> ByteStream {
    http_body_util::Empty::new()
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// A stream of these bytes.
pub(crate) fn full_stream(bytes: Bytes) -> ByteStream {
    http_body_util::Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let polled = match &mut this.content {
            Content::Empty => Poll::Ready(None),
            Content::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                this.content = Content::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Content::Stream(stream) => Pin::new(stream).poll_frame(context),
        };
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            this.content = Content::Empty;
            this.processor_time = this.processor_time();
            if let Some(mut guard) = this.guard.take() {
                guard.incomplete = false;
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Empty => true,
            Content::Full(_) => false,
            Content::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Empty => SizeHint::with_exact(0),
            Content::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream(stream) => stream.size_hint(),
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let sent = self.is_sent();
        // Streams that feed it must find it gone.
        self.content = Content::Empty;
        if let Some(guard) = &mut self.guard {
            guard.incomplete &= !sent;
        }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Body").finish_non_exhaustive()
    }
}
