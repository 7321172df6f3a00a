//! Random bytes from the operating system.

use crate::core::error::OpError;
use std::fmt::Write;

pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), OpError> {
    getrandom::fill(bytes).map_err(|error| {
        OpError::Dom(
            "OperationError",
            format!("the operating system gave no random values: {error}"),
        )
    })
}

/// A version 4 UUID (RFC 9562 §5.4).
pub(crate) fn uuid() -> Result<String, OpError> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_uuid_says_its_version_and_differs_from_the_next() {
        let (one, two) = (uuid().unwrap(), uuid().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 36);
        assert_eq!(&one[14..15], "4");
        assert!("89ab".contains(&one[19..20]));
        assert!(one.char_indices().all(|(i, c)| match i {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit() && !c.is_ascii_uppercase(),
        }));
    }
}
