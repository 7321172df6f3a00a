//! Content of objects as the body of a response, or whatever a program does with it.

use crate::core::body::{BodyError, ByteStream};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use quire_store::r2::R2Content;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::JoinHandle;

/// Bytes that are read at a time.
const PIECE_BYTES: u64 = 256 * 1024;

/// Content that is read ahead of the receiver by one piece.
enum Reading {
    Idle(R2Content),
    Busy(JoinHandle<io::Result<(Bytes, R2Content)>>),
    Ended,
}

struct ContentBody {
    reading: Reading,
    left: u64,
}

/// The bytes of an object.
pub(super) fn stream(content: R2Content) -> ByteStream {
    ContentBody {
        left: content.left(),
        reading: Reading::Idle(content),
    }
    .boxed_unsync()
}

fn read_piece(mut content: R2Content) -> io::Result<(Bytes, R2Content)> {
    let mut piece = vec![0; content.left().min(PIECE_BYTES) as usize];
    content.read_exact(&mut piece)?;
    Ok((Bytes::from(piece), content))
}

impl ContentBody {
    fn read_ahead(&mut self) {
        self.reading = match std::mem::replace(&mut self.reading, Reading::Ended) {
            Reading::Idle(content) if content.left() > 0 => {
                Reading::Busy(tokio::task::spawn_blocking(|| read_piece(content)))
            }
            Reading::Busy(reading) => Reading::Busy(reading),
            Reading::Idle(_) | Reading::Ended => Reading::Ended,
        };
    }
}

impl Body for ContentBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        this.read_ahead();
        let Reading::Busy(reading) = &mut this.reading else {
            return Poll::Ready(None);
        };
        let read = ready!(Pin::new(reading).poll(context));
        this.reading = Reading::Ended;
        match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok((piece, content)) => {
                this.left -= piece.len() as u64;
                this.reading = Reading::Idle(content);
                this.read_ahead();
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Err(error) => Poll::Ready(Some(Err(BodyError(format!(
                "the stored object cannot be read: {error}"
            ))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
