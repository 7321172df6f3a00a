//! Request paths as text: decoding, the key of a file, and the text of a `Location`.

use std::borrow::Cow;
use std::fmt::Write as _;

use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};

/// What `encodeURIComponent` leaves alone besides letters and digits.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// What a URL's query may not hold as it is.
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\'');

/// The decoded path (always starting with `/`) of a raw one: dot segments are resolved as every URL parser does,
/// then the whole is percent-decoded once. A path that does not decode to UTF-8 is taken literally.
pub(crate) fn decode(raw: &str) -> Cow<'_, str> {
    let path = resolve_dot_segments(raw);
    if !path.contains('%') {
        return path;
    }
    if !has_valid_escapes(&path) {
        return path;
    }
    match percent_decode_str(&path).decode_utf8() {
        Ok(decoded) => Cow::Owned(decoded.into_owned()),
        Err(_) => path,
    }
}

fn has_valid_escapes(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%').all(|(at, _)| {
        matches!(bytes.get(at + 1..at + 3), Some([high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
    })
}

fn resolve_dot_segments(raw: &str) -> Cow<'_, str> {
    let backslash = raw.contains('\\');
    let suspicious = backslash
        || !raw.starts_with('/')
        || raw.contains("/.")
        || raw
            .as_bytes()
            .windows(4)
            .any(|window| window.eq_ignore_ascii_case(b"/%2e"));
    if !suspicious {
        return Cow::Borrowed(raw);
    }
    let slashed = if backslash {
        Cow::Owned(raw.replace('\\', "/"))
    } else {
        Cow::Borrowed(raw)
    };
    let mut segments: Vec<&str> = Vec::new();
    let mut rest = slashed
        .strip_prefix('/')
        .unwrap_or(&slashed)
        .split('/')
        .peekable();
    while let Some(segment) = rest.next() {
        let last = rest.peek().is_none();
        match dots(segment) {
            Some(count) => {
                if count == 2 {
                    segments.pop();
                }
                if last {
                    segments.push("");
                }
            }
            None => segments.push(segment),
        }
    }
    Cow::Owned(format!("/{}", segments.join("/")))
}

/// 1 for `.`, 2 for `..`, in every spelling a URL parser knows.
fn dots(segment: &str) -> Option<usize> {
    let bytes = segment.as_bytes();
    let mut at = 0;
    let mut count = 0;
    while at < bytes.len() {
        if bytes[at] == b'.' {
            at += 1;
        } else if bytes.len() >= at + 3 && bytes[at..at + 3].eq_ignore_ascii_case(b"%2e") {
            at += 3;
        } else {
            return None;
        }
        count += 1;
    }
    (count == 1 || count == 2).then_some(count)
}

/// The path of a file relative to the served directory (`blog/post.html`), with repeated slashes and dot segments
/// resolved. `None` if it would leave the directory or cannot be a file's name.
pub(crate) fn file_key(path: &str) -> Option<String> {
    if path.contains('\0') || path.ends_with('/') {
        return None;
    }
    let mut key = String::with_capacity(path.len());
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                if key.is_empty() {
                    return None;
                }
                key.truncate(key.rfind('/').unwrap_or(0));
            }
            name => {
                if !key.is_empty() {
                    key.push('/');
                }
                key.push_str(name);
            }
        }
    }
    (!key.is_empty()).then_some(key)
}

/// The value of a `Location` header for a decoded path and the raw query of the request.
///
/// A browser takes `//host` and `/\host` for another site, and drops tabs before it looks, so whatever opens the
/// path this way becomes one slash.
pub(crate) fn location(path: &str, query: Option<&str>) -> String {
    let rest = path.trim_start_matches(['/', '\\', '\t']);
    let mut location = String::with_capacity(path.len() + 8);
    for segment in rest.split('/') {
        location.push('/');
        location.extend(utf8_percent_encode(segment, COMPONENT));
    }
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write!(location, "?{}", utf8_percent_encode(query, QUERY));
    }
    location
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decodes_once_and_keeps_what_does_not_decode() {
        for (raw, decoded) in [
            ("/a%20b", "/a b"),
            ("/blog%2Fpost", "/blog/post"),
            ("/%252Fx", "/%2Fx"),
            ("/%C3%BC", "/ü"),
            ("/ü", "/ü"),
            ("/%FF", "/%FF"),
            ("/100%", "/100%"),
            ("/100%.txt", "/100%.txt"),
            ("/a%20b%zz", "/a%20b%zz"),
            ("/%E2%82", "/%E2%82"),
            ("/%ED%A0%80", "/%ED%A0%80"),
            ("/x/../index", "/index"),
            ("/x/%2E%2e/y", "/y"),
            ("/x/.%2e/y", "/y"),
            ("/x/.", "/x/"),
            ("/x/..", "/"),
            ("/../../x", "/x"),
            ("/...", "/..."),
            ("/.hidden", "/.hidden"),
            ("/blog\\post", "/blog/post"),
            ("/x/..\\y", "/y"),
            ("/blog%5Cpost", "/blog\\post"),
            ("/x%2f..%2fy", "/x/../y"),
            ("", "/"),
            ("x", "/x"),
            ("//x//y", "//x//y"),
        ] {
            assert_eq!(decode(raw), decoded, "{raw}");
        }
    }

    #[test]
    fn file_keys() {
        for (path, key) in [
            ("/a.txt", Some("a.txt")),
            ("//a//b.txt", Some("a/b.txt")),
            ("/a/../b", Some("b")),
            ("/a/b/../../c", Some("c")),
            ("/..", None),
            ("/../a", None),
            ("/a/../../b", None),
            ("/a/..", None),
            ("/", None),
            ("/a/", None),
            ("/a\0b", None),
            ("/.html", Some(".html")),
        ] {
            assert_eq!(file_key(path).as_deref(), key, "{path}");
        }
    }

    #[test]
    fn locations() {
        for (path, query, expected) in [
            ("/a b", None, "/a%20b"),
            ("/@s", None, "/%40s"),
            ("/p+q&r", None, "/p%2Bq%26r"),
            ("/100%", None, "/100%25"),
            ("/nowhere/", Some("a=b"), "/nowhere/?a=b"),
            ("/only", Some(""), "/only"),
            ("/only", Some("x=<é>\"'"), "/only?x=%3C%C3%A9%3E%22%27"),
            ("//evil.com/", None, "/evil.com/"),
            ("/\\evil.com/", None, "/evil.com/"),
            ("/\t/evil.com/", None, "/evil.com/"),
            ("/\\\t//\\evil.com/", None, "/evil.com/"),
            ("/ a/", None, "/%20a/"),
            ("/%2Fa/", None, "/%252Fa/"),
            ("/a//b/", None, "/a//b/"),
            ("/a\r\nb/", None, "/a%0D%0Ab/"),
            ("/", None, "/"),
            ("", None, "/"),
            ("/ümlaut", None, "/%C3%BCmlaut"),
        ] {
            assert_eq!(location(path, query), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_location_never_leaves_the_site(path in "[/\\\\\t %a-z2FfCc509.:@]{0,20}", query in proptest::option::of(".{0,10}")) {
            let location = location(&format!("/{path}"), query.as_deref());
            prop_assert!(location.starts_with('/'));
            prop_assert!(!location.starts_with("//") && !location.starts_with("/\\"));
            prop_assert!(location.bytes().all(|byte| (0x21..=0x7e).contains(&byte)));
        }

        #[test]
        fn keys_stay_inside(raw in "[/.%2eEfF\\\\a]{0,30}") {
            if let Some(key) = file_key(&decode(&raw)) {
                prop_assert!(!key.is_empty());
                prop_assert!(key.split('/').all(|segment| !segment.is_empty() && segment != "." && segment != ".."));
            }
        }

        #[test]
        fn decoding_anything_gives_a_rooted_path(raw in ".{0,40}") {
            prop_assert!(decode(&raw).starts_with('/'));
        }
    }
}
