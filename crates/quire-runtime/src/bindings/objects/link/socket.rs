//! A WebSocket between two workers, or any other exchange of messages: they are passed on as they are, one behind the other.

use super::message::{frame, next, take_frame};
use crate::core::body::{BodyError, ByteStream};
use crate::core::sink::Sink;
use crate::web::websocket::{Close, Endpoint, Message};
use bytes::{Bytes, BytesMut};
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

/// Passes messages between an end of a socket and another worker until both directions have come to their end.
pub(super) async fn pass_on(endpoint: Endpoint, incoming: ByteStream, outgoing: Sink) {
    endpoint.set_remote();
    let sending = async {
        loop {
            let message = endpoint.receive().await;
            let is_last = message.is_last();
            if !outgoing.write_when_possible(encode(&message)).await {
                return;
            }
            if is_last {
                return outgoing.clone().finish().await;
            }
        }
    };
    tokio::join!(sending, receive(&endpoint, incoming));
}

async fn receive(endpoint: &Endpoint, mut incoming: ByteStream) {
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
        let ((one, to_one), (two, to_two)) = (Sink::open(None), Sink::open(None));
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
        tokio::join!(pass_on(there, to_one, two), pass_on(here, to_two, one));
        for message in messages {
            assert_eq!(client.receive().await, message);
        }
        assert_eq!(program.receive().await, Message::Text(String::new()));
        assert_eq!(program.receive().await, close(4999));
    }

    #[tokio::test]
    async fn a_broken_connection_is_a_loss() {
        let (program, there) = Endpoint::pair();
        let ((one, to_one), (two, to_two)) = (Sink::open(None), Sink::open(None));
        drop((one, to_two));
        program.send(Message::Text("lost".into()));
        pass_on(there, to_one, two).await;
        assert_eq!(program.receive().await, Message::Lost(None));
    }
}
