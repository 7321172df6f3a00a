//! Decompression of RFC 1950, 1951 and 1952, and of whichever of the first and the last it is.

use super::codec::{Codec, Flush, Settings, Step, ZlibError, mode};
use flate2::{Decompress, FlushDecompress, Status};

const MAGIC: [u8; 2] = [0x1f, 0x8b];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Gzip,
    Zlib,
    Raw,
    /// Not known before the first two bytes; whether the first was seen and is that of gzip.
    Unknown(bool),
}

pub(super) struct Inflater {
    stream: Decompress,
    format: Format,
    window_bits: u8,
    dictionary: Option<Vec<u8>>,
    ended: bool,
}

fn new_stream(format: Format, window_bits: u8) -> Decompress {
    match format {
        Format::Gzip => Decompress::new_gzip(window_bits),
        other => Decompress::new_with_window_bits(other != Format::Raw, window_bits),
    }
}

impl Inflater {
    pub(super) fn new(settings: &Settings) -> Result<Self, ZlibError> {
        let format = match settings.mode {
            mode::GUNZIP => Format::Gzip,
            mode::INFLATE => Format::Zlib,
            mode::INFLATE_RAW => Format::Raw,
            _ => Format::Unknown(false),
        };
        let window_bits = match settings.window_bits {
            0 => 15,
            bits => bits.clamp(9, 15) as u8,
        };
        let mut stream = new_stream(format, window_bits);
        if let (Format::Raw, Some(dictionary)) = (format, &settings.dictionary) {
            stream
                .set_dictionary(dictionary)
                .map_err(|_| ZlibError::new(-2, "Z_STREAM_ERROR", "Failed to set dictionary"))?;
        }
        Ok(Self {
            stream,
            format,
            window_bits,
            dictionary: settings.dictionary.clone(),
            ended: false,
        })
    }

    /// Finds out what it is; gives how many bytes that took, or nothing while more are needed.
    fn detect(&mut self, input: &[u8]) -> Option<usize> {
        let Format::Unknown(first_seen) = self.format else {
            return Some(0);
        };
        let (first, second) = match (first_seen, input) {
            (_, []) => return None,
            (true, [second, ..]) => (MAGIC[0], Some(*second)),
            (false, [first, rest @ ..]) => (*first, rest.first().copied()),
        };
        self.format = match (first == MAGIC[0], second) {
            (false, _) => Format::Zlib,
            (true, None) => Format::Unknown(true),
            (true, Some(second)) if second == MAGIC[1] => Format::Gzip,
            (true, Some(_)) => Format::Zlib,
        };
        self.stream = new_stream(self.format, self.window_bits);
        if self.format == Format::Unknown(true) {
            return None;
        }
        if first_seen {
            // The byte that was held back goes in first; a header's first byte gives nothing and cannot fail.
            let _ = self
                .stream
                .decompress(&MAGIC[..1], &mut [], FlushDecompress::None);
        }
        Some(0)
    }

    fn give_dictionary(&mut self) -> Result<(), ZlibError> {
        let Some(dictionary) = &self.dictionary else {
            return Err(ZlibError::new(2, "Z_NEED_DICT", "Missing dictionary"));
        };
        self.stream
            .set_dictionary(dictionary)
            .map(drop)
            .map_err(|_| ZlibError::data(Some("Bad dictionary")))
    }
}

impl Codec for Inflater {
    fn has_ended(&self) -> bool {
        self.ended
    }

    fn step(&mut self, input: &[u8], flush: Flush, output_max: usize) -> Result<Step, ZlibError> {
        let mut step = Step {
            output: Vec::new(),
            consumed: 0,
            more: false,
        };
        if self.detect(input).is_none() {
            step.consumed = input.len();
            return match flush {
                Flush::Finish => Err(ZlibError::unexpected_end()),
                _ => Ok(step),
            };
        }
        let mut output = vec![0; output_max];
        let mut made = 0;
        while made < output_max {
            if self.ended {
                // Another member of a gzip file may follow; zeros are padding.
                match input.get(step.consumed) {
                    Some(byte) if self.format == Format::Gzip && *byte != 0 => {
                        self.stream = new_stream(self.format, self.window_bits);
                        self.ended = false;
                    }
                    _ => break,
                }
            }
            let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
            let rest = &input[step.consumed..];
            let result = self
                .stream
                .decompress(rest, &mut output[made..], FlushDecompress::None);
            step.consumed += (self.stream.total_in() - before_in) as usize;
            made += (self.stream.total_out() - before_out) as usize;
            match result {
                Ok(Status::StreamEnd) => self.ended = true,
                Ok(Status::BufError) => break,
                Ok(Status::Ok) if step.consumed == input.len() && made < output_max => break,
                Ok(Status::Ok) => {}
                Err(error) if error.needs_dictionary().is_some() => self.give_dictionary()?,
                Err(error) => return Err(ZlibError::data(error.message())),
            }
        }
        if !self.ended && flush == Flush::Finish && made < output_max {
            return Err(ZlibError::unexpected_end());
        }
        step.more = !self.ended && made == output_max;
        if self.ended && self.format == Format::Gzip {
            step.more = input.get(step.consumed).is_some_and(|byte| *byte != 0);
        }
        output.truncate(made);
        step.output = output;
        Ok(step)
    }
}
