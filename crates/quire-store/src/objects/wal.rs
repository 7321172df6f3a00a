//! The log of a SQLite database in WAL mode, as far as it has to be known here: <https://sqlite.org/fileformat2.html#walformat>.
//!
//! A log is a header and frames, a page each. Once all of it is in the database it begins anew, from its start and with other salts,
//! which are in its header and in every frame. Until then, what a commit added is never written again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

pub(super) const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: u64 = 24;

const MAGIC: [[u8; 4]; 2] = [[0x37, 0x7f, 0x06, 0x82], [0x37, 0x7f, 0x06, 0x83]];

/// What distinguishes one life of a log from the next.
pub(super) type Salts = [u8; 8];

/// The salts that a log's header has, if it is one.
pub(super) fn salts_of_header(header: &[u8]) -> Option<Salts> {
    let is_header = header.len() >= HEADER_BYTES && MAGIC.contains(header.first_chunk()?);
    let salts = header.get(16..24)?.try_into().ok()?;
    is_header.then_some(salts)
}

/// The salts of bytes that begin at a frame or, with `offset` 0, at the header.
pub(super) fn salts_at(offset: u64, bytes: &[u8]) -> Option<Salts> {
    match offset {
        0 => salts_of_header(bytes),
        _ => bytes.get(8..16)?.try_into().ok(),
    }
}

/// Bytes of a log, if they are few.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Added {
    Bytes { offset: u64, bytes: Vec<u8> },
    Much,
}

/// Up to where a log was read.
#[derive(Debug, Default)]
pub(super) struct Tail(Option<Seen>);

#[derive(Debug)]
struct Seen {
    salts: Salts,
    page_bytes: u64,
    frames: u64,
}

impl Seen {
    fn end(&self, frames: u64) -> u64 {
        HEADER_BYTES as u64 + frames * (FRAME_HEADER_BYTES + self.page_bytes)
    }
}

impl Tail {
    /// What was added since the last call, now that the log has so many frames: all of it if it began anew, or never was read.
    /// `much` is how many bytes are too many to be read.
    pub(super) fn advance(&mut self, log: &File, frames: u64, much: u64) -> io::Result<Added> {
        if let Some(seen) = self.0.as_mut().filter(|seen| seen.frames < frames) {
            let offset = seen.end(seen.frames);
            let length = seen.end(frames) - offset;
            if length <= much {
                let bytes = read(log, offset, length)?;
                if salts_at(offset, &bytes) == Some(seen.salts) {
                    seen.frames = frames;
                    return Ok(Added::Bytes { offset, bytes });
                }
            }
        }
        let seen = self.0.insert(begin(log, frames)?);
        match seen.end(frames) {
            length if length > much => Ok(Added::Much),
            length => Ok(Added::Bytes {
                offset: 0,
                bytes: read(log, 0, length)?,
            }),
        }
    }
}

fn begin(log: &File, frames: u64) -> io::Result<Seen> {
    let header = read(log, 0, HEADER_BYTES as u64)?;
    let page_bytes = header.get(8..12).and_then(|bytes| bytes.try_into().ok());
    match (salts_of_header(&header), page_bytes.map(u32::from_be_bytes)) {
        // The largest page's size does not fit where the database has it, but does here.
        (Some(salts), Some(page_bytes)) => Ok(Seen {
            salts,
            page_bytes: page_bytes.into(),
            frames,
        }),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "this is no log of a SQLite database",
        )),
    }
}

fn read(log: &File, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length as usize];
    log.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}
