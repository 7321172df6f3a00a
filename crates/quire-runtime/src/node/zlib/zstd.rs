//! Zstandard, by the library of its authors.

use super::codec::{Codec, Flush, Settings, Step, ZlibError};
use zstd_safe::zstd_sys::ZSTD_EndDirective as Directive;
use zstd_safe::{CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, Strategy};

fn compression_failed(code: zstd_safe::ErrorCode) -> ZlibError {
    failed("ERR_ZSTD_COMPRESSION_FAILED", "compression", code)
}

fn decompression_failed(code: zstd_safe::ErrorCode) -> ZlibError {
    failed("ERR_ZSTD_DECOMPRESSION_FAILED", "decompression", code)
}

fn failed(name: &str, work: &str, code: zstd_safe::ErrorCode) -> ZlibError {
    let text = zstd_safe::get_error_name(code);
    ZlibError::new(-1, name, &format!("Zstd {work} failed: {text}"))
}

fn wrong_setting(code: zstd_safe::ErrorCode) -> ZlibError {
    let text = zstd_safe::get_error_name(code);
    let message = format!("Setting parameter failed: {text}");
    ZlibError::new(-1, "ERR_ZLIB_INITIALIZATION_FAILED", &message)
}

fn no_memory() -> ZlibError {
    ZlibError::new(-4, "Z_MEM_ERROR", "Could not initialize Zstd instance")
}

/// A parameter by the number that zstd.h gives it; `None` if there is none.
fn compression_parameter(number: i32, value: i32) -> Option<CParameter> {
    let amount = u32::try_from(value).unwrap_or(u32::MAX);
    Some(match number {
        100 => CParameter::CompressionLevel(value),
        101 => CParameter::WindowLog(amount),
        102 => CParameter::HashLog(amount),
        103 => CParameter::ChainLog(amount),
        104 => CParameter::SearchLog(amount),
        105 => CParameter::MinMatch(amount),
        106 => CParameter::TargetLength(amount),
        107 => CParameter::Strategy(match value {
            1 => Strategy::ZSTD_fast,
            2 => Strategy::ZSTD_dfast,
            3 => Strategy::ZSTD_greedy,
            4 => Strategy::ZSTD_lazy,
            5 => Strategy::ZSTD_lazy2,
            6 => Strategy::ZSTD_btlazy2,
            7 => Strategy::ZSTD_btopt,
            8 => Strategy::ZSTD_btultra,
            9 => Strategy::ZSTD_btultra2,
            _ => return None,
        }),
        160 => CParameter::EnableLongDistanceMatching(value != 0),
        161 => CParameter::LdmHashLog(amount),
        162 => CParameter::LdmMinMatch(amount),
        163 => CParameter::LdmBucketSizeLog(amount),
        164 => CParameter::LdmHashRateLog(amount),
        200 => CParameter::ContentSizeFlag(value != 0),
        201 => CParameter::ChecksumFlag(value != 0),
        202 => CParameter::DictIdFlag(value != 0),
        // The library is built for one thread, and refuses more.
        400 => CParameter::NbWorkers(amount),
        401 => CParameter::JobSize(amount),
        402 => CParameter::OverlapSizeLog(amount),
        _ => return None,
    })
}

fn decompression_parameter(number: i32, value: i32) -> Option<DParameter> {
    (number == 100).then(|| DParameter::WindowLogMax(u32::try_from(value).unwrap_or(u32::MAX)))
}

fn unsupported(work: &str, number: i32) -> ZlibError {
    let message = format!("Unsupported Zstd {work} parameter: {number}");
    ZlibError::new(-1, "ERR_ZSTD_INVALID_PARAM", &message)
}

pub(super) struct ZstdCompressor {
    context: CCtx<'static>,
    /// The frame has ended; another step must not begin one.
    is_finished: bool,
}

impl ZstdCompressor {
    pub(super) fn new(settings: &Settings) -> Result<Self, ZlibError> {
        let mut context = CCtx::try_create().ok_or_else(no_memory)?;
        for &(number, value) in &settings.parameters {
            let parameter = compression_parameter(number, value)
                .ok_or_else(|| unsupported("compression", number))?;
            context.set_parameter(parameter).map_err(wrong_setting)?;
        }
        if settings.pledged_size.is_some() {
            context
                .set_pledged_src_size(settings.pledged_size)
                .map_err(wrong_setting)?;
        }
        if let Some(dictionary) = &settings.dictionary {
            context
                .load_dictionary(dictionary)
                .map_err(compression_failed)?;
        }
        Ok(Self {
            context,
            is_finished: false,
        })
    }
}

impl Codec for ZstdCompressor {
    fn step(&mut self, input: &[u8], flush: Flush, output_max: usize) -> Result<Step, ZlibError> {
        if self.is_finished {
            return Ok(Step {
                output: Vec::new(),
                consumed: input.len(),
                more: false,
            });
        }
        let directive = match flush {
            Flush::None => Directive::ZSTD_e_continue,
            Flush::Finish => Directive::ZSTD_e_end,
            Flush::Partial | Flush::Sync | Flush::Full => Directive::ZSTD_e_flush,
        };
        let mut output = Vec::with_capacity(output_max);
        let mut source = InBuffer::around(input);
        let left = self
            .context
            .compress_stream2(&mut OutBuffer::around(&mut output), &mut source, directive)
            .map_err(compression_failed)?;
        let is_done = left == 0 || flush == Flush::None;
        self.is_finished = left == 0 && flush == Flush::Finish;
        Ok(Step {
            output,
            consumed: source.pos(),
            more: !is_done || source.pos() < input.len(),
        })
    }
}

pub(super) struct ZstdDecompressor {
    context: DCtx<'static>,
    /// A frame has begun and not ended.
    is_within: bool,
    /// The room for output ended before the output did.
    is_full: bool,
    has_ended: bool,
}

impl ZstdDecompressor {
    pub(super) fn new(settings: &Settings) -> Result<Self, ZlibError> {
        let mut context = DCtx::try_create().ok_or_else(no_memory)?;
        for &(number, value) in &settings.parameters {
            let parameter = decompression_parameter(number, value)
                .ok_or_else(|| unsupported("decompression", number))?;
            context.set_parameter(parameter).map_err(wrong_setting)?;
        }
        if let Some(dictionary) = &settings.dictionary {
            context
                .load_dictionary(dictionary)
                .map_err(decompression_failed)?;
        }
        Ok(Self {
            context,
            is_within: false,
            is_full: false,
            has_ended: false,
        })
    }
}

impl Codec for ZstdDecompressor {
    /// Whether the last step came to the end of a frame. What follows begins another.
    fn has_ended(&self) -> bool {
        self.has_ended
    }

    fn step(&mut self, input: &[u8], flush: Flush, output_max: usize) -> Result<Step, ZlibError> {
        let mut output = Vec::with_capacity(output_max);
        let mut source = InBuffer::around(input);
        if !input.is_empty() || self.is_full {
            let wanted = self
                .context
                .decompress_stream(&mut OutBuffer::around(&mut output), &mut source)
                .map_err(decompression_failed)?;
            self.has_ended = wanted == 0;
            self.is_within = wanted != 0;
            self.is_full = self.is_within && output.len() == output_max;
        }
        if flush == Flush::Finish && self.is_within && !self.is_full {
            return Err(ZlibError::new(
                -1,
                "ERR_ZSTD_DECOMPRESSION_FAILED",
                "unexpected end of file",
            ));
        }
        Ok(Step {
            output,
            consumed: source.pos(),
            more: self.is_full,
        })
    }
}
