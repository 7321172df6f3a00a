//! `--live-reload`: pages that load themselves again when something they are made of changes.
//!
//! Every change has a number. A page says which one it was made from, in the address of the script that is added to it; the
//! script listens to an event stream that tells the newest. The stream ends with its worker, and the browser asks the next.

use std::cell::RefCell;
use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use quire_runtime::Body;
use tokio::sync::watch;

/// Where the script and the events are; the original has its events here, too.
pub(crate) const PATH: &str = "/cdn-cgi/live-reload";

const SCRIPT: &str = include_str!("live_reload.js");

/// Tells pages of changes.
pub(crate) struct LiveReload {
    /// The newest change; `None` once this worker is about to end.
    newest: RefCell<Option<watch::Sender<u64>>>,
}

impl LiveReload {
    pub(crate) fn new() -> Self {
        let newest = RefCell::new(Some(watch::Sender::new(0)));
        Self { newest }
    }

    /// Something changed.
    pub(crate) fn set_newest(&self, change: u64) {
        if let Some(newest) = self.newest.borrow().as_ref() {
            newest.send_replace(change);
        }
    }

    /// Ends all streams: another worker has news from now on.
    pub(crate) fn end(&self) {
        self.newest.take();
    }

    /// What is added to a page.
    pub(crate) fn element(&self) -> String {
        let newest = self.newest.borrow();
        let newest = newest.as_ref().map_or(0, |newest| *newest.borrow());
        format!("\n<script src=\"{PATH}?{newest}\"></script>\n")
    }

    /// The script, or the stream of events.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let accept = request.get(ACCEPT).map(HeaderValue::as_bytes);
        let wants_events = accept == Some(b"text/event-stream");
        let (content_type, body) = match wants_events {
            true => ("text/event-stream", self.events()),
            false => ("text/javascript; charset=utf-8", Body::full(SCRIPT)),
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    fn events(&self) -> Body {
        let newest = self.newest.borrow();
        let Some(newest) = newest.as_ref() else {
            return Body::empty();
        };
        // The first one says how soon to ask again.
        let begin = (newest.subscribe(), "retry: 200\n");
        let events = stream::unfold(Some(begin), |state| async {
            let (mut newest, before) = state?;
            if before.is_empty() && newest.changed().await.is_err() {
                return None;
            }
            let event = format!("{before}data: {}\n\n", *newest.borrow_and_update());
            let frame = Ok::<_, Infallible>(Frame::data(Bytes::from(event)));
            Some((frame, Some((newest, ""))))
        });
        Body::wrap(StreamBody::new(events))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn changes_are_told_until_the_end() {
        let live = LiveReload::new();
        live.set_newest(7);
        assert!(live.element().contains("/cdn-cgi/live-reload?7"));
        let mut request = HeaderMap::new();
        let script = live.answer(&request).into_body().collect().await.unwrap();
        assert_eq!(script.to_bytes(), SCRIPT);
        request.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        let mut events = live.answer(&request).into_body();
        let mut next = async || match events.frame().await {
            Some(frame) => {
                let bytes = frame.unwrap().into_data().unwrap();
                Some(String::from_utf8(bytes.into()).unwrap())
            }
            None => None,
        };
        assert_eq!(next().await.unwrap(), "retry: 200\ndata: 7\n\n");
        live.set_newest(8);
        live.set_newest(9);
        assert_eq!(next().await.unwrap(), "data: 9\n\n");
        live.end();
        assert_eq!(next().await, None);
    }
}
