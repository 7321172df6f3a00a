//! The body of an answer on its way out.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use quire_runtime::{Body, BodyError};

use super::record::Record;
use crate::worker::connection::InFlight;

/// The content, and after it perhaps an addition of the server's. As long as it lives, its request is in flight.
pub(crate) struct AnswerBody {
    content: Body,
    addition: Option<Bytes>,
    /// How many bytes there are in all, if that is known.
    length: Option<u64>,
    record: Record,
    _in_flight: InFlight,
}

impl AnswerBody {
    pub(crate) fn new(
        content: Body,
        addition: Option<Bytes>,
        record: Record,
        in_flight: InFlight,
    ) -> Self {
        Self {
            length: content.size_hint().exact(),
            content,
            addition,
            record,
            _in_flight: in_flight,
        }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let polled = match Pin::new(&mut this.content).poll_frame(context) {
            Poll::Ready(None) => {
                Poll::Ready(this.addition.take().map(|bytes| Ok(Frame::data(bytes))))
            }
            polled => polled,
        };
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(bytes) = frame.data_ref()
        {
            this.record.sent(bytes.len());
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.addition.is_none() && self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let content = self.content.size_hint();
        let Some(addition) = &self.addition else {
            return content;
        };
        let addition = addition.len() as u64;
        let mut both = SizeHint::new();
        both.set_lower(content.lower().saturating_add(addition));
        if let Some(upper) = content
            .upper()
            .and_then(|upper| upper.checked_add(addition))
        {
            both.set_upper(upper);
        }
        both
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        self.record.used(self.content.processor_time());
        // Who knows the length does not ask for the end.
        let is_whole = |length| self.record.bytes() >= length;
        if self.content.is_end_stream() || self.length.is_some_and(is_whole) {
            self.record.completed();
        }
    }
}
