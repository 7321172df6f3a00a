//! Compressing and decompressing piece by piece.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// What the output grows by at a time.
const STEP: usize = 16 * 1024;
/// The largest window, as zlib has it by default.
const WINDOW_BITS: u8 = 15;

/// Where the compressed data begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// RFC 1952
    Gzip,
    /// RFC 1950, which the standard calls `deflate`
    Zlib,
    /// RFC 1951
    Raw,
}

impl Format {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Zlib),
            "deflate-raw" => Some(Self::Raw),
            _ => None,
        }
    }
}

/// Why a piece could not be processed; the texts are the original's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodecError {
    #[error("Compression failed.")]
    Compression,
    #[error("Decompression failed.")]
    Decompression,
    #[error("Trailing bytes after end of compressed data")]
    Trailing,
    #[error("Called close() on a decompression stream with incomplete data")]
    Incomplete,
}

/// One stream on its way through.
pub(crate) enum Codec {
    Compressor(Compress),
    /// The flag says that the end of the data was seen.
    Decompressor(Decompress, bool),
}

impl Codec {
    pub(crate) fn compressor(format: Format) -> Self {
        let level = Compression::default();
        Self::Compressor(match format {
            Format::Gzip => Compress::new_gzip(level, WINDOW_BITS),
            Format::Zlib => Compress::new(level, true),
            Format::Raw => Compress::new(level, false),
        })
    }

    pub(crate) fn decompressor(format: Format) -> Self {
        let stream = match format {
            Format::Gzip => Decompress::new_gzip(WINDOW_BITS),
            Format::Zlib => Decompress::new(true),
            Format::Raw => Decompress::new(false),
        };
        Self::Decompressor(stream, false)
    }

    /// What the next piece becomes. No piece may follow the `last` one.
    pub(crate) fn process(&mut self, input: &[u8], last: bool) -> Result<Vec<u8>, CodecError> {
        let mut output = Vec::new();
        match self {
            Self::Compressor(stream) => compress(stream, input, last, &mut output)?,
            Self::Decompressor(stream, ended) => {
                decompress(stream, ended, input, last, &mut output)?;
            }
        }
        Ok(output)
    }
}

fn compress(
    stream: &mut Compress,
    mut input: &[u8],
    last: bool,
    output: &mut Vec<u8>,
) -> Result<(), CodecError> {
    let flush = if last {
        FlushCompress::Finish
    } else {
        FlushCompress::None
    };
    loop {
        output.reserve(STEP);
        let before = stream.total_in();
        let status = stream
            .compress_vec(input, output, flush)
            .map_err(|_| CodecError::Compression)?;
        input = &input[(stream.total_in() - before) as usize..];
        let has_room = output.len() < output.capacity();
        let done = match last {
            true => status == Status::StreamEnd,
            false => input.is_empty() && has_room,
        };
        if done {
            return Ok(());
        }
    }
}

fn decompress(
    stream: &mut Decompress,
    ended: &mut bool,
    mut input: &[u8],
    last: bool,
    output: &mut Vec<u8>,
) -> Result<(), CodecError> {
    while !*ended {
        output.reserve(STEP);
        let before = stream.total_in();
        let status = stream
            .decompress_vec(input, output, FlushDecompress::None)
            .map_err(|_| CodecError::Decompression)?;
        input = &input[(stream.total_in() - before) as usize..];
        *ended = status == Status::StreamEnd;
        let has_room = output.len() < output.capacity();
        if !*ended && input.is_empty() && has_room {
            break;
        }
    }
    if !input.is_empty() {
        return Err(CodecError::Trailing);
    }
    if last && !*ended {
        return Err(CodecError::Incomplete);
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(mut codec: Codec, pieces: &[&[u8]]) -> Result<Vec<u8>, CodecError> {
        let mut output = Vec::new();
        for piece in pieces {
            output.extend(codec.process(piece, false)?);
        }
        output.extend(codec.process(&[], true)?);
        Ok(output)
    }

    const FORMATS: [Format; 3] = [Format::Gzip, Format::Zlib, Format::Raw];

    proptest! {
        #[test]
        fn what_was_compressed_comes_back(data in prop::collection::vec(any::<u8>(), 0..5000), size in 1usize..700, repeats in 1usize..40) {
            let data = data.repeat(repeats);
            for format in FORMATS {
                let pieces: Vec<&[u8]> = data.chunks(size).collect();
                let compressed = all(Codec::compressor(format), &pieces).unwrap();
                let pieces: Vec<&[u8]> = compressed.chunks(size).collect();
                prop_assert_eq!(&all(Codec::decompressor(format), &pieces).unwrap(), &data);
                let cut = &compressed[..compressed.len() - 1];
                prop_assert_eq!(all(Codec::decompressor(format), &[cut]), Err(CodecError::Incomplete));
                prop_assert_eq!(all(Codec::decompressor(format), &[&compressed, b"x"]), Err(CodecError::Trailing));
            }
        }

        #[test]
        fn any_input_ends(data in prop::collection::vec(any::<u8>(), 0..2000)) {
            for format in FORMATS {
                let _ = all(Codec::decompressor(format), &[&data]);
            }
        }
    }
}
