//! Reads a file piece by piece, on the thread of whoever asks where that cannot block.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use rustix::io::Errno;

/// Bytes read at a time: more than what it takes to ask for them costs, and few enough to stay in the processor's cache until
/// they are sent.
const PIECE: usize = 256 * 1024;

/// Pieces on their way that are waited for, so that their memory can be used again. Beyond that, memory is new.
const LENT_MAX: usize = 2;

/// A range of a file's bytes, read in order.
#[derive(Debug)]
pub(crate) struct FileReader {
    file: Arc<File>,
    at: u64,
    end: u64,
    /// Whether the file system can tell that a read would block.
    tells_blocking: bool,
    lent: VecDeque<Bytes>,
}

impl FileReader {
    pub(crate) fn new(file: File, range: std::ops::Range<u64>) -> Self {
        Self {
            file: Arc::new(file),
            at: range.start,
            end: range.end,
            tells_blocking: cfg!(target_os = "linux"),
            lent: VecDeque::new(),
        }
    }

    pub(crate) fn unread(&self) -> u64 {
        self.end - self.at
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// The next piece, if it is in memory already.
    pub(crate) fn read_now(&mut self) -> io::Result<Option<Bytes>> {
        if !self.tells_blocking {
            return Ok(None);
        }
        let mut piece = self.piece();
        match read_without_blocking(&self.file, &mut piece, self.at) {
            Ok(length) => self.lend(piece, length).map(Some),
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
                self.tells_blocking = false;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the next piece, which may block. The reader comes back with it.
    pub(crate) fn read(mut self) -> io::Result<(Bytes, Self)> {
        let mut piece = self.piece();
        self.file.read_exact_at(&mut piece, self.at)?;
        let length = piece.len();
        let piece = self.lend(piece, length)?;
        Ok((piece, self))
    }

    /// Room for the next piece: that of an earlier one which was sent, if there is any.
    fn piece(&mut self) -> BytesMut {
        let length = usize::try_from(self.unread()).map_or(PIECE, |unread| unread.min(PIECE));
        let reused = self.lent.pop_front().map(Bytes::try_into_mut);
        let mut piece = match reused {
            Some(Ok(piece)) if piece.len() >= length => piece,
            Some(Err(lent)) => {
                self.lent.push_front(lent);
                BytesMut::zeroed(length)
            }
            _ => BytesMut::zeroed(length),
        };
        piece.truncate(length);
        piece
    }

    fn lend(&mut self, piece: BytesMut, length: usize) -> io::Result<Bytes> {
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += length as u64;
        let piece = piece.freeze();
        if self.lent.len() < LENT_MAX {
            self.lent.push_back(piece.clone());
        }
        Ok(piece.slice(..length))
    }
}

#[cfg(target_os = "linux")]
fn read_without_blocking(file: &File, piece: &mut [u8], at: u64) -> Result<usize, Errno> {
    let pieces = &mut [IoSliceMut::new(piece)];
    rustix::io::preadv2(file, pieces, at, rustix::io::ReadWriteFlags::NOWAIT)
}

#[cfg(not(target_os = "linux"))]
fn read_without_blocking(_: &File, _: &mut [u8], _: u64) -> Result<usize, Errno> {
    Err(Errno::NOSYS)
}
