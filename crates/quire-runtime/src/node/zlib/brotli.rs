//! Brotli, by the crate that the runtime's fetch() decodes with.

use super::codec::{Codec, Flush, Settings, Step, ZlibError};
use brotli::enc::backward_references::BrotliEncoderMode;
use brotli::enc::{BrotliEncoderParams, StandardAlloc};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, CompressorWriter};
use std::io::Write;

/// What the compressor's own buffer holds.
const BUFFER: usize = 16 * 1024;

pub(super) struct BrotliCompressor {
    /// None once finished
    writer: Option<CompressorWriter<Vec<u8>>>,
    /// What was made and not given yet, and how much of it was given
    ready: Vec<u8>,
    given: usize,
}

impl BrotliCompressor {
    pub(super) fn new(settings: &Settings) -> Self {
        let parameters = BrotliEncoderParams {
            quality: settings.level,
            lgwin: settings.window_bits,
            large_window: settings.window_bits > 24,
            size_hint: settings.size_hint,
            mode: match settings.text_or_font {
                1 => BrotliEncoderMode::BROTLI_MODE_TEXT,
                2 => BrotliEncoderMode::BROTLI_MODE_FONT,
                _ => BrotliEncoderMode::BROTLI_MODE_GENERIC,
            },
            ..BrotliEncoderParams::default()
        };
        Self {
            writer: Some(CompressorWriter::with_params(
                Vec::new(),
                BUFFER,
                &parameters,
            )),
            ready: Vec::new(),
            given: 0,
        }
    }
}

impl Codec for BrotliCompressor {
    fn step(&mut self, input: &[u8], flush: Flush, output_max: usize) -> Result<Step, ZlibError> {
        let failed = |_| ZlibError::new(-2, "ERR_BROTLI_COMPRESSION_FAILED", "Compression failed");
        let mut consumed = 0;
        // While earlier output waits this call is a repetition: its flush has been done.
        if self.given == self.ready.len() {
            self.given = 0;
            self.ready.clear();
            if let Some(writer) = &mut self.writer {
                writer.write_all(input).map_err(failed)?;
                consumed = input.len();
                if flush == Flush::Sync {
                    writer.flush().map_err(failed)?;
                }
                self.ready = std::mem::take(writer.get_mut());
            }
            if flush == Flush::Finish
                && let Some(writer) = self.writer.take()
            {
                self.ready.extend(writer.into_inner());
            }
        }
        let end = self.ready.len().min(self.given + output_max);
        let output = self.ready[self.given..end].to_vec();
        self.given = end;
        Ok(Step {
            output,
            consumed,
            more: end < self.ready.len(),
        })
    }
}

pub(super) struct BrotliDecompressor {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    ended: bool,
}

impl BrotliDecompressor {
    pub(super) fn new() -> Self {
        let new = StandardAlloc::default;
        Self {
            state: BrotliState::new(new(), new(), new()),
            ended: false,
        }
    }
}

impl Codec for BrotliDecompressor {
    fn has_ended(&self) -> bool {
        self.ended
    }

    fn step(&mut self, input: &[u8], flush: Flush, output_max: usize) -> Result<Step, ZlibError> {
        let mut output = vec![0; output_max];
        let (mut consumed, mut made, mut total) = (0, 0, 0);
        let mut more = false;
        if !self.ended {
            let (mut input_left, mut room) = (input.len(), output_max);
            match BrotliDecompressStream(
                &mut input_left,
                &mut consumed,
                input,
                &mut room,
                &mut made,
                &mut output,
                &mut total,
                &mut self.state,
            ) {
                BrotliResult::ResultSuccess => self.ended = true,
                BrotliResult::NeedsMoreInput if flush == Flush::Finish => {
                    return Err(ZlibError::unexpected_end());
                }
                BrotliResult::NeedsMoreInput => {}
                BrotliResult::NeedsMoreOutput => more = true,
                BrotliResult::ResultFailure => {
                    let name = format!("{:?}", self.state.error_code);
                    let code = name.trim_start_matches("BROTLI_DECODER");
                    return Err(ZlibError::new(
                        self.state.error_code as i32,
                        &format!("ERR_{code}"),
                        "Decompression failed",
                    ));
                }
            }
        }
        output.truncate(made);
        Ok(Step {
            output,
            consumed,
            more,
        })
    }
}
