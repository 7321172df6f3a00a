//! One body read twice: each branch sees every byte, whichever is ahead keeps what the other has
//! not read yet.

use super::body::{BodyError, ByteStream};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Two bodies with the bytes of `source`. `kept_bytes_max` bounds what is kept for the second
/// branch while only the first is read; past it the second branch fails when read.
pub(crate) fn tee(source: ByteStream, kept_bytes_max: usize) -> (ByteStream, ByteStream) {
    let size = source.size_hint();
    let shared = Arc::new(Mutex::new(Shared {
        source: Some(source),
        failed: None,
        kept_bytes_max,
        branches: [const { Branch::new() }; 2],
    }));
    let branch = |index| {
        TeeBranch {
            shared: shared.clone(),
            index,
            size,
        }
        .boxed_unsync()
    };
    (branch(0), branch(1))
}

struct Shared {
    source: Option<ByteStream>,
    failed: Option<BodyError>,
    kept_bytes_max: usize,
    branches: [Branch; 2],
}

struct Branch {
    queue: VecDeque<Bytes>,
    queued_bytes: usize,
    open: bool,
    overrun: bool,
    waker: Option<Waker>,
}

impl Branch {
    const fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            queued_bytes: 0,
            open: true,
            overrun: false,
            waker: None,
        }
    }

    fn keep(&mut self, chunk: &Bytes, kept_bytes_max: usize) {
        if !self.open || self.overrun {
            return;
        }
        self.queued_bytes += chunk.len();
        if self.queued_bytes > kept_bytes_max {
            self.overrun = true;
            self.queue = VecDeque::new();
        } else {
            self.queue.push_back(chunk.clone());
        }
    }
}

struct TeeBranch {
    shared: Arc<Mutex<Shared>>,
    index: usize,
    size: SizeHint,
}

impl TeeBranch {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Body for TeeBranch {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let mut shared = self.lock();
        let shared = &mut *shared;
        let [own, other] = match (self.index, &mut shared.branches) {
            (0, [first, second]) => [first, second],
            (_, [first, second]) => [second, first],
        };
        if own.overrun {
            return Poll::Ready(Some(Err(BodyError(format!(
                "the body was read elsewhere, and more than {} bytes of it were not kept",
                shared.kept_bytes_max
            )))));
        }
        if let Some(chunk) = own.queue.pop_front() {
            own.queued_bytes -= chunk.len();
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        if let Some(error) = &shared.failed {
            return Poll::Ready(Some(Err(error.clone())));
        }
        let Some(source) = &mut shared.source else {
            return Poll::Ready(None);
        };
        let polled = match Pin::new(source).poll_frame(context) {
            Poll::Pending => {
                own.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(chunk) => {
                    other.keep(&chunk, shared.kept_bytes_max);
                    Some(Ok(Frame::data(chunk)))
                }
                Err(trailers) => Some(Ok(trailers)),
            },
            Poll::Ready(Some(Err(error))) => {
                shared.failed = Some(error.clone());
                Some(Err(error))
            }
            Poll::Ready(None) => {
                shared.source = None;
                None
            }
        };
        // The source knows only the waker of who polled last.
        if let Some(waker) = other.waker.take() {
            waker.wake();
        }
        Poll::Ready(polled)
    }

    fn size_hint(&self) -> SizeHint {
        self.size
    }
}

impl Drop for TeeBranch {
    fn drop(&mut self) {
        let mut shared = self.lock();
        let index = self.index;
        shared.branches[index] = Branch {
            open: false,
            ..Branch::new()
        };
        // Whoever is left must poll the source itself from now on.
        if let Some(waker) = shared.branches[1 - index].waker.take() {
            waker.wake();
        }
    }
}
