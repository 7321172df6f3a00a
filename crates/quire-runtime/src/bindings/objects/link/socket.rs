//! A WebSocket between two workers, or any other exchange of messages: they are passed on as they are, one behind the other.

use super::message::{frame, next, take_frame};
use crate::core::body::{BodyError, ByteStream};
use crate::web::websocket::{Close, Endpoint, Message};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use send_wrapper::SendWrapper;
use std::rc::Rc;
use tokio::sync::mpsc::UnboundedSender;

const TEXT: u8 = 0;
const BINARY: u8 = 1;
const CLOSE: u8 = 2;
const LOST: u8 = 3;
const LOST_WITH_ERROR: u8 = 4;

fn encode(message: &Message) -> Bytes {
    match message {
        Message::Text(text) => frame(&[&[TEXT], text.as_bytes()]),
        Message::Binary(bytes) => frame(&[&[BINARY], bytes]),
        Message::Close(Close { code, reason }) => {
            frame(&[&[CLOSE], &code.to_le_bytes(), reason.as_bytes()])
        }
        Message::Lost(None) => frame(&[&[LOST]]),
        Message::Lost(Some(error)) => frame(&[&[LOST_WITH_ERROR], error.as_bytes()]),
    }
}

fn decode(bytes: &[u8]) -> Result<Message, BodyError> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(match bytes {
        [TEXT, rest @ ..] => Message::Text(text(rest)),
        [BINARY, rest @ ..] => Message::Binary(rest.to_vec()),
        [CLOSE, low, high, rest @ ..] => Message::Close(Close {
            code: u16::from_le_bytes([*low, *high]),
            reason: text(rest),
        }),
        [LOST] => Message::Lost(None),
        [LOST_WITH_ERROR, rest @ ..] => Message::Lost(Some(text(rest))),
        _ => return Err(BodyError("a worker sent an unknown message".into())),
    })
}

/// Gives an end of a pipe the messages of another worker, until there are no more.
pub(super) async fn receive_calls(mut incoming: ByteStream, to_program: &UnboundedSender<Vec<u8>>) {
    let mut input = BytesMut::new();
    loop {
        match take_frame(&mut input) {
            Ok(Some(message)) => {
                if to_program.send(message.into()).is_err() {
                    return;
                }
            }
            Ok(None) => match next(&mut incoming).await {
                Ok(Some(bytes)) => input.extend_from_slice(&bytes),
                Ok(None) | Err(_) => return,
            },
            Err(_) => return,
        }
    }
}

/// What an end of a socket receives, as a body for the other worker. Nothing lies between the two: an idle socket has no queue here.
pub(super) fn outgoing(endpoint: Rc<Endpoint>) -> ByteStream {
    let messages = stream::unfold(Some(endpoint), |endpoint| async {
        let endpoint = endpoint?;
        let message = endpoint.receive().await;
        let frame = Frame::data(encode(&message));
        Some((Ok(frame), (!message.is_last()).then_some(endpoint)))
    });
    // Bodies may move to another thread; those of a worker never do.
    StreamBody::new(SendWrapper::new(messages)).boxed_unsync()
}

/// Gives an end of a socket the messages of another worker, until there are no more.
pub(super) async fn receive(endpoint: Rc<Endpoint>, mut incoming: ByteStream) {
    let mut input = BytesMut::new();
    loop {
        let received = match take_frame(&mut input) {
            Ok(Some(bytes)) => decode(&bytes).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        match received {
            Ok(Some(message)) => {
                let is_last = message.is_last();
                endpoint.send(message);
                if is_last {
                    return;
                }
                endpoint.room().await;
            }
            Ok(None) => match next(&mut incoming).await {
                Ok(Some(bytes)) => input.extend_from_slice(&bytes),
                Ok(None) | Err(_) => {
                    endpoint.send(Message::Lost(None));
                    return;
                }
            },
            Err(error) => {
                endpoint.send(Message::Lost(Some(error.0)));
                return;
            }
        }
        if input.is_empty() && input.capacity() > 0 {
            // An idle socket holds no memory.
            input = BytesMut::new();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn messages_pass_in_both_directions_until_both_have_closed() {
        let (program, there) = Endpoint::pair();
        let (here, client) = Endpoint::pair();
        let (there, here) = (Rc::new(there), Rc::new(here));
        let (from_program, from_client) = (outgoing(there.clone()), outgoing(here.clone()));
        let close = |code| {
            Message::Close(Close {
                code,
                reason: "é".into(),
            })
        };
        let messages = [
            Message::Text("a😀".into()),
            Message::Binary(vec![0, 255]),
            close(1000),
        ];
        for message in &messages {
            program.send(message.clone());
        }
        client.send(Message::Text(String::new()));
        client.send(close(4999));
        tokio::join!(receive(there, from_client), receive(here, from_program));
        for message in messages {
            assert_eq!(client.receive().await, message);
        }
        assert_eq!(program.receive().await, Message::Text(String::new()));
        assert_eq!(program.receive().await, close(4999));
    }

    #[tokio::test]
    async fn a_broken_connection_is_a_loss() {
        let (program, there) = Endpoint::pair();
        receive(Rc::new(there), lost_stream()).await;
        assert_eq!(program.receive().await, Message::Lost(None));
    }

    #[tokio::test]
    async fn an_end_that_is_dropped_is_a_loss_to_the_other_worker() {
        let (program, there) = Endpoint::pair();
        let (here, client) = Endpoint::pair();
        program.send(Message::Text("last".into()));
        drop(program);
        receive(Rc::new(here), outgoing(Rc::new(there))).await;
        assert_eq!(client.receive().await, Message::Text("last".into()));
        assert_eq!(client.receive().await, Message::Lost(None));
    }

    fn lost_stream() -> ByteStream {
        let lost = stream::iter([Err(BodyError::connection_lost())]);
        StreamBody::new(lost).boxed_unsync()
    }
}
