//! What JavaScript says of a request that goes out, and what it is told of a response: one string each, which costs far less than
//! several values. What there is none of is an empty line; headers come last, as of [`header_lines`](crate::core::header_lines).

use crate::core::error::OpError;
use crate::core::header_lines;
use http::{Method, StatusCode};
use quire_jsc::Call;

/// A request, as `internals.fetch.head` has it.
pub(crate) struct RequestHead {
    /// By which the request can be aborted, if it can.
    pub(crate) number: Option<u64>,
    pub(crate) method: Method,
    pub(crate) url: String,
    /// What is said besides, which depends on where it goes to.
    pub(crate) extra: Option<String>,
    /// The headers.
    pub(crate) lines: String,
}

impl RequestHead {
    /// Reads an argument.
    pub(crate) fn read(call: &Call<'_>, at: usize) -> Result<Self, OpError> {
        Self::parse(&call.string(at)?)
    }

    /// Reads a line each for number, method, URL and what is said besides; then headers.
    pub(crate) fn parse(text: &str) -> Result<Self, OpError> {
        let mut rest = Some(text);
        let mut line = || {
            header_lines::next(&mut rest)
                .ok_or_else(|| OpError::Type("the head of a request is malformed".into()))
        };
        let number = line()?;
        let method = Method::from_bytes(line()?.as_bytes())
            .map_err(|_| OpError::Type("Invalid HTTP method string".into()))?;
        let (url, extra) = (line()?.to_owned(), line()?);
        Ok(Self {
            number: number.parse().ok(),
            method,
            url,
            extra: (!extra.is_empty()).then(|| extra.to_owned()),
            lines: rest.unwrap_or_default().to_owned(),
        })
    }
}

/// A response, as `responseFrom` in `fetch.js` reads it.
pub(crate) struct ResponseHead<'a> {
    pub(crate) status: StatusCode,
    /// The text of the status; the usual one if there is none.
    pub(crate) reason: Option<&'a str>,
    /// The number of the body.
    pub(crate) body: Option<u64>,
    pub(crate) redirected: bool,
    /// The number of a WebSocket's end.
    pub(crate) socket: Option<u64>,
    pub(crate) url: &'a str,
    /// The headers.
    pub(crate) lines: &'a str,
}

impl ResponseHead<'_> {
    /// A line each for the status, its text, the body, whether there was a redirect, the socket and the URL; then headers.
    pub(crate) fn text(&self) -> String {
        let number = |number: Option<u64>| number.map_or_else(String::new, |it| it.to_string());
        let status = self.status.as_u16();
        let usual = || self.status.canonical_reason().unwrap_or_default();
        let reason = self.reason.unwrap_or_else(usual);
        let (body, socket) = (number(self.body), number(self.socket));
        let redirected = u8::from(self.redirected);
        let Self { url, lines, .. } = self;
        let behind = if lines.is_empty() { "" } else { "\n" };
        format!("{status}\n{reason}\n{body}\n{redirected}\n{socket}\n{url}{behind}{lines}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_is_read() {
        let head = RequestHead::parse("7\nPOST\nhttp://a/\n{\"a\":1}\nx\ny\nz\n").unwrap();
        assert_eq!((head.number, head.method), (Some(7), Method::POST));
        assert_eq!(head.extra.as_deref(), Some("{\"a\":1}"));
        assert_eq!((&*head.url, &*head.lines), ("http://a/", "x\ny\nz\n"));
        let head = RequestHead::parse("\nGET\nhttp://a/\n").unwrap();
        assert_eq!((head.number, head.extra, &*head.lines), (None, None, ""));
        assert!(RequestHead::parse("\nGET\nhttp://a/").is_err());
        assert!(RequestHead::parse("\nno method\nhttp://a/\n\n").is_err());
    }

    #[test]
    fn a_response_is_told() {
        let mut head = ResponseHead {
            status: StatusCode::NOT_FOUND,
            reason: None,
            body: Some(3),
            redirected: true,
            socket: None,
            url: "http://a/",
            lines: "",
        };
        assert_eq!(head.text(), "404\nNot Found\n3\n1\n\nhttp://a/");
        head.reason = Some("");
        head.lines = "x\ny";
        assert_eq!(head.text(), "404\n\n3\n1\n\nhttp://a/\nx\ny");
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_read_or_refused(text in "\\PC{0,4}(\n\\PC{0,4}){0,6}") {
            let _ = RequestHead::parse(&text);
        }
    }
}
