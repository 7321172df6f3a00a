//! What lies between the two ends of a WebSocket inside a worker: messages, in a queue each way.
//!
//! An end belongs to JavaScript (`accept()`), or to a connection that passes the messages on. JavaScript cannot wait, so what it
//! sends is always queued, up to a limit beyond which the socket is lost; a connection waits for room.

use super::upgrade::Answered;
use crate::core::request::RequestContext;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use tokio::sync::Notify;

/// What may wait for a receiver that is slow. A message by itself may be longer.
const QUEUED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a connection lets wait before it stops reading.
const READ_AHEAD_BYTES: usize = 256 * 1024;

/// What each message counts for beside its bytes.
const MESSAGE_OVERHEAD_BYTES: usize = 64;

/// Something that an end sends to the other one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Text(String),
    Binary(Vec<u8>),
    /// The last message of a socket that is closed properly.
    Close(Close),
    /// Nothing more will come, and there was no `Close`; with the error if it is known.
    Lost(Option<String>),
}

/// Why a socket is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Close {
    /// 1005 if none was given.
    pub(crate) code: u16,
    pub(crate) reason: String,
}

impl Message {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
            Self::Close(_) | Self::Lost(_) => 0,
        }
    }

    fn weight(&self) -> usize {
        MESSAGE_OVERHEAD_BYTES + self.len()
    }

    /// Whether no other message follows.
    pub(crate) fn is_last(&self) -> bool {
        matches!(self, Self::Close(_) | Self::Lost(_))
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Queued,
    /// Nobody receives any more.
    Gone,
    /// Too much was waiting already: the socket is lost.
    Overflow,
}

#[derive(Default)]
struct Lane {
    queue: RefCell<VecDeque<Message>>,
    bytes: Cell<usize>,
    sender_gone: Cell<bool>,
    receiver_gone: Cell<bool>,
    /// Whether somebody takes messages out.
    attended: Cell<bool>,
    filled: Notify,
    drained: Notify,
}

impl Lane {
    fn push(&self, message: Message) -> Sent {
        if self.receiver_gone.get() || self.sender_gone.get() {
            return Sent::Gone;
        }
        let bytes = self.bytes.get();
        if bytes > 0
            && bytes.saturating_add(message.weight()) > QUEUED_BYTES_MAX
            && !message.is_last()
        {
            self.queue.borrow_mut().clear();
            self.bytes.set(0);
            self.sender_gone.set(true);
            self.filled.notify_one();
            return Sent::Overflow;
        }
        self.bytes.set(bytes + message.weight());
        if message.is_last() {
            self.sender_gone.set(true);
        }
        self.queue.borrow_mut().push_back(message);
        self.filled.notify_one();
        Sent::Queued
    }

    async fn pop(&self) -> Message {
        loop {
            if let Some(message) = self.queue.borrow_mut().pop_front() {
                self.bytes.set(self.bytes.get() - message.weight());
                self.drained.notify_one();
                return message;
            }
            if self.sender_gone.get() {
                return Message::Lost(None);
            }
            self.filled.notified().await;
        }
    }
}

/// One end of a socket. Dropping it is a loss to the other end, unless a `Close` was sent.
pub(crate) struct Endpoint {
    incoming: Rc<Lane>,
    outgoing: Rc<Lane>,
    /// Whether one of the two ends is a connection.
    remote: Rc<Cell<bool>>,
    /// Whether the last message is on its way.
    closing: Cell<bool>,
    /// The request that answered another program with this end. It lives as long as this does.
    answered: Option<Answered>,
}

impl Endpoint {
    /// Two ends of one socket.
    pub(crate) fn pair() -> (Self, Self) {
        let (one, two, remote) = (Rc::<Lane>::default(), Rc::<Lane>::default(), Rc::default());
        let first = Self {
            incoming: one.clone(),
            outgoing: two.clone(),
            remote: Rc::clone(&remote),
            answered: None,
            closing: Cell::new(false),
        };
        let second = Self {
            incoming: two,
            outgoing: one,
            remote,
            answered: None,
            closing: Cell::new(false),
        };
        (first, second)
    }

    /// Queues a message. After a `Close` or a loss nobody takes any more.
    pub(crate) fn send(&self, message: Message) -> Sent {
        self.outgoing.push(message)
    }

    /// The next message. After the last one, [`Message::Lost`] for ever.
    pub(crate) async fn receive(&self) -> Message {
        self.incoming.attended.set(true);
        self.incoming.pop().await
    }

    /// The bytes of messages that the other end has not taken yet.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.outgoing.queue.borrow().iter().map(Message::len).sum()
    }

    /// Whether the other end has taken most of what was sent, or will not take any more.
    pub(crate) fn has_room(&self) -> bool {
        self.outgoing.bytes.get() <= READ_AHEAD_BYTES || self.outgoing.receiver_gone.get()
    }

    /// Waits until there is room.
    pub(crate) async fn room(&self) {
        while !self.has_room() {
            self.outgoing.drained.notified().await;
        }
    }

    /// Waits until the other end has taken everything that was sent, unless nobody there does.
    pub(crate) async fn consumed(&self) {
        while self.outgoing.bytes.get() > 0
            && self.outgoing.attended.get()
            && !self.outgoing.receiver_gone.get()
        {
            self.outgoing.drained.notified().await;
        }
    }

    /// This end is another program's from now on, which `request` answered with it.
    pub(crate) fn answered(mut self, request: &Rc<RequestContext>) -> Self {
        self.set_remote();
        self.answered = Some(Answered::new(request));
        self
    }

    /// Whether this end has sent its last message, or is about to.
    pub(crate) fn has_closed(&self) -> bool {
        self.outgoing.sender_gone.get() || self.closing.get()
    }

    /// The last message of this end is on its way.
    pub(crate) fn set_closing(&self) {
        self.closing.set(true);
    }

    /// Whether nobody takes what this end sends.
    pub(crate) fn is_gone(&self) -> bool {
        self.outgoing.sender_gone.get() || self.outgoing.receiver_gone.get()
    }

    /// This end is a connection's from now on.
    pub(crate) fn set_remote(&self) {
        self.remote.set(true);
    }

    /// Whether one of the two ends is a connection.
    pub(crate) fn is_remote(&self) -> bool {
        self.remote.get()
    }

    /// Sends and receives nothing any more. What was sent before still arrives.
    pub(crate) fn abandon(&self) {
        self.outgoing.sender_gone.set(true);
        self.outgoing.filled.notify_one();
        self.incoming.receiver_gone.set(true);
        self.incoming.sender_gone.set(true);
        self.incoming.queue.take();
        self.incoming.bytes.set(0);
        self.incoming.drained.notify_one();
        self.incoming.filled.notify_one();
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.abandon();
        // Only now: it may end the request of the other end.
        self.answered.take();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use futures_util::FutureExt;

    fn text(text: &str) -> Message {
        Message::Text(text.into())
    }

    #[test]
    fn messages_arrive_in_order_and_the_last_one_is_last() {
        let (one, two) = Endpoint::pair();
        let close = Message::Close(Close {
            code: 1000,
            reason: "done".into(),
        });
        assert_eq!(one.send(text("a")), Sent::Queued);
        assert_eq!(one.send(close.clone()), Sent::Queued);
        assert_eq!(one.send(text("late")), Sent::Gone);
        assert_eq!(two.receive().now_or_never(), Some(text("a")));
        assert_eq!(two.receive().now_or_never(), Some(close));
        assert_eq!(two.receive().now_or_never(), Some(Message::Lost(None)));
        assert_eq!(two.send(text("still")), Sent::Queued);
    }

    #[test]
    fn a_dropped_end_is_a_loss_after_what_it_sent() {
        let (one, two) = Endpoint::pair();
        one.send(text("a"));
        drop(one);
        assert_eq!(two.receive().now_or_never(), Some(text("a")));
        assert_eq!(two.receive().now_or_never(), Some(Message::Lost(None)));
        assert_eq!(two.send(text("b")), Sent::Gone);
    }

    #[test]
    fn a_slow_receiver_loses_the_socket_at_the_limit() {
        let (one, two) = Endpoint::pair();
        let long = || Message::Binary(vec![0; QUEUED_BYTES_MAX / 2]);
        assert_eq!(one.send(long()), Sent::Queued);
        assert_eq!(one.send(long()), Sent::Overflow);
        assert_eq!(one.send(text("c")), Sent::Gone);
        assert_eq!(two.receive().now_or_never(), Some(Message::Lost(None)));
        let (one, _two) = Endpoint::pair();
        let longer = Message::Binary(vec![0; QUEUED_BYTES_MAX + 1]);
        assert_eq!(
            one.send(longer),
            Sent::Queued,
            "one message may be of any length"
        );
    }

    #[test]
    fn an_end_knows_what_waits_for_the_other() {
        let (one, two) = Endpoint::pair();
        one.send(text("four"));
        one.send(Message::Binary(vec![0; 1000]));
        assert_eq!((one.waiting_bytes(), two.waiting_bytes()), (1004, 0));
        assert!(two.receive().now_or_never().is_some());
        assert_eq!(one.waiting_bytes(), 1000);
        drop(two);
        assert_eq!(one.waiting_bytes(), 0);
    }

    #[test]
    fn a_connection_waits_for_room() {
        let (one, two) = Endpoint::pair();
        one.send(Message::Binary(vec![0; READ_AHEAD_BYTES]));
        assert!(one.room().now_or_never().is_none());
        assert!(two.receive().now_or_never().is_some());
        assert!(one.room().now_or_never().is_some());
        assert!(one.consumed().now_or_never().is_some());
        one.send(text("a"));
        assert!(one.consumed().now_or_never().is_none());
        drop(two);
        assert!(one.consumed().now_or_never().is_some());
    }
}
