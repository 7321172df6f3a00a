//! `node:zlib`'s native half: streams that take what there is and give what is ready, piece by piece or in one go.

mod brotli;
mod codec;
mod deflate;
mod inflate;
mod zstd;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use codec::{Flush, Settings, ZlibError};
use quire_jsc::{Call, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// What the engine is told of an error: its number, its code and its text, a line each.
fn failure(error: &ZlibError) -> OpError {
    OpError::Error(format!(
        "{}\n{}\n{}",
        error.number, error.code, error.message
    ))
}

/// Zstandard's parameters, which come as numbers and values in turn.
fn parameters(call: &Call<'_>, index: usize) -> Result<Vec<(i32, i32)>, OpError> {
    if call.is_nullish(index) {
        return Ok(Vec::new());
    }
    let word = |bytes: &[u8]| bytes.try_into().map_or(0, i32::from_ne_bytes);
    let bytes = call.bytes(index)?;
    let pairs = bytes.chunks_exact(8);
    Ok(pairs
        .map(|pair| (word(&pair[..4]), word(&pair[4..])))
        .collect())
}

/// (mode, level or quality, window bits, Brotli's mode, size hint, dictionary, Zstandard's parameters, its pledged size), from
/// argument `first` on
fn settings(call: &Call<'_>, first: usize) -> Result<Settings, OpError> {
    Ok(Settings {
        mode: call.number(first)? as u32,
        level: call.number(first + 1)? as i32,
        window_bits: call.number(first + 2)? as i32,
        text_or_font: call.number(first + 3)? as u32,
        size_hint: call.number(first + 4)? as usize,
        dictionary: match call.is_nullish(first + 5) {
            true => None,
            false => Some(call.bytes(first + 5)?),
        },
        parameters: parameters(call, first + 6)?,
        pledged_size: match call.is_nullish(first + 7) {
            true => None,
            false => Some(call.number(first + 7)? as u64),
        },
    })
}

/// Everything at once.
fn run(
    settings: &Settings,
    input: &[u8],
    flush: Flush,
    output_max: usize,
) -> Result<Vec<u8>, ZlibError> {
    let mut codec = codec::codec(settings)?;
    let (mut output, mut taken) = (Vec::new(), 0);
    loop {
        let step = codec.step(&input[taken..], flush, codec::STEP)?;
        taken += step.consumed;
        output.extend_from_slice(&step.output);
        if output.len() > output_max {
            return Err(ZlibError::too_large());
        }
        if !step.more {
            return Ok(output);
        }
    }
}

pub(crate) fn install(realm: &Rc<Realm>) {
    // (settings…) → a function (input, offset, flush, most bytes to give, state) → the bytes; `state` is a Uint32Array that
    // gets how many bytes were taken, whether there are more to give, and whether the data has ended. With (level) alone it
    // changes the level; without arguments it begins anew.
    realm.op("zlib_codec", |call| -> Result<Value, OpError> {
        let settings = settings(call, 0)?;
        let codec = RefCell::new(codec::codec(&settings).map_err(|error| failure(&error))?);
        Ok(call.context().function(move |call: &Call<'_>| {
            let mut codec = codec.borrow_mut();
            let fail = |error: ZlibError| {
                let text = format!("{}\n{}\n{}", error.number, error.code, error.message);
                call.context().error(&text)
            };
            if call.is_empty() {
                *codec = codec::codec(&settings).map_err(fail)?;
                return Ok(None);
            }
            if call.len() == 1 {
                codec.set_level(call.number(0)? as i32).map_err(fail)?;
                return Ok(None);
            }
            let (offset, flush, most) = (call.number(1)?, call.number(2)?, call.number(3)?);
            let flush = settings.flush(flush as u32);
            let step = call
                .with_bytes(0, |input| {
                    codec.step(
                        input.get(offset as usize..).unwrap_or(&[]),
                        flush,
                        most as usize,
                    )
                })?
                .map_err(fail)?;
            let words = [
                step.consumed as u32,
                step.more.into(),
                codec.has_ended().into(),
            ];
            call.with_bytes_mut(4, |state| {
                for (place, word) in state.chunks_exact_mut(4).zip(words) {
                    place.copy_from_slice(&word.to_ne_bytes());
                }
            })?;
            Ok(Some(step.output))
        }))
    });
    // (input, flush, most bytes in all, settings…) → the bytes
    realm.op("zlib_run", |call| -> Result<Vec<u8>, OpError> {
        let settings = settings(call, 3)?;
        let (flush, most) = (call.number(1)? as u32, call.number(2)? as usize);
        call.with_bytes(0, |input| {
            run(&settings, input, settings.flush(flush), most)
        })?
        .map_err(|error| failure(&error))
    });
    // The same, elsewhere.
    realm.async_op("zlib_run_elsewhere", |call| {
        let (input, settings) = (call.bytes(0)?, settings(call, 3)?);
        let (flush, most) = (call.number(1)? as u32, call.number(2)? as usize);
        Ok(async move {
            let work = move || run(&settings, &input, settings.flush(flush), most);
            tokio::task::spawn_blocking(work)
                .await
                .map_err(|error| OpError::Error(format!("-2\nZ_STREAM_ERROR\n{error}")))?
                .map_err(|error| failure(&error))
        })
    });
    // (bytes, checksum of what was before) → checksum
    realm.op("zlib_crc32", |call| -> Result<u32, OpError> {
        let mut hasher = crc32fast::Hasher::new_with_initial(call.number(1)? as u32);
        call.with_bytes(0, |bytes| hasher.update(bytes))?;
        Ok(hasher.finalize())
    });
}
