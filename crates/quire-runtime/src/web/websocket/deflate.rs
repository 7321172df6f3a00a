//! `permessage-deflate` (RFC 7692): what is negotiated, and the (de)compression of messages.
//!
//! Both sides are asked to begin each message anew ("no context takeover"). That costs some compression of short messages, but one
//! compressor and one decompressor then serve all sockets of a worker: a socket that is idle holds no window of 32 KB, and no
//! compressor of 256 KB.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use std::cell::RefCell;

/// What a client offers.
pub(super) const OFFER: &str =
    "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

/// What a server answers to an offer that it takes.
const ANSWER: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// What ends a compressed message and is not sent.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// A shorter message gains nothing.
const COMPRESSED_BYTES_MIN: usize = 256;

/// Little effort: messages are sent while somebody waits.
const LEVEL: u32 = 3;

thread_local! {
    static COMPRESSOR: RefCell<Compress> =
        RefCell::new(Compress::new(Compression::new(LEVEL), false));
    static DECOMPRESSOR: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// Compression that was agreed on, as one half of one connection has it.
#[derive(Default)]
pub(super) struct Deflate {
    /// Of a peer that does not begin anew with each message.
    own_decompressor: Option<Box<Decompress>>,
}

/// Why a message cannot be decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeflateError {
    TooLarge,
    Corrupt,
}

impl Deflate {
    /// For a peer whose messages may refer to those before.
    pub(super) fn with_context() -> Self {
        Self {
            own_decompressor: Some(Box::new(Decompress::new(false))),
        }
    }

    /// The payload of a compressed frame, if that is worth while.
    pub(super) fn compress(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        if payload.len() < COMPRESSED_BYTES_MIN {
            return None;
        }
        COMPRESSOR.with_borrow_mut(|compressor| {
            compressor.reset();
            let mut compressed = Vec::with_capacity(payload.len() / 2 + 64);
            loop {
                let taken = compressor.total_in() as usize;
                compressor
                    .compress_vec(&payload[taken..], &mut compressed, FlushCompress::Sync)
                    .ok()?;
                let is_full = compressed.len() == compressed.capacity();
                if compressor.total_in() as usize == payload.len() && !is_full {
                    break;
                }
                compressed.reserve(compressed.len().max(64));
            }
            if compressed.ends_with(&TAIL) {
                compressed.truncate(compressed.len() - TAIL.len());
            }
            (compressed.len() < payload.len()).then_some(compressed)
        })
    }

    /// The message in the payload of compressed frames, of at most `limit` bytes.
    pub(super) fn decompress(
        &mut self,
        payload: &[u8],
        limit: usize,
    ) -> Result<Vec<u8>, DeflateError> {
        match &mut self.own_decompressor {
            Some(decompressor) => inflate(decompressor, payload, limit),
            None => DECOMPRESSOR.with_borrow_mut(|decompressor| {
                decompressor.reset(false);
                inflate(decompressor, payload, limit)
            }),
        }
    }
}

fn inflate(
    decompressor: &mut Decompress,
    payload: &[u8],
    limit: usize,
) -> Result<Vec<u8>, DeflateError> {
    let mut output = Vec::with_capacity(payload.len().saturating_mul(3).clamp(64, 1024 * 1024));
    for mut input in [payload, &TAIL] {
        loop {
            let before = decompressor.total_in();
            let status = decompressor
                .decompress_vec(input, &mut output, FlushDecompress::Sync)
                .map_err(|_| DeflateError::Corrupt)?;
            input = &input[(decompressor.total_in() - before) as usize..];
            if output.len() > limit {
                return Err(DeflateError::TooLarge);
            }
            if status == flate2::Status::StreamEnd {
                // A last block: what follows, if anything, is a stream of its own.
                decompressor.reset(false);
            }
            let is_full = output.len() == output.capacity();
            if input.is_empty() && !is_full {
                break;
            }
            if is_full {
                output.reserve(output.len().min(limit));
            } else if decompressor.total_in() == before && status != flate2::Status::StreamEnd {
                return Err(DeflateError::Corrupt);
            }
        }
    }
    Ok(output)
}

/// A server's answer to the extensions that a client offers, and what is agreed on with it.
pub(super) fn accept(offers: &str) -> Option<(&'static str, Deflate, Deflate)> {
    offers
        .split(',')
        .filter_map(parameters)
        .find(|parameters| {
            parameters.iter().all(|&(name, value)| match name {
                "client_no_context_takeover" | "server_no_context_takeover" => value.is_none(),
                "client_max_window_bits" => value.is_none_or(is_window_bits),
                // A smaller window of our own is all that cannot be had.
                "server_max_window_bits" => value == Some("15"),
                _ => false,
            }) && has_no_duplicate(parameters)
        })
        .map(|_| (ANSWER, Deflate::default(), Deflate::default()))
}

/// What a server's answer to [`OFFER`] means: the receiving and the sending half; `None` without compression.
pub(super) fn agreed(answer: &str) -> Result<Option<(Deflate, Deflate)>, ()> {
    if answer.trim().is_empty() {
        return Ok(None);
    }
    let mut takeover = true;
    for (name, value) in parameters(answer).ok_or(())? {
        match (name, value) {
            ("server_no_context_takeover", None) => takeover = false,
            ("client_no_context_takeover", None) => {}
            ("server_max_window_bits", Some(bits)) if is_window_bits(bits) => {}
            _ => return Err(()),
        }
    }
    let receiving = match takeover {
        true => Deflate::with_context(),
        false => Deflate::default(),
    };
    Ok(Some((receiving, Deflate::default())))
}

fn is_window_bits(value: &str) -> bool {
    value.len() <= 2 && value.parse().is_ok_and(|bits: u8| (8..=15).contains(&bits))
}

fn has_no_duplicate(parameters: &[(&str, Option<&str>)]) -> bool {
    parameters
        .iter()
        .enumerate()
        .all(|(index, (name, _))| parameters[..index].iter().all(|(other, _)| other != name))
}

/// The parameters of one `permessage-deflate`; `None` for another extension.
fn parameters(extension: &str) -> Option<Vec<(&str, Option<&str>)>> {
    let mut parts = extension.split(';').map(str::trim);
    if parts.next()? != "permessage-deflate" {
        return None;
    }
    let parameters = parts.map(|part| match part.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
        None => (part, None),
    });
    Some(parameters.collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offers_are_taken_where_they_can_be_met() {
        let taken = |offers: &str| accept(offers).map(|(answer, ..)| answer);
        assert_eq!(taken("permessage-deflate"), Some(ANSWER));
        assert_eq!(
            taken("permessage-deflate; client_max_window_bits"),
            Some(ANSWER)
        );
        assert_eq!(
            taken("permessage-deflate;client_max_window_bits=\"10\""),
            Some(ANSWER)
        );
        assert_eq!(taken("x-other, permessage-deflate"), Some(ANSWER));
        assert_eq!(
            taken("permessage-deflate; server_max_window_bits=9, permessage-deflate"),
            Some(ANSWER)
        );
        for refused in [
            "",
            "deflate",
            "permessage-deflate; server_max_window_bits=9",
            "permessage-deflate; client_max_window_bits=16",
            "permessage-deflate; client_max_window_bits=8; client_max_window_bits=8",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; unknown",
        ] {
            assert_eq!(taken(refused), None, "{refused}");
        }
    }

    #[test]
    fn answers_are_checked() {
        assert!(agreed("").unwrap().is_none());
        let keeps_context = |answer: &str| {
            agreed(answer)
                .unwrap()
                .unwrap()
                .0
                .own_decompressor
                .is_some()
        };
        assert!(!keeps_context(ANSWER));
        assert!(keeps_context("permessage-deflate"));
        assert!(keeps_context(
            "permessage-deflate; server_max_window_bits=12"
        ));
        for wrong in [
            "x-other",
            "permessage-deflate; client_max_window_bits=15",
            "permessage-deflate; x",
        ] {
            assert!(agreed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let mut deflate = Deflate::default();
        let bomb = deflate.compress(&vec![0; 4 * 1024 * 1024]).unwrap();
        assert_eq!(
            deflate.decompress(&bomb, 1024 * 1024),
            Err(DeflateError::TooLarge)
        );
        assert_eq!(
            deflate.decompress(&bomb, 4 * 1024 * 1024).unwrap().len(),
            4 * 1024 * 1024
        );
    }

    #[test]
    fn a_peer_may_keep_its_context() {
        let mut sender = Compress::new(Compression::best(), false);
        let mut receiver = Deflate::with_context();
        let text: Vec<u8> = (0..600_u32).flat_map(u32::to_le_bytes).collect();
        for round in 0..3 {
            let mut message = Vec::with_capacity(8192);
            sender
                .compress_vec(&text, &mut message, FlushCompress::Sync)
                .unwrap();
            message.truncate(message.len() - TAIL.len());
            assert!(round == 0 || message.len() < 100);
            assert_eq!(receiver.decompress(&message, 1 << 20).unwrap(), text);
        }
    }

    proptest! {
        #[test]
        fn what_was_compressed_comes_back(payload in proptest::collection::vec(0_u8..4, 0..5000)) {
            let mut deflate = Deflate::default();
            if let Some(compressed) = deflate.compress(&payload) {
                prop_assert_eq!(deflate.decompress(&compressed, 5000).unwrap(), payload);
            }
        }

        #[test]
        fn garbage_gives_an_error_or_bytes(payload in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(bytes) = Deflate::default().decompress(&payload, 4096) {
                prop_assert!(bytes.len() <= 4096);
            }
            if let Ok(bytes) = Deflate::with_context().decompress(&payload, 4096) {
                prop_assert!(bytes.len() <= 4096);
            }
        }

        #[test]
        fn any_header_can_be_read(header in "(permessage-deflate|[a-z_ ;=,\"0-9]){0,6}") {
            let _ = agreed(&header);
            if let Some((answer, ..)) = accept(&header) {
                prop_assert!(agreed(answer).is_ok());
            }
        }
    }
}
