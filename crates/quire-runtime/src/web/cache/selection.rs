//! Which part of a stored response answers a request: all, none (it has that already), or ranges of it.

use super::policy::{Headers, find};
use std::ops::RangeInclusive;

/// More ranges than this are answered with the whole.
const RANGES_MAX: usize = 64;

/// What of the body is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Selection {
    Whole,
    /// The program has it already: 304.
    NotModified,
    /// One range, or several: 206.
    Ranges(Vec<RangeInclusive<u64>>),
    /// No range that there is: 416.
    Unsatisfiable,
}

/// Selects by the headers of the request, of the stored response, and the length of its body.
pub(super) fn select(request: &Headers, stored: &Headers, length: Option<u64>) -> Selection {
    if has_already(request, stored) {
        return Selection::NotModified;
    }
    match (find(request, "range"), length) {
        (Some(range), Some(length)) => ranges(range, length),
        _ => Selection::Whole,
    }
}

fn has_already(request: &Headers, stored: &Headers) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    if let (Some(wanted), Some(tag)) = (find(request, "if-none-match"), find(stored, "etag")) {
        let tag = strong(tag);
        if wanted.trim() == "*" || wanted.split(',').any(|each| strong(each) == tag) {
            return true;
        }
    }
    let date =
        |headers, name| find(headers, name).and_then(|value| httpdate::parse_http_date(value).ok());
    match (
        date(request, "if-modified-since"),
        date(stored, "last-modified"),
    ) {
        (Some(since), Some(modified)) => modified <= since,
        _ => false,
    }
}

fn ranges(header: &str, length: u64) -> Selection {
    let Some((unit, list)) = header.split_once('=') else {
        return Selection::Unsatisfiable;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Selection::Unsatisfiable;
    }
    let mut ranges = Vec::new();
    for part in list.split(',') {
        match range(part, length) {
            Some(Some(range)) => ranges.push(range),
            // All of it.
            Some(None) => return Selection::Whole,
            None => return Selection::Unsatisfiable,
        }
    }
    let total: u64 = ranges
        .iter()
        .map(|range| range.end() - range.start() + 1)
        .fold(0, u64::saturating_add);
    // Overlapping ranges would make a long answer of a short request.
    match ranges.len() > RANGES_MAX || (ranges.len() > 1 && total > length) {
        true => Selection::Whole,
        false => Selection::Ranges(ranges),
    }
}

/// One range; `Some(None)` for all there is, `None` if there is none such.
fn range(text: &str, length: u64) -> Option<Option<RangeInclusive<u64>>> {
    let (first, last) = text.split_once('-')?;
    let number = |text: &str| match text.trim() {
        "" => Some(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Some(digits.parse::<u64>().unwrap_or(u64::MAX)))
        }
        _ => None,
    };
    match (number(first)?, number(last)?) {
        (None, None) => None,
        (None, Some(suffix)) if suffix == 0 || suffix >= length => Some(None),
        (None, Some(suffix)) => Some(Some(length - suffix..=length - 1)),
        (Some(first), last) => {
            let last = last.unwrap_or(u64::MAX);
            if first >= length || first > last {
                return None;
            }
            Some(Some(first..=last.min(length - 1)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_as_on_the_original() {
        let one = |range| Selection::Ranges(vec![range]);
        for (header, expected) in [
            ("bytes=2-4", one(2..=4)),
            ("bytes=5-", one(5..=9)),
            ("bytes=-3", one(7..=9)),
            ("bytes=9-100", one(9..=9)),
            ("BYTES = 1-2", one(1..=2)),
            ("bytes=0-1, 4-5", Selection::Ranges(vec![0..=1, 4..=5])),
            ("bytes=10-", Selection::Unsatisfiable),
            ("bytes=4-2", Selection::Unsatisfiable),
            ("bytes=a-b", Selection::Unsatisfiable),
            ("items=1-2", Selection::Unsatisfiable),
            ("bytes=-", Selection::Unsatisfiable),
            ("bytes=-0", Selection::Whole),
            ("bytes=-100", Selection::Whole),
            ("bytes=0-,0-,0-", Selection::Whole),
        ] {
            assert_eq!(ranges(header, 10), expected, "{header}");
        }
        assert_eq!(ranges("bytes=0-", 0), Selection::Unsatisfiable);
    }

    proptest! {
        #[test]
        fn ranges_stay_within_the_body(header in "bytes=[0-9,\\- ]{0,30}", length in 0..50_u64) {
            if let Selection::Ranges(ranges) = ranges(&header, length) {
                prop_assert!(!ranges.is_empty());
                for range in ranges {
                    prop_assert!(range.start() <= range.end() && *range.end() < length);
                }
            }
        }

        #[test]
        fn no_header_breaks_it(header in ".{0,40}", tag in ".{0,20}") {
            let request = vec![("range".to_owned(), header), ("if-none-match".to_owned(), tag.clone())];
            select(&request, &vec![("etag".to_owned(), tag)], Some(10));
        }
    }
}
