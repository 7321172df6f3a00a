//! The way from a stream in JavaScript to a body outside: a short queue that holds the stream back
//! when the receiver is slow.

use super::body::{BodyError, ByteStream};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Chunks that may wait for the receiver before the stream is held back.
const QUEUED_CHUNKS_MAX: usize = 4;

enum Item {
    Chunk(Bytes),
    End,
}

/// JavaScript's end. Dropping it without [`finish`](Sink::finish) cuts the body off with an error.
#[derive(Clone)]
pub(crate) struct Sink(mpsc::Sender<Item>);

/// What became of a chunk.
pub(crate) enum Written {
    /// It was queued.
    Queued,
    /// The queue is full; the chunk is for [`write_when_possible`](Sink::write_when_possible).
    Full(Bytes),
    /// Nobody receives any more.
    Closed,
}

impl Sink {
    /// A sink and the body that it feeds, of `length` bytes if that is known.
    pub(crate) fn open(length: Option<u64>) -> (Self, ByteStream) {
        let (sender, receiver) = mpsc::channel(QUEUED_CHUNKS_MAX);
        let body = SinkBody {
            receiver,
            length,
            done: false,
        };
        (Self(sender), body.boxed_unsync())
    }

    /// Queues a chunk if there is room.
    pub(crate) fn write(&self, chunk: Bytes) -> Written {
        match self.0.try_send(Item::Chunk(chunk)) {
            Ok(()) => Written::Queued,
            Err(mpsc::error::TrySendError::Full(Item::Chunk(chunk))) => Written::Full(chunk),
            Err(_) => Written::Closed,
        }
    }

    /// Queues a chunk once there is room; `false` if nobody receives any more.
    pub(crate) async fn write_when_possible(&self, chunk: Bytes) -> bool {
        self.0.send(Item::Chunk(chunk)).await.is_ok()
    }

    /// Whether nobody receives any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Waits until nobody receives any more.
    pub(crate) async fn closed(&self) {
        self.0.closed().await;
    }

    /// The body is complete.
    pub(crate) async fn finish(self) {
        // An error means that the receiver has gone, who then needs no end either.
        let _ = self.0.send(Item::End).await;
    }
}

struct SinkBody {
    receiver: mpsc::Receiver<Item>,
    length: Option<u64>,
    done: bool,
}

impl Body for SinkBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        if this.done {
            return Poll::Ready(None);
        }
        this.receiver.poll_recv(context).map(|item| match item {
            Some(Item::Chunk(chunk)) => {
                if let Some(length) = &mut this.length {
                    *length = length.saturating_sub(chunk.len() as u64);
                }
                Some(Ok(Frame::data(chunk)))
            }
            Some(Item::End) => {
                this.done = true;
                None
            }
            None => {
                this.done = true;
                Some(Err(BodyError("the body's stream failed".into())))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.done
    }

    fn size_hint(&self) -> SizeHint {
        self.length
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
