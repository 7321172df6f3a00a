//! The body of an answer.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::asset::Asset;
use crate::directory::Stamp;
use crate::file_reader::FileReader;
use crate::report;

/// The body of an asset answer, of known length: nothing, bytes in memory, or a file that is read as it is sent.
#[derive(Debug)]
pub struct AssetBody {
    source: Source,
    asset: Option<Asset>,
}

#[derive(Debug)]
enum Source {
    Empty,
    Bytes(Bytes),
    File(FileStream),
}

impl AssetBody {
    /// A body without bytes.
    pub fn empty() -> Self {
        Self::of(Source::Empty)
    }

    /// A body of bytes in memory.
    pub fn from_bytes(bytes: Bytes) -> Self {
        Self::of(if bytes.is_empty() {
            Source::Empty
        } else {
            Source::Bytes(bytes)
        })
    }

    /// Some of the content of an open file. It fails if the file does not have the stamp at the end that it had before,
    /// since then the bytes sent are not those that the entity tag names.
    pub(crate) fn from_file(file: File, path: PathBuf, stamp: Stamp, range: Range<u64>) -> Self {
        Self::of(if range.is_empty() {
            Source::Empty
        } else {
            Source::File(FileStream {
                unsent: range.end - range.start,
                state: State::Idle(FileReader::new(file, range)),
                path,
                stamp,
            })
        })
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            asset: None,
        }
    }

    /// This body, which is the whole content of the file, or stands for it in an answer to HEAD.
    pub(crate) fn whole_of(mut self, asset: Asset) -> Self {
        self.asset = Some(asset);
        self
    }

    /// The file that this body is the whole content of; the body of an answer to HEAD stands for it.
    pub fn take_asset(&mut self) -> Option<Asset> {
        self.asset.take()
    }

    /// The whole body, if it is already in memory.
    pub fn in_memory(&self) -> Option<Bytes> {
        match &self.source {
            Source::Empty => Some(Bytes::new()),
            Source::Bytes(bytes) => Some(bytes.clone()),
            Source::File(_) => None,
        }
    }

    fn unsent(&self) -> u64 {
        match &self.source {
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
        match &mut self.source {
            Source::Empty => Poll::Ready(None),
            Source::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.source = Source::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Source::File(stream) => {
                let piece = ready!(stream.poll_piece(context));
                if let Err(error) = &piece {
                    report::cut_off(&stream.path, error);
                }
                if piece.is_err() || stream.unsent == 0 {
                    self.source = Source::Empty;
                }
                Poll::Ready(Some(piece.map(Frame::data)))
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
    path: PathBuf,
    stamp: Stamp,
    unsent: u64,
}

#[derive(Debug)]
enum State {
    Idle(FileReader),
    Reading(JoinHandle<io::Result<(Bytes, FileReader)>>),
    Done,
}

impl FileStream {
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let (piece, reader) = loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Idle(mut reader) => match reader.read_now() {
                    Ok(Some(piece)) => break (piece, reader),
                    Ok(None) => {
                        self.state = State::Reading(tokio::task::spawn_blocking(|| reader.read()));
                    }
                    Err(error) => return Poll::Ready(Err(changed_or(error))),
                },
                State::Reading(mut reading) => match Pin::new(&mut reading).poll(context) {
                    Poll::Ready(read) => {
                        break read.map_err(io::Error::other)?.map_err(changed_or)?;
                    }
                    Poll::Pending => {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    }
                },
                State::Done => {
                    return Poll::Ready(Err(io::Error::other(
                        "the file was already read to its end",
                    )));
                }
            }
        };
        self.unsent -= piece.len() as u64;
        if reader.unread() > 0 {
            self.state = State::Idle(reader);
        } else if Stamp::of(reader.file())?.has_other_content(&self.stamp) {
            return Poll::Ready(Err(changed()));
        }
        Poll::Ready(Ok(piece))
    }
}

/// What is missing from a file that had more is an error of its own.
fn changed_or(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => changed(),
        _ => error,
    }
}

fn changed() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the file changed while it was sent",
    )
}
