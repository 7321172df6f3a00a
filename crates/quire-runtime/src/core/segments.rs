//! A body put together of bytes in memory and parts of one file, which is read ahead of the receiver by one piece.

use crate::core::body::{BodyError, ByteStream};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::task::JoinHandle;

/// Bytes read from the file at a time.
const PIECE_BYTES: u64 = 128 * 1024;

/// A part of the body.
pub(crate) enum Segment {
    Bytes(Bytes),
    /// A part of the file: where it begins, how long it is.
    File(u64, u64),
}

struct Segments {
    segments: VecDeque<Segment>,
    file: Option<Arc<File>>,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
    left: u64,
}

/// A body of these segments.
pub(crate) fn stream(segments: Vec<Segment>, file: Option<File>) -> ByteStream {
    let left = segments.iter().map(Segment::length).sum();
    Segments {
        segments: segments.into(),
        file: file.map(Arc::new),
        reading: None,
        left,
    }
    .boxed_unsync()
}

impl Segment {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(_, length) => *length,
        }
    }
}

impl Segments {
    /// Begins to read the next piece, if the next segment is of the file.
    fn read_ahead(&mut self) {
        let (Some(Segment::File(offset, length)), Some(file)) =
            (self.segments.front_mut(), &self.file)
        else {
            return;
        };
        let (start, count) = (*offset, (*length).min(PIECE_BYTES));
        *offset += count;
        *length -= count;
        if *length == 0 {
            self.segments.pop_front();
        }
        let file = file.clone();
        self.reading = Some(tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; count as usize];
            file.read_exact_at(&mut piece, start)?;
            Ok(Bytes::from(piece))
        }));
    }
}

impl Body for Segments {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        loop {
            if let Some(reading) = &mut this.reading {
                let read = ready!(Pin::new(reading).poll(context));
                this.reading = None;
                let piece = match read {
                    Ok(Ok(piece)) => piece,
                    Ok(Err(error)) => return Poll::Ready(Some(Err(broken(&error)))),
                    Err(error) => return Poll::Ready(Some(Err(broken(&error)))),
                };
                this.left -= piece.len() as u64;
                this.read_ahead();
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            match this.segments.front_mut() {
                None => return Poll::Ready(None),
                Some(Segment::Bytes(bytes)) => {
                    let bytes = std::mem::take(bytes);
                    this.segments.pop_front();
                    this.left -= bytes.len() as u64;
                    if !bytes.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(bytes))));
                    }
                }
                Some(Segment::File(_, 0)) => {
                    this.segments.pop_front();
                }
                Some(Segment::File(..)) => this.read_ahead(),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

fn broken(error: &dyn std::fmt::Display) -> BodyError {
    BodyError(format!("the stored body cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_and_parts_of_a_file_in_their_order() {
        let path = std::env::temp_dir().join(format!("quire-segments-{}", std::process::id()));
        let content: Vec<u8> = (0..500_000_u32).map(|index| index as u8).collect();
        std::fs::write(&path, &content).expect("a temporary file can be written");
        let file = File::open(&path).expect("and opened");
        std::fs::remove_file(&path).expect("and removed");
        let segments = vec![
            Segment::Bytes(Bytes::from_static(b"start")),
            Segment::File(10, 300_000),
            Segment::Bytes(Bytes::new()),
            Segment::File(0, 0),
            Segment::File(499_999, 1),
            Segment::Bytes(Bytes::from_static(b"end")),
        ];
        let stream = stream(segments, Some(file));
        assert_eq!(stream.size_hint().exact(), Some(300_009));
        let all = stream.collect().await.expect("it is readable").to_bytes();
        let expected = [b"start", &content[10..300_010], &content[499_999..], b"end"].concat();
        assert!(all == expected);
    }
}
