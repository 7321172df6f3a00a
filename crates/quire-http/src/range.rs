//! `Range` (RFC 9110 §14.2).

use std::ops::Range;

/// The part of a representation that a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeRequest {
    /// All of it: the header says nothing that is understood here, or asks for several parts at once.
    Whole,
    /// These bytes, which are some, and there.
    Part(Range<u64>),
    /// Bytes that are not there.
    Unsatisfiable,
}

impl RangeRequest {
    /// Reads the header's value for a representation of `length` bytes.
    pub fn parse(value: &[u8], length: u64) -> Self {
        match requested(value) {
            None => Self::Whole,
            Some(Requested::From(first, last)) => {
                let end = last.map_or(length, |last| last.saturating_add(1).min(length));
                match first < end {
                    true => Self::Part(first..end),
                    false => Self::Unsatisfiable,
                }
            }
            Some(Requested::Last(count)) => {
                let count = count.min(length);
                match count > 0 {
                    true => Self::Part(length - count..length),
                    false => Self::Unsatisfiable,
                }
            }
        }
    }
}

enum Requested {
    /// From the first position to the last one, or to the end.
    From(u64, Option<u64>),
    /// So many bytes at the end.
    Last(u64),
}

/// A single range of bytes.
fn requested(value: &[u8]) -> Option<Requested> {
    let value = value.trim_ascii();
    let (unit, set) = value.split_at_checked(b"bytes=".len())?;
    if !unit.eq_ignore_ascii_case(b"bytes=") {
        return None;
    }
    let set = set.trim_ascii();
    let dash = set.iter().position(|byte| *byte == b'-')?;
    let (first, last) = (&set[..dash], &set[dash + 1..]);
    if first.is_empty() {
        return number(last).map(Requested::Last);
    }
    let first = number(first)?;
    if last.is_empty() {
        return Some(Requested::From(first, None));
    }
    let last = number(last)?;
    (first <= last).then_some(Requested::From(first, Some(last)))
}

/// A number of any length; one too large for a file is the largest there is.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut number = 0_u64;
    for digit in digits {
        number = number
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'));
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::RangeRequest::{Part, Unsatisfiable, Whole};
    use super::*;

    #[test]
    fn of_ten_bytes() {
        for (value, found) in [
            ("bytes=0-0", Part(0..1)),
            ("bytes=0-1", Part(0..2)),
            ("bytes=2-", Part(2..10)),
            ("bytes=0-", Part(0..10)),
            ("bytes=9-99", Part(9..10)),
            ("bytes=-1", Part(9..10)),
            ("bytes=-99", Part(0..10)),
            ("BYTES= 1-2 ", Part(1..3)),
            ("bytes=0-18446744073709551615", Part(0..10)),
            ("bytes=0-99999999999999999999999", Part(0..10)),
            ("bytes=10-", Unsatisfiable),
            ("bytes=10-11", Unsatisfiable),
            ("bytes=99999999999999999999999-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=2-1", Whole),
            ("bytes=0-1,3-4", Whole),
            ("bytes=-", Whole),
            ("bytes=", Whole),
            ("bytes=a-b", Whole),
            ("bytes=0x1-", Whole),
            ("bytes=+1-", Whole),
            ("bytes=1--2", Whole),
            ("items=0-1", Whole),
            ("bytes 0-1", Whole),
            ("byt", Whole),
            ("", Whole),
        ] {
            assert_eq!(RangeRequest::parse(value.as_bytes(), 10), found, "{value}");
        }
    }

    #[test]
    fn of_nothing() {
        for value in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
            assert_eq!(RangeRequest::parse(value.as_bytes(), 0), Unsatisfiable);
        }
    }
}
