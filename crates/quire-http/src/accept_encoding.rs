//! `Accept-Encoding` (RFC 9110 §12.5.3).

use crate::coding::Coding;

/// Weights are kept in thousandths, which is as fine as they can be written.
const FULL: u16 = 1000;

/// How much a client wants each coding, as its `Accept-Encoding` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptEncoding {
    /// By the place in [`Coding::ALL`].
    weights: [u16; Coding::ALL.len()],
    /// Of content as it is. Where the client does not say, it comes after all that it names.
    identity: Option<u16>,
}

impl AcceptEncoding {
    /// Reads the header's values, one for each line of it. What makes no sense in them is passed over.
    pub fn parse<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Self {
        let mut named = [None; Coding::ALL.len()];
        let mut identity = None;
        let mut others = None;
        let items = values
            .into_iter()
            .flat_map(|value| value.split(|byte| *byte == b','));
        for item in items {
            let mut parts = item.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            let name = parts.next().unwrap_or_default();
            let Some(weight) = weight(parts) else {
                continue;
            };
            if name == b"*" {
                others = Some(weight);
            } else if name.eq_ignore_ascii_case(b"identity") {
                identity = Some(weight);
            } else if let Some(coding) = Coding::of(name) {
                named[place(coding)] = Some(weight);
            }
        }
        Self {
            weights: named.map(|weight| weight.or(others).unwrap_or(0)),
            identity: identity.or(others.filter(|weight| *weight == 0)),
        }
    }

    /// Whether the client takes content in this coding.
    pub fn takes(&self, coding: Coding) -> bool {
        self.weights[place(coding)] > 0
    }

    /// The coding that the client wants most, of those `offered`; of several that it wants as much, the first offered.
    /// `None` means content as it is, also where the client claims not to take that.
    pub fn choose(&self, offered: impl IntoIterator<Item = Coding>) -> Option<Coding> {
        let least = self.identity.unwrap_or(0).max(1);
        let mut best = None;
        for coding in offered {
            let weight = self.weights[place(coding)];
            if weight >= least && best.is_none_or(|(_, most)| weight > most) {
                best = Some((coding, weight));
            }
        }
        best.map(|(coding, _)| coding)
    }
}

fn place(coding: Coding) -> usize {
    match coding {
        Coding::Brotli => 0,
        Coding::Zstd => 1,
        Coding::Gzip => 2,
    }
}

/// The weight among an item's parameters; `None` if it is none that can be written.
fn weight<'v>(parameters: impl Iterator<Item = &'v [u8]>) -> Option<u16> {
    for parameter in parameters {
        if let [b'q' | b'Q', b'=', number @ ..] = parameter {
            return thousandths(number);
        }
    }
    Some(FULL)
}

/// `0`, `1`, or with a point and up to three digits.
fn thousandths(number: &[u8]) -> Option<u16> {
    let (whole, fraction) = match number {
        [whole] => (whole, &[][..]),
        [whole, b'.', fraction @ ..] if fraction.len() <= 3 => (whole, fraction),
        _ => return None,
    };
    let mut thousandths = match whole {
        b'0' => 0,
        b'1' => FULL,
        _ => return None,
    };
    let mut worth = FULL / 10;
    for digit in fraction {
        if !digit.is_ascii_digit() {
            return None;
        }
        thousandths += u16::from(digit - b'0') * worth;
        worth /= 10;
    }
    (thousandths <= FULL).then_some(thousandths)
}

#[cfg(test)]
mod tests {
    use super::Coding::{Brotli, Gzip, Zstd};
    use super::*;

    #[test]
    fn what_clients_send() {
        for (value, chosen) in [
            ("", None),
            ("gzip", Some(Gzip)),
            ("gzip, deflate, br, zstd", Some(Brotli)),
            ("gzip, deflate, br", Some(Brotli)),
            ("deflate, gzip;q=1.0, *;q=0.5", Some(Gzip)),
            ("br;q=0.1, GZIP", Some(Gzip)),
            ("br;q=0.1, gzip;q=0.2, zstd;q=0.15", Some(Gzip)),
            ("*", Some(Brotli)),
            ("*;q=0", None),
            ("br;q=0, *", Some(Zstd)),
            ("identity;q=1, *;q=0", None),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip;q=0.5", Some(Gzip)),
            ("identity;q=0, gzip;q=0.001", Some(Gzip)),
            ("gzip; q=0.000, br ; q=0", None),
            ("x-gzip", Some(Gzip)),
            ("xgzip, brx", None),
            ("gzip;q=2", None),
            ("gzip;q=1.001", None),
            ("gzip;q=", None),
            ("gzip;q=.5", None),
            ("gzip;q=0.1234", None),
            ("gzip;level=9;q=0.3", Some(Gzip)),
            (", ,br", Some(Brotli)),
        ] {
            let accepted = AcceptEncoding::parse([value.as_bytes()]);
            assert_eq!(accepted.choose(Coding::ALL), chosen, "{value}");
        }
    }

    #[test]
    fn of_equal_ones_the_first_offered_is_chosen() {
        let accepted = AcceptEncoding::parse([&b"gzip"[..], b"br, zstd"]);
        assert_eq!(accepted.choose([Zstd, Brotli, Gzip]), Some(Zstd));
        assert_eq!(accepted.choose([Gzip]), Some(Gzip));
        assert_eq!(accepted.choose([]), None);
        assert!(accepted.takes(Zstd) && !AcceptEncoding::parse([&b"br"[..]]).takes(Zstd));
    }
}
