//! Comparing without regard to case, as the original's regular expressions do (flag `i`, no flag `u`).
//!
//! Each UTF-16 unit is upper-cased by itself. A unit whose upper case is longer than one unit, or would turn a
//! character beyond ASCII into an ASCII one (`ſ`, `ı`), stays as it is; so do characters beyond the first plane.

pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    if c as u32 > 0xFFFF {
        return c;
    }
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) if !one.is_ascii() && one as u32 <= 0xFFFF => one,
        _ => c,
    }
}

/// Literal text of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    text: Box<str>,
    ascii: bool,
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        Text {
            text: text.into(),
            ascii: text.is_ascii(),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the text ends if it stands in `path` at byte `at`.
    #[inline]
    pub(crate) fn end_at(&self, path: &str, at: usize) -> Option<usize> {
        if self.ascii {
            let end = at + self.text.len();
            let found = path.as_bytes().get(at..end)?;
            return found
                .eq_ignore_ascii_case(self.text.as_bytes())
                .then_some(end);
        }
        let mut rest = path.get(at..)?.chars();
        let mut end = at;
        for expected in self.text.chars() {
            let found = rest.next()?;
            if fold(found) != fold(expected) {
                return None;
            }
            end += found.len_utf8();
        }
        Some(end)
    }
}

/// A hash (FNV-1a) that is equal for texts that differ in case only.
pub(crate) fn hash(text: &str) -> u64 {
    if text.is_ascii() {
        return hash_ascii(text.as_bytes());
    }
    let folded: String = text.chars().map(fold).collect();
    hash_ascii(folded.as_bytes())
}

/// The same for bytes; those beyond ASCII count as they are.
pub(crate) fn hash_ascii(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
        (state ^ u64::from(byte.to_ascii_uppercase())).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_like_the_regular_expression() {
        assert_eq!(fold('a'), 'A');
        assert_eq!(fold('é'), 'É');
        assert_eq!(fold('ſ'), 'ſ', "would become ASCII");
        assert_eq!(fold('ß'), 'ß', "would become two characters");
        assert_eq!(fold('𐐨'), '𐐨', "is two units");
    }

    #[test]
    fn text_is_found_in_place() {
        let text = Text::new("/Foo");
        assert_eq!(text.end_at("/fOO/x", 0), Some(4));
        assert_eq!(text.end_at("/fo", 0), None);
        assert_eq!(text.end_at("/foo", 9), None);
        let text = Text::new("é");
        assert_eq!(text.end_at("/É", 1), Some(3));
        assert_eq!(text.end_at("/É", 2), None, "inside a character");
    }

    #[test]
    fn hashes_ignore_case() {
        assert_eq!(hash("Info"), hash("iNFO"));
        assert_eq!(hash("é"), hash("É"));
        assert_ne!(hash("a"), hash("b"));
    }
}
