//! The body of an answer.

use std::fs::File;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::directory::Stamp;

/// Bytes read from a file at a time. One piece is read ahead of the one being sent, so this bounds what a slow
/// client holds in memory to twice as much.
const CHUNK: u64 = 128 * 1024;

/// The body of an asset answer, of known length: nothing, bytes in memory, or a file that is read as it is sent.
#[derive(Debug)]
pub struct AssetBody(Source);

#[derive(Debug)]
enum Source {
    Empty,
    Bytes(Bytes),
    File(FileStream),
}

impl AssetBody {
    /// A body without bytes.
    pub fn empty() -> Self {
        Self(Source::Empty)
    }

    /// A body of bytes in memory.
    pub fn from_bytes(bytes: Bytes) -> Self {
        Self(if bytes.is_empty() {
            Source::Empty
        } else {
            Source::Bytes(bytes)
        })
    }

    /// The content of an open file. It fails if the file does not have the stamp at the end that it had before,
    /// since then the bytes sent are not those that the entity tag names.
    pub(crate) fn from_file(file: File, stamp: Stamp) -> Self {
        Self(if stamp.length == 0 {
            Source::Empty
        } else {
            Source::File(FileStream {
                state: State::Idle(file),
                stamp,
                unsent: stamp.length,
                unread: stamp.length,
            })
        })
    }

    /// The whole body, if it is already in memory.
    pub fn in_memory(&self) -> Option<Bytes> {
        match &self.0 {
            Source::Empty => Some(Bytes::new()),
            Source::Bytes(bytes) => Some(bytes.clone()),
            Source::File(_) => None,
        }
    }

    fn unsent(&self) -> u64 {
        match &self.0 {
            Source::Empty => 0,
            Source::Bytes(bytes) => bytes.len() as u64,
            Source::File(stream) => stream.unsent,
        }
    }
}

impl Body for AssetBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.0 {
            Source::Empty => Poll::Ready(None),
            Source::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Source::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Source::File(stream) => {
                let chunk = ready!(stream.poll_chunk(context));
                if chunk.is_err() || stream.unsent == 0 {
                    self.0 = Source::Empty;
                }
                Poll::Ready(Some(chunk.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.unsent() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.unsent())
    }
}

#[derive(Debug)]
struct FileStream {
    state: State,
    stamp: Stamp,
    unsent: u64,
    unread: u64,
}

#[derive(Debug)]
enum State {
    Idle(File),
    Reading(JoinHandle<io::Result<(Bytes, File)>>),
    Done,
}

impl FileStream {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        self.read_ahead();
        let State::Reading(reading) = &mut self.state else {
            return Poll::Ready(Err(io::Error::other(
                "the file was already read to its end",
            )));
        };
        let result = ready!(Pin::new(reading).poll(context));
        self.state = State::Done;
        let (chunk, file) = result.map_err(io::Error::other)??;
        self.unsent -= chunk.len() as u64;
        if self.unread > 0 {
            self.state = State::Idle(file);
            self.read_ahead();
        }
        Poll::Ready(Ok(chunk))
    }

    fn read_ahead(&mut self) {
        if !matches!(self.state, State::Idle(_)) {
            return;
        }
        let State::Idle(file) = std::mem::replace(&mut self.state, State::Done) else {
            return;
        };
        let length = self.unread.min(CHUNK);
        self.unread -= length;
        let last = (self.unread == 0).then_some(self.stamp);
        self.state = State::Reading(tokio::task::spawn_blocking(move || {
            read_chunk(file, length, last)
        }));
    }
}

fn read_chunk(mut file: File, length: u64, last: Option<Stamp>) -> io::Result<(Bytes, File)> {
    let mut chunk = Vec::with_capacity(usize::try_from(length).map_err(io::Error::other)?);
    (&mut file).take(length).read_to_end(&mut chunk)?;
    let shortened = (chunk.len() as u64) < length;
    let replaced = last
        .map(|stamp| Ok::<_, io::Error>(Stamp::of(&file)?.has_other_content(&stamp)))
        .transpose()?;
    if shortened || replaced == Some(true) {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file changed while it was sent",
        ));
    }
    Ok((Bytes::from(chunk), file))
}
