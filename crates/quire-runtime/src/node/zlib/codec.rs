//! What all codecs have in common: their settings, one step, their errors.

use super::brotli::{BrotliCompressor, BrotliDecompressor};
use super::deflate::Deflater;
use super::inflate::Inflater;
use super::zstd::{ZstdCompressor, ZstdDecompressor};

/// How much output a step gives when nobody says.
pub(super) const STEP: usize = 64 * 1024;

/// node:zlib's modes, by its numbers.
pub(super) mod mode {
    pub(crate) const DEFLATE: u32 = 1;
    pub(crate) const INFLATE: u32 = 2;
    pub(crate) const GZIP: u32 = 3;
    pub(crate) const GUNZIP: u32 = 4;
    pub(crate) const DEFLATE_RAW: u32 = 5;
    pub(crate) const INFLATE_RAW: u32 = 6;
    pub(crate) const UNZIP: u32 = 7;
    pub(crate) const BROTLI_DECODE: u32 = 8;
    pub(crate) const BROTLI_ENCODE: u32 = 9;
    pub(crate) const ZSTD_ENCODE: u32 = 10;
    pub(crate) const ZSTD_DECODE: u32 = 11;
}

/// What a stream is made with.
pub(super) struct Settings {
    pub(super) mode: u32,
    /// -1 to 9; for Brotli its quality, 0 to 11
    pub(super) level: i32,
    /// 8 to 15, or 0 for what the data says; for Brotli 10 to 24
    pub(super) window_bits: i32,
    /// Brotli's mode: 1 is text, 2 a font
    pub(super) text_or_font: u32,
    pub(super) size_hint: usize,
    pub(super) dictionary: Option<Vec<u8>>,
    /// Zstandard's parameters: numbers and values
    pub(super) parameters: Vec<(i32, i32)>,
    /// How much a Zstandard frame will hold
    pub(super) pledged_size: Option<u64>,
}

/// How much of what was taken must come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flush {
    None,
    Partial,
    Sync,
    Full,
    Finish,
}

impl Settings {
    /// By the number that the mode's family gives it.
    pub(super) fn flush(&self, number: u32) -> Flush {
        let has_operations = self.mode >= mode::BROTLI_DECODE;
        match (has_operations, number) {
            (_, 0) => Flush::None,
            (true, 2) | (false, 4) => Flush::Finish,
            (true, _) | (false, 2) => Flush::Sync,
            (false, 1) => Flush::Partial,
            (false, 3) => Flush::Full,
            (false, _) => Flush::Partial,
        }
    }
}

/// What came of a step.
pub(super) struct Step {
    pub(super) output: Vec<u8>,
    /// Bytes of the input that were taken
    pub(super) consumed: usize,
    /// The room for output ended before the output did.
    pub(super) more: bool,
}

/// Why a step failed, as zlib numbers and names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ZlibError {
    pub(super) number: i32,
    pub(super) code: String,
    pub(super) message: String,
}

impl ZlibError {
    pub(super) fn new(number: i32, code: &str, message: &str) -> Self {
        Self {
            number,
            code: code.into(),
            message: message.into(),
        }
    }

    pub(super) fn data(message: Option<&str>) -> Self {
        Self::new(-3, "Z_DATA_ERROR", message.unwrap_or("Zlib error"))
    }

    pub(super) fn stream() -> Self {
        Self::new(-2, "Z_STREAM_ERROR", "Zlib error")
    }

    pub(super) fn unexpected_end() -> Self {
        Self::new(-5, "Z_BUF_ERROR", "unexpected end of file")
    }

    pub(super) fn too_large() -> Self {
        Self::new(0, "ERR_BUFFER_TOO_LARGE", "")
    }
}

/// One stream of any kind.
pub(super) trait Codec {
    /// Takes what it can of `input` and gives at most `output_max` bytes.
    fn step(&mut self, input: &[u8], flush: Flush, output_max: usize) -> Result<Step, ZlibError>;

    /// Whether the data has ended, for those that decompress.
    fn has_ended(&self) -> bool {
        false
    }

    /// Changes the level of what follows, for those that have one.
    fn set_level(&mut self, _level: i32) -> Result<(), ZlibError> {
        Ok(())
    }
}

/// A stream of the kind that the settings say.
pub(super) fn codec(settings: &Settings) -> Result<Box<dyn Codec>, ZlibError> {
    Ok(match settings.mode {
        mode::DEFLATE | mode::GZIP | mode::DEFLATE_RAW => Box::new(Deflater::new(settings)?),
        mode::INFLATE | mode::GUNZIP | mode::INFLATE_RAW | mode::UNZIP => {
            Box::new(Inflater::new(settings)?)
        }
        mode::BROTLI_ENCODE => Box::new(BrotliCompressor::new(settings)),
        mode::BROTLI_DECODE => Box::new(BrotliDecompressor::new()),
        mode::ZSTD_ENCODE => Box::new(ZstdCompressor::new(settings)?),
        mode::ZSTD_DECODE => Box::new(ZstdDecompressor::new(settings)?),
        _ => return Err(ZlibError::stream()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settings(mode: u32) -> Settings {
        Settings {
            mode,
            level: 5,
            window_bits: if mode >= mode::BROTLI_DECODE { 22 } else { 15 },
            text_or_font: 0,
            size_hint: 0,
            dictionary: None,
            parameters: Vec::new(),
            pledged_size: None,
        }
    }

    fn all(mode: u32, pieces: &[&[u8]], output_max: usize) -> Result<Vec<u8>, ZlibError> {
        let mut stream = codec(&settings(mode))?;
        let mut output = Vec::new();
        let last: &[u8] = &[];
        for (piece, flush) in pieces
            .iter()
            .map(|piece| (*piece, Flush::None))
            .chain([(last, Flush::Finish)])
        {
            let mut taken = 0;
            loop {
                let step = stream.step(&piece[taken..], flush, output_max)?;
                assert!(step.output.len() <= output_max);
                taken += step.consumed;
                output.extend(step.output);
                if !step.more {
                    break;
                }
            }
        }
        Ok(output)
    }

    const PAIRS: [(u32, u32); 7] = [
        (mode::DEFLATE, mode::INFLATE),
        (mode::GZIP, mode::GUNZIP),
        (mode::DEFLATE_RAW, mode::INFLATE_RAW),
        (mode::GZIP, mode::UNZIP),
        (mode::DEFLATE, mode::UNZIP),
        (mode::BROTLI_ENCODE, mode::BROTLI_DECODE),
        (mode::ZSTD_ENCODE, mode::ZSTD_DECODE),
    ];

    proptest! {
        #[test]
        fn what_was_compressed_comes_back(
            data in prop::collection::vec(any::<u8>(), 0..2000), size in 1usize..700, repeats in 1usize..20, room in 64usize..5000,
        ) {
            let data = data.repeat(repeats);
            for (compress, decompress) in PAIRS {
                let pieces: Vec<&[u8]> = data.chunks(size).collect();
                let compressed = all(compress, &pieces, room).unwrap();
                let pieces: Vec<&[u8]> = compressed.chunks(size).collect();
                prop_assert_eq!(&all(decompress, &pieces, room).unwrap(), &data);
                let cut = &compressed[..compressed.len() - 1];
                prop_assert!(all(decompress, &[cut], room).is_err());
            }
        }

        #[test]
        fn any_input_ends(data in prop::collection::vec(any::<u8>(), 0..1000)) {
            for (_, decompress) in PAIRS {
                let _ = all(decompress, &[&data], 100);
            }
        }
    }

    #[test]
    fn members_of_a_gzip_file_follow_each_other_and_zeros_may_follow_them() {
        let mut file = all(mode::GZIP, &[b"abc"], STEP).unwrap();
        file.extend(all(mode::GZIP, &[b"def"], STEP).unwrap());
        assert_eq!(all(mode::GUNZIP, &[&file], STEP).unwrap(), b"abcdef");
        assert_eq!(all(mode::UNZIP, &[&file], STEP).unwrap(), b"abcdef");
        file.extend([0; 10]);
        assert_eq!(all(mode::GUNZIP, &[&file], STEP).unwrap(), b"abcdef");
        file.pop();
        file.push(b'x');
        assert_eq!(all(mode::GUNZIP, &[&file], STEP).unwrap(), b"abcdef");
        file.truncate(file.len() - 10);
        file.extend(b"xyz");
        let error = all(mode::GUNZIP, &[&file], STEP).unwrap_err();
        assert_eq!(error, ZlibError::data(Some("incorrect header check")));
    }
}
