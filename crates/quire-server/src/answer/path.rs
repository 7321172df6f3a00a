//! Paths as every client that follows the URL standard would have sent them.
//!
//! A server sees what was on the wire: `/a/../b`, `/a/%2e%2e/b`, `/a\b`. Routing, rules and files must agree on one
//! reading of these, or a guard in one is passed by a spelling that another understands.

use url::Url;

/// The normal form of a path with its query, or `None` if it has it already.
pub(crate) fn normalise(path_and_query: &str) -> Option<String> {
    if is_normal(path_and_query.as_bytes()) {
        return None;
    }
    // Concatenation rather than `Url::join`: `//x` must stay a path.
    let url = Url::parse(&format!("http://host{path_and_query}")).ok()?;
    // The standard has come to encode this one too, which the parser has not followed yet.
    let path = url.path().replace('^', "%5E");
    let normal = [
        &path,
        &url[url::Position::AfterPath..url::Position::AfterQuery],
    ]
    .concat();
    (normal != path_and_query).then_some(normal)
}

/// Whether nothing can need a change. `false` means that a closer look is due.
fn is_normal(bytes: &[u8]) -> bool {
    let mut previous = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        match KIND[usize::from(byte)] {
            PLAIN => {}
            DOT if previous == b'/' => match bytes.get(at + 1) {
                None | Some(b'/' | b'.' | b'%' | b'?' | b'\\') => return false,
                Some(_) => {}
            },
            DOT => {}
            PERCENT
                if bytes.get(at + 1) == Some(&b'2')
                    && matches!(bytes.get(at + 2), Some(b'e' | b'E')) =>
            {
                return false;
            }
            PERCENT => {}
            QUERY => {
                return bytes[at..]
                    .iter()
                    .all(|&byte| KIND_IN_QUERY[usize::from(byte)] == PLAIN);
            }
            _ => return false,
        }
        previous = byte;
    }
    true
}

const PLAIN: u8 = 0;
const DOT: u8 = 1;
const PERCENT: u8 = 2;
const QUERY: u8 = 3;
const SPECIAL: u8 = 4;

const KIND: [u8; 256] = {
    let mut kind = [SPECIAL; 256];
    let plain = b"!$&'()*+,-/:;=@_~|[]";
    let mut at = 0;
    while at < plain.len() {
        kind[plain[at] as usize] = PLAIN;
        at += 1;
    }
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            kind[byte] = PLAIN;
        }
        byte += 1;
    }
    kind[b'.' as usize] = DOT;
    kind[b'%' as usize] = PERCENT;
    kind[b'?' as usize] = QUERY;
    kind
};

const KIND_IN_QUERY: [u8; 256] = {
    let mut kind = [SPECIAL; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        if !matches!(byte as u8, b'"' | b'#' | b'\'' | b'<' | b'>') {
            kind[byte] = PLAIN;
        }
        byte += 1;
    }
    kind
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_paths_are_left_alone() {
        for path in [
            "/",
            "/a/b.txt",
            "/.well-known/x",
            "/a..b/c.",
            "//a//",
            "/%41?x=%2e%2e&y={}",
            "/a%2Fb",
            "/?/../",
        ] {
            assert_eq!(normalise(path), None, "{path}");
        }
    }

    #[test]
    fn dot_segments_are_resolved_in_every_spelling() {
        for (path, normal) in [
            ("/a/../b", "/b"),
            ("/a/./b", "/a/b"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/.%2e/b?c=../d", "/b?c=../d"),
            ("/../../etc/passwd", "/etc/passwd"),
            ("/..", "/"),
            ("/a/..", "/"),
            ("/a\\..\\b", "/b"),
            ("/%2e", "/"),
            ("/..?q", "/?q"),
        ] {
            assert_eq!(normalise(path).as_deref(), Some(normal), "{path}");
        }
    }

    #[test]
    fn what_must_be_encoded_is() {
        assert_eq!(normalise("/a{b}\"").as_deref(), Some("/a%7Bb%7D%22"));
        assert_eq!(normalise("/^?^").as_deref(), Some("/%5E?^"));
        assert_eq!(normalise("/?a='\"").as_deref(), Some("/?a=%27%22"));
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard(path in "/[a-c./\\\\%2eE?'\"{}^|#~-]{0,12}") {
            let path = path.replace('#', "");
            let url = Url::parse(&format!("http://host{path}")).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let query = &url[url::Position::AfterPath..url::Position::AfterQuery];
            let expected = url.path().replace('^', "%5E") + query;
            prop_assert_eq!(normalise(&path).unwrap_or(path), expected);
        }

        #[test]
        fn is_stable(path in "/[ -~]{0,20}") {
            if let Some(normal) = normalise(&path.replace('#', "")) {
                prop_assert_eq!(normalise(&normal), None);
            }
        }
    }
}
