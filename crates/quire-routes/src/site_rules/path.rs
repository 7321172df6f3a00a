//! Paths and URLs as people write them in rules, brought into the form that requests have.

use std::fmt::Write as _;

use super::problem::RuleProblemKind;

/// Which URLs a place in a file takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepts {
    pub absolute: bool,
    pub port: bool,
    /// Whether query and fragment are kept; they are cut off otherwise.
    pub query_and_fragment: bool,
}

/// A path starting with `/`, or `https://`, a host and such a path.
pub(super) fn read(token: &str, accepts: Accepts) -> Result<String, RuleProblemKind> {
    if let Some((host, rest)) = absolute(token) {
        if !accepts.absolute {
            return Err(RuleProblemKind::AbsoluteSource);
        }
        if !accepts.port && has_port(host) {
            return Err(RuleProblemKind::Port);
        }
        return Ok(format!(
            "https://{host}{}",
            normal(rest, accepts.query_and_fragment)
        ));
    }
    if !accepts.absolute || token.starts_with('/') {
        return Ok(normal(token, accepts.query_and_fragment));
    }
    Err(RuleProblemKind::NeitherPathNorHttps)
}

/// Host and rest of an `https` URL.
fn absolute(token: &str) -> Option<(&str, &str)> {
    let rest = token.strip_prefix("https://")?.trim_start_matches('/');
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    (!host.is_empty()).then_some((host, path))
}

/// Whether this is a URL with a host, as opposed to a path.
pub(super) fn is_absolute(token: &str) -> bool {
    absolute(token).is_some()
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The path with dot segments resolved and percent-encoded as in a URL.
fn normal(text: &str, query_and_fragment: bool) -> String {
    // URLs cannot hold these; their parser skips them.
    let text = text.replace(['\t', '\n', '\r'], "");
    let (rest, fragment) = split(&text, '#');
    let (path, query) = split(rest, '?');
    let mut out = String::with_capacity(text.len() + 1);
    resolve(path.strip_prefix('/').unwrap_or(path), &mut out);
    if query_and_fragment {
        // A lone `?` or `#` says nothing and is dropped.
        if let Some(query) = query.filter(|query| !query.is_empty()) {
            out.push('?');
            encode(query, b"\"<>", &mut out);
        }
        if let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) {
            out.push('#');
            encode(fragment, b"\"<>`", &mut out);
        }
    }
    out
}

fn split(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Appends the path, `/` in front, without `.` and `..`.
fn resolve(path: &str, out: &mut String) {
    let mut segments: Vec<&str> = Vec::new();
    let mut rest = path.split('/').peekable();
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
    for segment in segments {
        out.push('/');
        encode(segment, b"\"<>`{}^", out);
    }
}

/// 1 for `.`, 2 for `..`, in every spelling that a URL parser knows.
fn dots(segment: &str) -> Option<usize> {
    if segment.len() > 6 {
        return None;
    }
    match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
        "." => Some(1),
        ".." => Some(2),
        _ => None,
    }
}

/// Appends text, percent-encoding blanks, controls, all that is not ASCII, and `extra`.
fn encode(text: &str, extra: &[u8], out: &mut String) {
    for byte in text.bytes() {
        if byte <= b' ' || byte >= 0x7f || extra.contains(&byte) {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(token: &str) -> Result<String, RuleProblemKind> {
        let accepts = Accepts {
            absolute: true,
            port: false,
            query_and_fragment: false,
        };
        read(token, accepts)
    }

    fn source(token: &str) -> Result<String, RuleProblemKind> {
        let accepts = Accepts {
            absolute: false,
            port: false,
            query_and_fragment: false,
        };
        read(token, accepts)
    }

    fn target(token: &str) -> Result<String, RuleProblemKind> {
        let accepts = Accepts {
            absolute: true,
            port: true,
            query_and_fragment: true,
        };
        read(token, accepts)
    }

    #[test]
    fn paths_take_the_form_of_requests() {
        for (written, read) in [
            ("/a b", "/a%20b"),
            ("/ümlaut", "/%C3%BCmlaut"),
            ("/a?b#c", "/a"),
            ("/a/../b/./c", "/b/c"),
            ("/a/..", "/"),
            ("/x/%2E%2e/y", "/y"),
            ("//two", "//two"),
            ("/%41*:x", "/%41*:x"),
            ("/a{b}", "/a%7Bb%7D"),
        ] {
            assert_eq!(rule(written).as_deref(), Ok(read), "{written}");
        }
        assert_eq!(source("no/slash").as_deref(), Ok("/no/slash"));
        assert_eq!(target("/a?b=c d#e f").as_deref(), Ok("/a?b=c%20d#e%20f"));
        assert_eq!(target("/a?#").as_deref(), Ok("/a"));
    }

    #[test]
    fn urls_keep_their_host() {
        assert_eq!(
            rule("https://:h.example.com").as_deref(),
            Ok("https://:h.example.com/")
        );
        assert_eq!(
            target("https://x.example:8080/a?b").as_deref(),
            Ok("https://x.example:8080/a?b")
        );
        assert_eq!(rule("https://x.example:8080/a"), Err(RuleProblemKind::Port));
        assert_eq!(
            rule("http://x.example/a"),
            Err(RuleProblemKind::NeitherPathNorHttps)
        );
        assert_eq!(
            source("https://x.example/a"),
            Err(RuleProblemKind::AbsoluteSource)
        );
        // Only `https` makes a URL; the rest is a path without its slash.
        assert_eq!(source("http://x/a").as_deref(), Ok("/http://x/a"));
    }
}
