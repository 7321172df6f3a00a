//! Reading the content of an object: one piece, or the parts of an upload one after the other.
//!
//! A file that is open stays readable when its object is replaced. Of an object in several files only the first one is open from the
//! start, and locked: whoever removes such an object waits until no reader has that lock (see `writer`).

use super::customer_key::{CustomerCipher, Nonce};
use super::{R2CustomerKey, R2Error, R2Range};
use crate::StoreError;
use crate::blobs::Blobs;
use std::collections::VecDeque;
use std::fs::{File, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;

/// The content of an object that was asked for. It stays readable when the object is replaced or removed.
pub struct R2Content {
    contents: Arc<Blobs>,
    pieces: VecDeque<Piece>,
    current: Option<Current>,
    customer_key: Option<R2CustomerKey>,
    /// The file, if there is only one. Of several it is the first, whose lock keeps the others from being deleted.
    first_file: Option<File>,
    has_several_files: bool,
    offset: u64,
    left: u64,
}

/// A piece as the database has it.
pub(super) struct Piece {
    pub(super) place: Place,
    pub(super) length: u64,
    pub(super) nonce: Option<Nonce>,
}

/// Where the bytes of a piece are.
pub(super) enum Place {
    Bytes(Vec<u8>),
    File(String),
}

/// The piece that is being read.
struct Current {
    source: Source,
    /// How far it is read.
    at: u64,
    end: u64,
    cipher: Option<CustomerCipher>,
}

enum Source {
    Bytes(Vec<u8>),
    File(File),
}

/// Which bytes of so many a range means: where they begin, and how many there are.
pub(super) fn resolve(range: Option<R2Range>, size: u64) -> Result<(u64, u64), R2Error> {
    let (offset, length) = match range {
        None => return Ok((0, size)),
        Some(R2Range::From { offset, length }) => {
            let most = size.checked_sub(offset).ok_or(R2Error::Range)?;
            (offset, length.unwrap_or(most).min(most))
        }
        Some(R2Range::Last(count)) => {
            let count = count.min(size);
            (size - count, count)
        }
    };
    match length {
        0 => Err(R2Error::Range),
        length => Ok((offset, length)),
    }
}

impl R2Content {
    /// The bytes `range` (offset and length) of pieces. `None` if they were deleted meanwhile.
    pub(super) fn open(
        contents: Arc<Blobs>,
        pieces: Vec<Piece>,
        (offset, length): (u64, u64),
        customer_key: Option<R2CustomerKey>,
    ) -> Result<Option<Self>, StoreError> {
        let mut files = pieces.iter().filter_map(Piece::file);
        let (first, second) = (files.next(), files.next());
        let first_file = match first {
            None => None,
            Some((name, length)) => match contents.file(name, length) {
                Some(file) if second.is_none() || keep(&file) => Some(file),
                _ => return Ok(None),
            },
        };
        let mut content = Self {
            contents,
            has_several_files: second.is_some(),
            pieces: pieces.into(),
            current: None,
            customer_key,
            first_file,
            offset,
            left: length,
        };
        content.skip(offset)?;
        Ok(Some(content))
    }

    /// Where it begins in the object.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes are left to read.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Whether reading never blocks.
    pub fn is_in_memory(&self) -> bool {
        let current = self.current.as_ref();
        current.is_none_or(|current| matches!(current.source, Source::Bytes(_)))
            && (self.pieces.iter()).all(|piece| matches!(piece.place, Place::Bytes(_)))
    }

    /// Goes to where it begins.
    fn skip(&mut self, mut offset: u64) -> Result<(), StoreError> {
        while let Some(piece) = self.pieces.pop_front() {
            if piece.length > offset {
                self.current = Some(self.begin(piece, offset)?);
                return Ok(());
            }
            offset -= piece.length;
        }
        Ok(())
    }

    fn begin(&mut self, piece: Piece, at: u64) -> Result<Current, StoreError> {
        let Piece {
            place,
            length,
            nonce,
        } = piece;
        let source = match place {
            Place::Bytes(bytes) => Source::Bytes(bytes),
            Place::File(name) => {
                let only = match self.has_several_files {
                    true => None,
                    false => self.first_file.take(),
                };
                let file = only.or_else(|| self.contents.file(&name, length));
                Source::File(file.ok_or_else(|| self.contents.missing(&name))?)
            }
        };
        let cipher = match (&self.customer_key, nonce) {
            (Some(key), Some(nonce)) => Some(key.cipher(&nonce, at)?),
            _ => None,
        };
        Ok(Current {
            source,
            at,
            end: length,
            cipher,
        })
    }
}

/// Sees to it that the files of an object stay; whether they are there still. Where locks cannot be had, nobody waits for readers.
fn keep(lock: &File) -> bool {
    let is_being_deleted = matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock));
    !is_being_deleted && lock.metadata().is_ok_and(|data| data.nlink() > 0)
}

impl Piece {
    fn file(&self) -> Option<(&str, u64)> {
        match &self.place {
            Place::File(name) => Some((name, self.length)),
            Place::Bytes(_) => None,
        }
    }
}

impl Read for R2Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let Some(buffer) = buffer.get_mut(..wanted).filter(|buffer| !buffer.is_empty()) else {
            return Ok(0);
        };
        loop {
            if let Some(current) = &mut self.current {
                let count = current.read(buffer)?;
                if count > 0 {
                    self.left -= count as u64;
                    return Ok(count);
                }
            }
            let Some(piece) = self.pieces.pop_front() else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            let next = self.begin(piece, 0).map_err(io::Error::other)?;
            self.current = Some(next);
        }
    }
}

impl Current {
    /// 0 at the end of the piece.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let Some(buffer) = buffer.get_mut(..wanted).filter(|buffer| !buffer.is_empty()) else {
            return Ok(0);
        };
        let count = match &self.source {
            Source::File(file) => file.read_at(buffer, self.at)?,
            Source::Bytes(bytes) => {
                let rest = bytes.get(self.at as usize..).unwrap_or_default();
                (&mut &*rest).read(buffer)?
            }
        };
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(cipher) = &mut self.cipher {
            let read = &mut buffer[..count];
            let plain = cipher.apply(read).map_err(io::Error::other)?;
            read.copy_from_slice(&plain);
        }
        self.at += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let from = |offset, length| {
            let range = R2Range::From { offset, length };
            resolve(Some(range), 10).ok()
        };
        assert_eq!(resolve(None, 0).unwrap(), (0, 0));
        assert_eq!(from(0, None), Some((0, 10)));
        assert_eq!(from(8, Some(100)), Some((8, 2)));
        assert_eq!(from(9, Some(u64::MAX)), Some((9, 1)));
        assert_eq!(from(10, None), None);
        assert_eq!(from(10, Some(1)), None);
        assert_eq!(from(u64::MAX, Some(u64::MAX)), None);
        assert_eq!(from(0, Some(0)), None);
        let last = |count| resolve(Some(R2Range::Last(count)), 10).ok();
        assert_eq!(last(3), Some((7, 3)));
        assert_eq!(last(u64::MAX), Some((0, 10)));
        assert_eq!(last(0), None);
    }
}
