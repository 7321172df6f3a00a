//! Compression to RFC 1950, 1951 and 1952.

use super::codec::{Codec, Flush, Settings, Step, ZlibError, mode};
use flate2::{Compress, Compression, FlushCompress, Status};

pub(super) struct Deflater {
    stream: Compress,
    ended: bool,
}

fn compression(level: i32) -> Compression {
    u32::try_from(level).map_or_else(|_| Compression::default(), Compression::new)
}

impl Deflater {
    pub(super) fn new(settings: &Settings) -> Result<Self, ZlibError> {
        let level = compression(settings.level);
        // A window of 256 bytes is one that the format knows and no compressor does.
        let bits = settings.window_bits.clamp(9, 15) as u8;
        let mut stream = match settings.mode {
            mode::GZIP => Compress::new_gzip(level, bits),
            other => Compress::new_with_window_bits(level, other == mode::DEFLATE, bits),
        };
        if let Some(dictionary) = &settings.dictionary {
            stream
                .set_dictionary(dictionary)
                .map_err(|_| ZlibError::new(-2, "Z_STREAM_ERROR", "Failed to set dictionary"))?;
        }
        Ok(Self {
            stream,
            ended: false,
        })
    }
}

impl Codec for Deflater {
    fn set_level(&mut self, level: i32) -> Result<(), ZlibError> {
        self.stream
            .set_level(compression(level))
            .map_err(|_| ZlibError::new(-2, "Z_STREAM_ERROR", "Failed to set parameters"))
    }

    fn step(&mut self, input: &[u8], flush: Flush, output_max: usize) -> Result<Step, ZlibError> {
        let flush = match flush {
            Flush::None => FlushCompress::None,
            Flush::Partial => FlushCompress::Partial,
            Flush::Sync => FlushCompress::Sync,
            Flush::Full => FlushCompress::Full,
            Flush::Finish => FlushCompress::Finish,
        };
        let mut output = vec![0; output_max];
        let (mut consumed, mut made) = (0, 0);
        while !self.ended && made < output_max {
            let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
            let status = self
                .stream
                .compress(&input[consumed..], &mut output[made..], flush)
                .map_err(|_| ZlibError::stream())?;
            consumed += (self.stream.total_in() - before_in) as usize;
            made += (self.stream.total_out() - before_out) as usize;
            self.ended = status == Status::StreamEnd;
            if status == Status::BufError || (consumed == input.len() && made < output_max) {
                break;
            }
        }
        output.truncate(made);
        Ok(Step {
            more: !self.ended && made == output_max,
            output,
            consumed,
        })
    }
}
