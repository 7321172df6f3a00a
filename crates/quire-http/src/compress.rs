//! Content that is there as a whole, compressed.

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::coding::Coding;

/// Content shorter than this is sent as it is: what a coding adds would eat what it saves.
pub const WORTH_COMPRESSING: u64 = 50;

/// How much work compressing is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The result is sent once.
    Once,
    /// The result is kept and sent many times.
    Kept,
}

impl Effort {
    /// The level, in the coding's own measure.
    pub const fn level(self, coding: Coding) -> u32 {
        match (self, coding) {
            (Self::Once, Coding::Brotli) => 4,
            (Self::Once, Coding::Zstd) => 3,
            (Self::Once, Coding::Gzip) => 5,
            (Self::Kept, Coding::Brotli) => 6,
            (Self::Kept, Coding::Zstd) => 9,
            (Self::Kept, Coding::Gzip) => 7,
        }
    }
}

/// The content in this coding; `None` if that is not shorter.
pub fn compress(coding: Coding, effort: Effort, content: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let level = effort.level(coding);
    let room = content.len() / 3 + 64;
    let compressed = match coding {
        Coding::Brotli => {
            let parameters = BrotliEncoderParams {
                quality: level as i32,
                size_hint: content.len(),
                ..BrotliEncoderParams::default()
            };
            let mut compressed = Vec::with_capacity(room);
            brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
            compressed
        }
        Coding::Zstd => zstd::bulk::compress(content, level as i32)?,
        Coding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::with_capacity(room), Compression::new(level));
            encoder.write_all(content)?;
            encoder.finish()?
        }
    };
    Ok((compressed.len() < content.len()).then_some(compressed))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Read;

    use super::*;

    fn decompress(coding: Coding, compressed: &[u8]) -> Vec<u8> {
        let mut content = Vec::new();
        match coding {
            Coding::Brotli => {
                brotli::BrotliDecompress(&mut &compressed[..], &mut content).unwrap();
            }
            Coding::Zstd => {
                zstd::stream::copy_decode(compressed, &mut content).unwrap();
            }
            Coding::Gzip => {
                flate2::read::GzDecoder::new(compressed)
                    .read_to_end(&mut content)
                    .unwrap();
            }
        }
        content
    }

    #[test]
    fn decompresses_to_the_same() {
        let content = "some text, and ".repeat(20_000).into_bytes();
        for coding in Coding::ALL {
            for effort in [Effort::Once, Effort::Kept] {
                let compressed = compress(coding, effort, &content).unwrap().unwrap();
                assert!(compressed.len() < content.len() / 50, "{coding:?}");
                assert_eq!(decompress(coding, &compressed), content, "{coding:?}");
            }
        }
    }

    #[test]
    fn what_does_not_shrink_stays() {
        // A sequence without repetition.
        let mut state = 1_u32;
        let content: Vec<u8> = (0..1000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        for coding in Coding::ALL {
            assert_eq!(compress(coding, Effort::Kept, &content).unwrap(), None);
            assert_eq!(compress(coding, Effort::Kept, b"").unwrap(), None);
        }
    }
}
