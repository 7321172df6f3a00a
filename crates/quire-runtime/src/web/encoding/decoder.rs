//! Bytes to text.

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, ISO_2022_JP, UTF_8};
use std::borrow::Cow;
use std::cell::RefCell;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// All of a text at once. Malformed parts become U+FFFD, or with `fatal` make it `None`.
pub(crate) fn decode_utf8(bytes: &[u8], strip_bom: bool, fatal: bool) -> Option<String> {
    let bytes = match bytes.strip_prefix(BOM) {
        Some(rest) if strip_bom => rest,
        _ => bytes,
    };
    if fatal {
        UTF_8
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(Cow::into_owned)
    } else {
        Some(UTF_8.decode_without_bom_handling(bytes).0.into_owned())
    }
}

/// Text that comes in pieces, in any encoding.
pub(crate) struct StreamingDecoder {
    encoding: &'static Encoding,
    strip_bom: bool,
    fatal: bool,
    decoder: RefCell<Decoder>,
}

impl StreamingDecoder {
    pub(crate) fn new(encoding: &'static Encoding, strip_bom: bool, fatal: bool) -> Self {
        Self {
            encoding,
            strip_bom,
            fatal,
            decoder: RefCell::new(start(encoding, strip_bom)),
        }
    }

    /// The text of the next piece. After the `last` one a new text begins. `None` if the input is
    /// malformed and the decoder is a fatal one.
    pub(crate) fn decode(&self, bytes: &[u8], last: bool) -> Option<String> {
        let mut decoder = self.decoder.borrow_mut();
        let text = if self.fatal {
            strictly(&mut decoder, bytes, last)
        } else {
            Some(replacing(&mut decoder, bytes, last))
        };
        if last {
            *decoder = start(self.encoding, self.strip_bom);
        } else if text.is_none() && self.encoding != ISO_2022_JP {
            // The bytes of the malformed character are gone; only the mode that ISO-2022-JP is in outlives them.
            *decoder = self.encoding.new_decoder_without_bom_handling();
        }
        text
    }
}

fn start(encoding: &'static Encoding, strip_bom: bool) -> Decoder {
    if strip_bom {
        encoding.new_decoder_with_bom_removal()
    } else {
        encoding.new_decoder_without_bom_handling()
    }
}

/// Room for a first try; the loops below make more when it does not suffice.
fn room(decoder: &Decoder, bytes: &[u8]) -> String {
    let worst = decoder.max_utf8_buffer_length(bytes.len());
    String::with_capacity(worst.unwrap_or(bytes.len()).min(bytes.len() * 2 + 64))
}

fn replacing(decoder: &mut Decoder, mut bytes: &[u8], last: bool) -> String {
    let mut text = room(decoder, bytes);
    loop {
        let (result, read, _) = decoder.decode_to_string(bytes, &mut text, last);
        bytes = bytes.get(read..).unwrap_or_default();
        match result {
            CoderResult::InputEmpty => return text,
            CoderResult::OutputFull => text.reserve(bytes.len().max(64) * 2),
        }
    }
}

fn strictly(decoder: &mut Decoder, mut bytes: &[u8], last: bool) -> Option<String> {
    let mut text = room(decoder, bytes);
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, last);
        bytes = bytes.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return Some(text),
            DecoderResult::OutputFull => text.reserve(bytes.len().max(64) * 2),
            DecoderResult::Malformed(..) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{SHIFT_JIS, UTF_16LE};
    use proptest::prelude::*;

    #[test]
    fn a_byte_order_mark_is_stripped_on_demand_and_only_once() {
        let text = b"\xEF\xBB\xBF\xEF\xBB\xBFa";
        assert_eq!(decode_utf8(text, true, true).as_deref(), Some("\u{FEFF}a"));
        assert_eq!(
            decode_utf8(text, false, true).as_deref(),
            Some("\u{FEFF}\u{FEFF}a")
        );
    }

    #[test]
    fn malformed_bytes_are_replaced_or_refused() {
        assert_eq!(
            decode_utf8(b"a\xF0\x9F\x98b", true, false).as_deref(),
            Some("a\u{FFFD}b")
        );
        assert_eq!(decode_utf8(b"a\xF0\x9F\x98b", true, true), None);
        let strict = StreamingDecoder::new(SHIFT_JIS, true, true);
        assert_eq!(strict.decode(b"\x81", true), None);
    }

    #[test]
    fn a_new_text_begins_after_the_last_piece() {
        let decoder = StreamingDecoder::new(UTF_16LE, true, false);
        assert_eq!(decoder.decode(b"\xFF\xFEa", false).as_deref(), Some(""));
        assert_eq!(decoder.decode(b"\0b", true).as_deref(), Some("a\u{FFFD}"));
        assert_eq!(decoder.decode(b"\xFF\xFEc\0", true).as_deref(), Some("c"));
    }

    #[test]
    fn a_fatal_decoder_forgets_the_malformed_character() {
        let strict = StreamingDecoder::new(encoding_rs::GB18030, true, true);
        assert_eq!(strict.decode(b"\x80", false).as_deref(), Some("€"));
        assert_eq!(strict.decode(b"\x81\x30\x21\x21", false), None);
        assert_eq!(strict.decode(b"\x80", true).as_deref(), Some("€"));
    }

    proptest! {
        #[test]
        fn pieces_decode_to_the_same_text_as_the_whole(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            cut in 0usize..200,
            strip in any::<bool>(),
        ) {
            let cut = cut.min(bytes.len());
            let decoder = StreamingDecoder::new(UTF_8, strip, false);
            let first = decoder.decode(&bytes[..cut], false);
            let rest = decoder.decode(&bytes[cut..], true);
            let together = first.zip(rest).map(|(first, rest)| first + &rest);
            prop_assert_eq!(together, decode_utf8(&bytes, strip, false));
        }
    }
}
