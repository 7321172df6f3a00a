//! The report of a failed build, shown inside the pages that the last good build still serves.

use bytes::Bytes;
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH,
};
use http::{HeaderMap, HeaderValue, Response};

use super::html::Escaped;

/// What is appended to pages.
#[derive(Clone, Debug)]
pub(crate) struct Overlay(Bytes);

impl Overlay {
    pub(crate) fn new(report: &str) -> Self {
        // A custom element with a shadow tree: the page's styles do not reach it, and the other way round.
        let element = format!(
            "\n<quire-build-error><template shadowrootmode=open><style>:host{{all:initial}}section{{position:fixed;inset:auto 0 0;\
             z-index:2147483647;max-height:60vh;overflow:auto;padding:1rem 1.25rem;background:#2a1215;color:#ffd9d6;\
             border-top:3px solid #e5484d;font:13px/1.5 ui-monospace,monospace}}h2{{margin:0 0 .5rem;font:600 15px system-ui}}\
             pre{{margin:0;white-space:pre-wrap}}</style><section role=alert><h2>The build failed; this page comes from the last good one</h2>\
             <pre>{}</pre></section></template></quire-build-error>\n",
            Escaped(report),
        );
        Self(element.into())
    }

    /// Makes the answer a whole page: one that the browser has already would lack the overlay.
    pub(crate) fn prepare_request(headers: &mut HeaderMap) {
        headers.remove(IF_NONE_MATCH);
        headers.remove(IF_MODIFIED_SINCE);
    }

    /// What to append to this response, whose headers are made to fit; `None` if it is no page.
    pub(crate) fn prepare_response<B>(&self, response: &mut Response<B>) -> Option<Bytes> {
        let status = response.status();
        let headers = response.headers_mut();
        let is_html = headers.get(CONTENT_TYPE).is_some_and(is_html);
        if !is_html
            || headers.contains_key(CONTENT_ENCODING)
            || status.is_redirection()
            || status.is_informational()
        {
            return None;
        }
        // Neither describes the page with the overlay.
        headers.remove(ETAG);
        headers.remove(CONTENT_LENGTH);
        headers.insert(
            http::header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        );
        Some(self.0.clone())
    }
}

fn is_html(content_type: &HeaderValue) -> bool {
    let kind = b"text/html";
    let value = content_type.as_bytes();
    value.len() >= kind.len() && value[..kind.len()].eq_ignore_ascii_case(kind)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn pages_get_it_and_nothing_else_does() {
        let overlay = Overlay::new("a <b>");
        let mut page = Response::builder()
            .header(CONTENT_TYPE, "Text/HTML; charset=utf-8")
            .header(CONTENT_LENGTH, "3")
            .header(ETAG, "\"x\"")
            .body(())
            .unwrap();
        let addition = overlay.prepare_response(&mut page).unwrap();
        assert!(
            std::str::from_utf8(&addition)
                .unwrap()
                .contains("a &lt;b&gt;")
        );
        assert!(!page.headers().contains_key(CONTENT_LENGTH) && !page.headers().contains_key(ETAG));
        for (name, value) in [
            (CONTENT_TYPE, "application/json"),
            (CONTENT_ENCODING, "gzip"),
        ] {
            let mut other = Response::builder().header(name, value).body(()).unwrap();
            assert!(overlay.prepare_response(&mut other).is_none());
        }
        let mut compressed = Response::builder()
            .header(CONTENT_TYPE, "text/html")
            .header(CONTENT_ENCODING, "br")
            .body(())
            .unwrap();
        assert!(overlay.prepare_response(&mut compressed).is_none());
    }
}
