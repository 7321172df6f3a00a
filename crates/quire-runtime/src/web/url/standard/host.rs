//! Hosts (§3): domains, IPv4 and IPv6 addresses, and the opaque hosts of non-special schemes.

use super::encode::{C0_CONTROL, encode};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The host's serialisation.
pub(super) fn parse(input: &str, special: bool) -> Option<String> {
    if let Some(rest) = input.strip_prefix('[') {
        let address: Ipv6Addr = rest.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{}]", serialize_ipv6(address)));
    }
    if !special {
        let forbidden = |byte| is_forbidden(byte);
        return (!input.bytes().any(forbidden)).then(|| encode(input, &C0_CONTROL));
    }
    let domain = percent_decode_str(input).decode_utf8_lossy();
    let ascii = to_ascii(&domain)?;
    if ascii.is_empty() || ascii.bytes().any(is_forbidden_in_domain) {
        return None;
    }
    if ends_in_number(&ascii) {
        return parse_ipv4(&ascii).map(|address| address.to_string());
    }
    Some(ascii.into_owned())
}

/// A domain as the DNS takes it. One that is ASCII already needs no mapping, and is not looked into.
fn to_ascii(domain: &str) -> Option<Cow<'_, str>> {
    if domain.is_ascii() {
        return Some(match domain.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(domain.to_ascii_lowercase()),
            false => Cow::Borrowed(domain),
        });
    }
    idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::EMPTY).ok()
}

fn is_forbidden(byte: u8) -> bool {
    matches!(
        byte,
        0 | b'\t'
            | b'\n'
            | b'\r'
            | b' '
            | b'#'
            | b'/'
            | b':'
            | b'<'
            | b'>'
            | b'?'
            | b'@'
            | b'['
            | b'\\'
            | b']'
            | b'^'
            | b'|'
    )
}

fn is_forbidden_in_domain(byte: u8) -> bool {
    is_forbidden(byte) || byte <= 0x1f || matches!(byte, b'%' | 0x7f)
}

/// Whether the last label makes this an IPv4 address, or nothing.
fn ends_in_number(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let last = domain.rsplit('.').next().unwrap_or_default();
    (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
        || parse_number(last).is_some()
}

/// `1.2.3.4` and what browsers always took for it: fewer parts, octal, hexadecimal.
fn parse_ipv4(domain: &str) -> Option<Ipv4Addr> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let parts: Vec<&str> = domain.split('.').collect();
    let (last, first) = parts.split_last()?;
    if first.len() > 3 {
        return None;
    }
    let mut address = 0;
    for (index, part) in first.iter().enumerate() {
        let number = parse_number(part).filter(|&number| number <= 255)?;
        address |= number << (24 - 8 * index);
    }
    let room = 32 - 8 * first.len();
    let number = parse_number(last).filter(|&number| number < 1 << room)?;
    u32::try_from(address | number).ok().map(Ipv4Addr::from)
}

/// A part of an IPv4 address. Too big a number is cut to one that is too big still.
fn parse_number(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    digits.chars().try_fold(0u64, |number, digit| {
        let digit = digit.to_digit(radix)?;
        Some((number * u64::from(radix) + u64::from(digit)).min(1 << 40))
    })
}

/// The longest run of at least two zero groups becomes `::`; unlike elsewhere nothing is written as IPv4.
fn serialize_ipv6(address: Ipv6Addr) -> String {
    let groups = address.segments();
    let (mut start, mut length) = (0, 1);
    let mut index = 0;
    while index < 8 {
        let run = groups[index..]
            .iter()
            .take_while(|&&group| group == 0)
            .count();
        if run > length {
            (start, length) = (index, run);
        }
        index += run.max(1);
    }
    let join = |groups: &[u16]| {
        groups
            .iter()
            .map(|group| format!("{group:x}"))
            .collect::<Vec<_>>()
            .join(":")
    };
    if length < 2 {
        return join(&groups);
    }
    format!(
        "{}::{}",
        join(&groups[..start]),
        join(&groups[start + length..])
    )
}
