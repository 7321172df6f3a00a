//! What holds of every value.

use quire_http::{AcceptEncoding, Coding, RangeRequest, is_compressible};

const NAMES: &[&str] = &[
    "gzip", "br", "zstd", "GZIP", "Br", "identity", "*", "deflate", "x-gzip", "",
];

/// As written, and what it means in thousandths.
const WEIGHTS: &[(&str, Option<u32>)] = &[
    ("", Some(1000)),
    (";q=1", Some(1000)),
    (";q=0", Some(0)),
    ("; q=0.5", Some(500)),
    (" ;Q=0.001", Some(1)),
    (";q=1.000", Some(1000)),
    (";q=0.25;x=y", Some(250)),
    (";q=1.5", None),
    (";q=a", None),
    (";q=0.0000", None),
];

/// A list of names and weights: the choice is the one that sorting them all by weight gives.
pub fn accept_encoding(data: &[u8]) {
    let mut written = Vec::new();
    let mut wanted = Vec::new();
    for pair in data.chunks_exact(2) {
        let name = NAMES[usize::from(pair[0]) % NAMES.len()];
        let (weight, meant) = WEIGHTS[usize::from(pair[1]) % WEIGHTS.len()];
        written.push(format!("{name}{weight}"));
        if let Some(meant) = meant {
            wanted.push((name.to_ascii_lowercase().replace("x-gzip", "gzip"), meant));
        }
    }
    let value = written.join(if data.len().is_multiple_of(2) {
        ","
    } else {
        " , "
    });
    let accepted = AcceptEncoding::parse([value.as_bytes()]);

    let last = |name: &str| wanted.iter().rev().find(|(other, _)| other == name);
    let weight = |name: &str| last(name).or_else(|| last("*")).map(|(_, weight)| *weight);
    let mut candidates: Vec<(u32, Option<Coding>)> = Coding::ALL
        .into_iter()
        .filter_map(|coding| Some((weight(coding.name())?, Some(coding))))
        .filter(|(weight, _)| *weight > 0)
        .collect();
    for coding in Coding::ALL {
        let takes = candidates.iter().any(|(_, other)| *other == Some(coding));
        assert_eq!(accepted.takes(coding), takes, "{value}: {coding:?}");
    }
    // Content as it is comes last of what is wanted as much.
    candidates.push((last("identity").map_or(0, |(_, weight)| *weight), None));
    let most = candidates.iter().map(|(weight, _)| *weight).max();
    let chosen = candidates.iter().find(|(weight, _)| Some(*weight) == most);
    assert_eq!(
        accepted.choose(Coding::ALL),
        chosen.and_then(|(_, coding)| *coding),
        "{value}"
    );
}

/// Three numbers, and a length: the part is what taking and skipping bytes gives.
pub fn range(data: &[u8]) {
    let number = |at: usize| data.get(at).map(|byte| u64::from(*byte % 40));
    let length = number(0).unwrap_or(0);
    let (first, last) = (number(1), number(2));
    let shown = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let value = format!("bytes={}-{}", shown(first), shown(last));
    let positions: Vec<u64> = match (first, last) {
        (Some(first), Some(last)) if first > last => (0..length).collect(),
        (Some(first), last) => (0..length)
            .filter(|at| *at >= first && last.is_none_or(|last| *at <= last))
            .collect(),
        (None, Some(count)) => (length.saturating_sub(count)..length).collect(),
        (None, None) => (0..length).collect(),
    };
    let ignored = match (first, last) {
        (Some(first), Some(last)) => first > last,
        (first, last) => first.is_none() && last.is_none(),
    };
    match RangeRequest::parse(value.as_bytes(), length) {
        RangeRequest::Whole => assert!(ignored, "{value} of {length}"),
        RangeRequest::Part(part) => {
            assert!(!ignored, "{value} of {length}");
            assert_eq!(part.collect::<Vec<_>>(), positions, "{value} of {length}");
        }
        RangeRequest::Unsatisfiable => {
            assert!(!ignored && positions.is_empty(), "{value} of {length}");
        }
    }
}

/// Any bytes at all.
pub fn anything(data: &[u8]) {
    let accepted = AcceptEncoding::parse([data]);
    if let Some(coding) = accepted.choose(Coding::ALL) {
        assert!(accepted.takes(coding));
    }
    is_compressible(data);
    let length = data.len() as u64;
    for value in [data.to_vec(), [b"bytes=", data].concat()] {
        if let RangeRequest::Part(part) = RangeRequest::parse(&value, length) {
            assert!(part.start < part.end && part.end <= length);
        }
    }
}
