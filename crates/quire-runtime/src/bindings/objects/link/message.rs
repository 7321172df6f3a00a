//! What workers say to each other about an object: a head in JSON behind its length, then a body.
//!
//! Both directions of an exchange have this form, so that nothing of a program's request has to pass through headers that HTTP/2
//! gives a meaning of its own.

use super::super::Target;
use crate::core::body::{BodyError, ByteStream};
use crate::core::outcome::Flags;
use bytes::{Buf, Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc::UnboundedReceiver;

/// More than any request has in its headers; a longer head is none of ours.
const HEAD_BYTES_MAX: usize = 64 * 1024 * 1024;
const LENGTH_BYTES: usize = 4;

/// What one worker asks of another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Ask {
    /// An object is to answer a request. If it asks for a socket, messages follow; else the request's body.
    Fetch {
        target: Target,
        method: String,
        url: String,
        /// Names and values in turn, a line each.
        headers: String,
        cf: Option<String>,
        depth: u32,
        socket: bool,
        /// The length of the body; `None` if it is unknown.
        length: Option<u64>,
    },
    /// A session of calls with an object: messages follow.
    Session { target: Target },
}

/// What the other worker says to that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// A response. Messages of a socket follow, or its body.
    Response {
        status: u16,
        reason: Option<String>,
        headers: String,
        socket: bool,
        length: Option<u64>,
    },
    /// The session is open: messages follow.
    Session,
    /// There is no response.
    Failure {
        message: String,
        /// What was thrown, in Base64.
        thrown: Option<String>,
        flags: Flags,
    },
}

/// A head as bytes.
pub(super) fn encode<T: Serialize>(head: &T) -> Bytes {
    let mut bytes = vec![0; LENGTH_BYTES];
    if let Err(error) = serde_json::to_writer(&mut bytes, head) {
        unreachable!("heads of messages have a JSON form: {error}");
    }
    let length = (bytes.len() - LENGTH_BYTES) as u32;
    bytes[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
    bytes.into()
}

/// Reads a head; what comes after it is the body.
pub(super) async fn read<T: DeserializeOwned>(stream: ByteStream) -> Result<(T, Rest), BodyError> {
    let (head, rest) = read_frame(Rest::of(stream)).await?;
    let head = serde_json::from_slice(&head)
        .map_err(|error| BodyError(format!("a worker is not understood: {error}")))?;
    Ok((head, rest))
}

/// Reads what stands behind a length.
pub(super) async fn read_frame(from: Rest) -> Result<(Bytes, Rest), BodyError> {
    let Rest { first, mut rest } = from;
    let mut input = BytesMut::from(first);
    loop {
        if let Some(content) = take_frame(&mut input)? {
            let first = match input.is_empty() {
                // Not the head's memory, for as long as the body lasts.
                true => Bytes::new(),
                false => input.freeze(),
            };
            return Ok((content, Rest { first, rest }));
        }
        match next(&mut rest).await? {
            Some(bytes) => input.extend_from_slice(&bytes),
            None => return Err(BodyError::connection_lost()),
        }
    }
}

/// The next bytes of a stream.
pub(super) async fn next(stream: &mut ByteStream) -> Result<Option<Bytes>, BodyError> {
    while let Some(frame) = stream.frame().await {
        if let Ok(bytes) = frame?.into_data() {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// Takes what stands behind a length off the front, if it is all there.
pub(super) fn take_frame(input: &mut BytesMut) -> Result<Option<Bytes>, BodyError> {
    let Some(length) = input.first_chunk::<LENGTH_BYTES>() else {
        return Ok(None);
    };
    let length = u32::from_le_bytes(*length) as usize;
    if length > HEAD_BYTES_MAX {
        return Err(BodyError(format!(
            "a worker announced a message of {length} bytes"
        )));
    }
    if input.len() < LENGTH_BYTES + length {
        return Ok(None);
    }
    input.advance(LENGTH_BYTES);
    Ok(Some(input.split_to(length).freeze()))
}

/// Puts bytes behind their length.
pub(super) fn frame(parts: &[&[u8]]) -> Bytes {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = BytesMut::with_capacity(LENGTH_BYTES + length);
    bytes.extend_from_slice(&(length as u32).to_le_bytes());
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes.freeze()
}

/// A head, then a body.
pub(super) fn with_body(head: Bytes, body: Option<ByteStream>) -> ByteStream {
    match body {
        None => crate::core::body::full_stream(head),
        Some(rest) => Rest { first: head, rest }.boxed_unsync(),
    }
}

/// A body of which a first part may be here already.
pub(super) struct Rest {
    first: Bytes,
    rest: ByteStream,
}

impl Rest {
    fn of(rest: ByteStream) -> Self {
        let first = Bytes::new();
        Self { first, rest }
    }

    /// Whether something of it is here.
    pub(super) fn has_begun(&self) -> bool {
        !self.first.is_empty()
    }
}

/// A head, then messages as they come. What is there when it leaves leaves with it.
pub(super) struct Messages {
    pub(super) head: Option<Bytes>,
    pub(super) messages: UnboundedReceiver<Vec<u8>>,
}

impl Body for Messages {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let message = this.messages.poll_recv(context);
        let bytes = match (this.head.take(), message) {
            (None, Poll::Pending) => return Poll::Pending,
            (None, Poll::Ready(None)) => return Poll::Ready(None),
            (None, Poll::Ready(Some(message))) => frame(&[&message]),
            (Some(head), Poll::Ready(Some(message))) => {
                let mut bytes = BytesMut::from(head);
                bytes.extend_from_slice(&frame(&[&message]));
                bytes.freeze()
            }
            (Some(head), _) => head,
        };
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

impl Body for Rest {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        if !this.first.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut this.first)))));
        }
        Pin::new(&mut this.rest).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_empty() && self.rest.is_end_stream()
    }
}

/// A body of which the length is known.
pub(super) struct Measured {
    pub(super) body: ByteStream,
    pub(super) left: u64,
}

impl Body for Measured {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            this.left = this.left.saturating_sub(data.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// A body that came over, with its length if that was said.
pub(super) fn measured(body: ByteStream, length: Option<u64>) -> ByteStream {
    match length {
        Some(left) => Measured { body, left }.boxed_unsync(),
        None => body,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::core::body::full_stream;
    use futures_util::FutureExt;
    use proptest::prelude::*;

    #[test]
    fn a_head_arrives_with_what_follows_it() {
        let answer = Answer::Failure {
            message: "é".into(),
            thrown: None,
            flags: Flags::default(),
        };
        let sent = with_body(encode(&answer), Some(full_stream("body".into())));
        let (read, rest) = read::<Answer>(sent).now_or_never().unwrap().unwrap();
        let mut rest = rest.boxed_unsync();
        assert_eq!(read, answer);
        assert_eq!(
            next(&mut rest).now_or_never().unwrap().unwrap().unwrap(),
            "body"
        );
        assert!(next(&mut rest).now_or_never().unwrap().unwrap().is_none());
    }

    #[test]
    fn a_head_that_is_cut_short_is_an_error() {
        let bytes = encode(&Answer::Session);
        for length in 0..bytes.len() {
            let cut = full_stream(bytes.slice(..length));
            assert!(read::<Answer>(cut).now_or_never().unwrap().is_err());
        }
    }

    #[test]
    fn messages_that_are_there_leave_with_the_head() {
        let (send, messages) = tokio::sync::mpsc::unbounded_channel();
        send.send(b"one".to_vec()).unwrap();
        send.send(b"two".to_vec()).unwrap();
        drop(send);
        let head = Some(encode(&Answer::Session));
        let sent = Messages { head, messages }.boxed_unsync();
        let (read, rest) = read::<Answer>(sent).now_or_never().unwrap().unwrap();
        assert_eq!(read, Answer::Session);
        assert!(rest.has_begun());
        let (one, rest) = read_frame(rest).now_or_never().unwrap().unwrap();
        let (two, rest) = read_frame(rest).now_or_never().unwrap().unwrap();
        assert_eq!((&one[..], &two[..]), (&b"one"[..], &b"two"[..]));
        assert!(read_frame(rest).now_or_never().unwrap().is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Ask>(full_stream(bytes.clone().into())).now_or_never();
            let mut input = BytesMut::from(&bytes[..]);
            while let Ok(Some(_)) = take_frame(&mut input) {}
        }

        #[test]
        fn frames_come_out_as_they_went_in(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..5)) {
            let mut input = BytesMut::new();
            for part in &parts {
                input.extend_from_slice(&frame(&[part]));
            }
            for part in &parts {
                prop_assert_eq!(&take_frame(&mut input).unwrap().unwrap()[..], &part[..]);
            }
            prop_assert!(take_frame(&mut input).unwrap().is_none());
        }
    }
}
