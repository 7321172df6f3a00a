//! Percent-encoding (§1.3).

use std::borrow::Cow;

/// The characters of ASCII that a part of a URL cannot hold as they are. Everything beyond ASCII is encoded too.
pub(super) struct EncodeSet([bool; 128]);

impl EncodeSet {
    const fn with(&self, characters: &[u8]) -> Self {
        let mut set = self.0;
        let mut i = 0;
        while i < characters.len() {
            set[characters[i] as usize] = true;
            i += 1;
        }
        Self(set)
    }

    const fn controls() -> Self {
        let mut set = [false; 128];
        let mut i = 0;
        while i < 0x20 {
            set[i] = true;
            i += 1;
        }
        set[0x7f] = true;
        Self(set)
    }

    fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or(true)
    }
}

pub(super) static C0_CONTROL: EncodeSet = EncodeSet::controls();
pub(super) static FRAGMENT: EncodeSet = EncodeSet::controls().with(b" \"<>`");
pub(super) static QUERY: EncodeSet = EncodeSet::controls().with(b" \"#<>");
pub(super) static SPECIAL_QUERY: EncodeSet = QUERY_SET.with(b"'");
pub(super) static PATH: EncodeSet = QUERY_SET.with(b"?^`{}");
pub(super) static USERINFO: EncodeSet = QUERY_SET.with(b"?^`{}/:;=@[\\]|");
const QUERY_SET: EncodeSet = EncodeSet::controls().with(b" \"#<>");

/// Appends `text` to `output`, encoded.
pub(super) fn encode_onto(output: &mut String, text: &str, set: &EncodeSet) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut clean = 0;
    for (index, byte) in text.bytes().enumerate() {
        if !set.has(byte) {
            continue;
        }
        // Both ends are at ASCII characters or at an encoded byte: all bytes beyond ASCII are encoded.
        output.push_str(text.get(clean..index).unwrap_or_default());
        output.push('%');
        output.push(char::from(DIGITS[usize::from(byte >> 4)]));
        output.push(char::from(DIGITS[usize::from(byte & 15)]));
        clean = index + 1;
    }
    output.push_str(text.get(clean..).unwrap_or_default());
}

pub(super) fn encode(text: &str, set: &EncodeSet) -> String {
    let mut output = String::with_capacity(text.len());
    encode_onto(&mut output, text, set);
    output
}

/// Without tabs and line ends, which the parser ignores wherever they are.
pub(super) fn without_tabs(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .any(|byte| matches!(byte, b'\t' | b'\n' | b'\r'))
    {
        Cow::Owned(text.replace(['\t', '\n', '\r'], ""))
    } else {
        Cow::Borrowed(text)
    }
}
