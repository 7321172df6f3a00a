//! What development adds to pages: the report of a failed build, and the script that loads them again.

use std::cell::RefCell;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE,
};
use http::{HeaderMap, HeaderValue, Response};

use super::live_reload::LiveReload;
use super::overlay;

/// What is appended to pages.
pub(crate) struct PageAdditions {
    overlay: RefCell<Option<String>>,
    pub(crate) live_reload: Option<LiveReload>,
}

impl PageAdditions {
    pub(crate) fn new(live_reload: bool) -> Self {
        Self {
            overlay: RefCell::default(),
            live_reload: live_reload.then(LiveReload::new),
        }
    }

    /// Shows the report of a failed build, or none any more.
    pub(crate) fn set_build_failure(&self, report: Option<&str>) {
        self.overlay.replace(report.map(overlay::element));
    }

    /// Whether there is anything to add.
    pub(crate) fn are_there(&self) -> bool {
        self.live_reload.is_some() || self.overlay.borrow().is_some()
    }

    /// Makes the answer a whole page of plain text: to one that the browser has already, to a part of one, or to compressed
    /// bytes nothing can be added.
    pub(crate) fn prepare_request(headers: &mut HeaderMap) {
        for name in [IF_NONE_MATCH, IF_MODIFIED_SINCE, RANGE, ACCEPT_ENCODING] {
            headers.remove(name);
        }
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
        // None of them describes the page with what is added.
        for name in [ETAG, LAST_MODIFIED, CONTENT_LENGTH] {
            headers.remove(name);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let mut addition = self.overlay.borrow().clone().unwrap_or_default();
        if let Some(live_reload) = &self.live_reload {
            addition.push_str(&live_reload.element());
        }
        Some(addition.into())
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

    fn page(name: http::HeaderName, value: &'static str) -> Response<()> {
        Response::builder()
            .header(CONTENT_TYPE, "Text/HTML; charset=utf-8")
            .header(CONTENT_LENGTH, "3")
            .header(ETAG, "\"x\"")
            .header(name, value)
            .body(())
            .unwrap()
    }

    #[test]
    fn pages_get_them_and_nothing_else_does() {
        let additions = PageAdditions::new(true);
        additions.set_build_failure(Some("a <b>"));
        let mut plain = page(CACHE_CONTROL, "max-age=60");
        let addition = additions.prepare_response(&mut plain).unwrap();
        let text = std::str::from_utf8(&addition).unwrap();
        assert!(text.contains("a &lt;b&gt;") && text.contains("<script src="));
        assert!(!plain.headers().contains_key(CONTENT_LENGTH));
        assert!(!plain.headers().contains_key(ETAG));
        assert_eq!(plain.headers()[CACHE_CONTROL], "no-store");
        let mut compressed = page(CONTENT_ENCODING, "br");
        assert!(additions.prepare_response(&mut compressed).is_none());
        let mut other = Response::builder()
            .header(CONTENT_TYPE, "application/json")
            .body(())
            .unwrap();
        assert!(additions.prepare_response(&mut other).is_none());
    }

    #[test]
    fn a_mended_build_leaves_nothing_behind() {
        let additions = PageAdditions::new(false);
        assert!(!additions.are_there());
        additions.set_build_failure(Some("report"));
        assert!(additions.are_there());
        additions.set_build_failure(None);
        assert!(!additions.are_there());
    }
}
