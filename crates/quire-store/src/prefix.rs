//! Keys that begin alike.

/// The first bytes that come after all that begin with these; `None` if all do.
pub(crate) fn following(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut next = prefix.get(..=last)?.to_vec();
    if let Some(byte) = next.last_mut() {
        *byte += 1;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_prefix() {
        assert_eq!(following(b"ab"), Some(b"ac".to_vec()));
        assert_eq!(following(b"a\xff\xff"), Some(b"b".to_vec()));
        assert_eq!(following(b"\xff"), None);
        assert_eq!(following(b""), None);
    }
}
