//! Headers on their way between Rust and JavaScript: one string, a line for each name and each
//! value in turn. Neither can hold a line feed, so nothing needs escaping.

use super::error::OpError;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use std::borrow::Cow;

/// A header's value as text: UTF-8 if it is that, else each byte as the character of its number.
pub(crate) fn text_of(value: &HeaderValue) -> Cow<'_, str> {
    text(value.as_bytes())
}

/// The same for the bytes of a value.
pub(crate) fn text(value: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => value.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// The next line of what is left; nothing is left behind the last one.
pub(crate) fn next<'a>(rest: &mut Option<&'a str>) -> Option<&'a str> {
    let text = rest.take()?;
    let Some((line, after)) = text.split_once('\n') else {
        return Some(text);
    };
    *rest = Some(after);
    Some(line)
}

/// Adds a header to the lines.
pub(crate) fn push(lines: &mut String, name: &str, value: &str) {
    if !lines.is_empty() {
        lines.push('\n');
    }
    lines.push_str(name);
    lines.push('\n');
    lines.push_str(value);
}

/// The lines of these headers.
pub(crate) fn lines_of(headers: &HeaderMap) -> String {
    let mut lines = String::new();
    for (name, value) in headers {
        push(&mut lines, name.as_str(), &text_of(value));
    }
    lines
}

/// Reads the lines, header by header. The values share the memory of the lines.
pub(crate) fn parse(
    lines: impl Into<Bytes>,
    mut take: impl FnMut(HeaderName, HeaderValue),
) -> Result<(), OpError> {
    let lines = lines.into();
    let mut read = lines.split(|&byte| byte == b'\n');
    while let (Some(name), Some(value)) = (read.next(), read.next()) {
        let name = HeaderName::from_bytes(name)
            .map_err(|_| OpError::Type("Invalid header name.".into()))?;
        let value = HeaderValue::from_maybe_shared(lines.slice_ref(value))
            .map_err(|_| OpError::Type("Invalid header value.".into()))?;
        take(name, value);
    }
    Ok(())
}
