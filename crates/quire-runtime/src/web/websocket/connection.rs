//! A WebSocket on the network: passes messages between a connection and one end of a socket.

use super::channel::{Close, Endpoint, Message};
use super::frame::{Decoder, Encoder, Received, Role};
use super::handshake::Agreement;
use bytes::BytesMut;
use std::future::{Future, poll_fn};
use std::io;
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::task::{Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, sleep_until, timeout};

/// Encoded bytes that wait to be written before the next message is taken.
const WRITE_AHEAD_BYTES: usize = 128 * 1024;
/// Answers to pings that wait to be written before reading stops.
const UNREAD_ANSWERS_BYTES: usize = 1024 * 1024;
/// How much to read at a time while a socket is idle, and while it is busy.
const READ_BYTES_MIN: usize = 1024;
const READ_BYTES_MAX: usize = 64 * 1024;
/// An output buffer that is kept although it is empty.
const KEPT_OUTPUT_BYTES: usize = 4 * 1024;
/// How long the other side may take to answer a `Close`.
const CLOSE_MAX: Duration = Duration::from_secs(30);
/// The same when this process is about to end.
const GOING_AWAY_MAX: Duration = Duration::from_secs(3);
/// How long the other side may be silent before it is asked whether it is there, and after that.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// How long the other side may take to close the connection after both have said so.
const LINGER_MAX: Duration = Duration::from_secs(1);

const LOST: &str = "Network connection lost.";

/// How a connection came to its end.
enum End {
    /// Both sides closed, or one was told what it did wrong.
    Closed,
    /// With the error, if one was noticed.
    Lost(Option<&'static str>),
}

struct Connection {
    decoder: Decoder,
    encoder: Encoder,
    input: BytesMut,
    output: BytesMut,
    /// How much to read at a time.
    read_bytes: usize,
    /// A message that the other end has no room for.
    held: Option<Message>,
    peer_closed: bool,
    close_sent: bool,
    /// A ping that was not answered.
    pinged: bool,
    heard: Instant,
    alarm: Instant,
}

/// Passes messages on until both sides have closed or the connection is lost. When `going_away` is ready the other side is told
/// that this one is about to end.
pub(super) async fn run<S>(
    stream: S,
    role: Role,
    agreement: Agreement,
    endpoint: Endpoint,
    going_away: impl Future<Output = ()>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    endpoint.set_remote();
    let (receiving, sending) = agreement.unzip();
    let now = Instant::now();
    let mut connection = Connection {
        decoder: Decoder::new(role, receiving),
        encoder: Encoder::new(role, sending),
        input: BytesMut::new(),
        output: BytesMut::new(),
        read_bytes: READ_BYTES_MIN,
        held: None,
        peer_closed: false,
        close_sent: false,
        pinged: false,
        heard: now,
        alarm: now + SILENCE_MAX,
    };
    let (mut reader, mut writer) = tokio::io::split(stream);
    let end = connection
        .pump(&mut reader, &mut writer, &endpoint, going_away)
        .await;
    if let End::Lost(error) = end {
        endpoint.send(Message::Lost(error.map(Into::into)));
        endpoint.consumed().await;
        return;
    }
    endpoint.consumed().await;
    drop(endpoint);
    // The server closes first; what is on its way must not be answered by a reset, which would destroy the `Close`.
    let lingering = async {
        let _ = writer.shutdown().await;
        let mut scratch = [0; 512];
        while reader
            .read(&mut scratch)
            .await
            .is_ok_and(|length| length > 0)
        {}
    };
    let _ = timeout(LINGER_MAX, lingering).await;
}

impl Connection {
    async fn pump(
        &mut self,
        reader: &mut (impl AsyncRead + Unpin),
        writer: &mut (impl AsyncWrite + Unpin),
        endpoint: &Endpoint,
        going_away: impl Future<Output = ()>,
    ) -> End {
        let mut going_away = pin!(going_away);
        let mut leaving = false;
        let mut alarm = pin!(sleep_until(self.alarm));
        loop {
            self.decode(endpoint);
            let done = self.peer_closed && self.close_sent && self.held.is_none();
            if done && self.output.is_empty() {
                return End::Closed;
            }
            if self.alarm < alarm.deadline() {
                alarm.as_mut().reset(self.alarm);
            }
            let reads = self.held.is_none() && self.output.len() < UNREAD_ANSWERS_BYTES && !done;
            let takes = !self.close_sent && self.output.len() < WRITE_AHEAD_BYTES;
            tokio::select! {
                result = read(reader, &mut self.input, self.read_bytes), if reads => match result {
                    Ok(length) if length > 0 => self.heard_from(length),
                    Ok(_) => return End::Lost(None),
                    Err(_) => return End::Lost((!self.output.is_empty()).then_some(LOST)),
                },
                message = endpoint.receive(), if takes => {
                    if let Message::Lost(_) = message {
                        return End::Lost(None);
                    }
                    self.send(&message);
                },
                result = writer.write_buf(&mut self.output), if !self.output.is_empty() => {
                    if !result.is_ok_and(|length| length > 0) {
                        return End::Lost(Some(LOST));
                    }
                    if self.output.is_empty() && self.output.capacity() > KEPT_OUTPUT_BYTES {
                        self.output = BytesMut::new();
                    }
                },
                () = endpoint.room(), if self.held.is_some() => {
                    if let Some(message) = self.held.take() {
                        endpoint.send(message);
                    }
                },
                () = going_away.as_mut(), if !leaving => {
                    leaving = true;
                    self.leave();
                },
                () = alarm.as_mut() => {
                    if self.is_silent() {
                        return End::Lost(Some(LOST));
                    }
                    alarm.as_mut().reset(self.alarm);
                },
            }
        }
    }

    /// Takes apart what has arrived, as far as the other end has room for it.
    fn decode(&mut self, endpoint: &Endpoint) {
        while self.held.is_none() && !self.peer_closed {
            match self.decoder.next(&mut self.input) {
                Ok(None) => break,
                Ok(Some(Received::Pong)) => {}
                Ok(Some(Received::Ping(payload))) => {
                    if !self.close_sent {
                        self.encoder.pong(&payload, &mut self.output);
                    }
                }
                Ok(Some(Received::Message(message))) => {
                    self.peer_closed = message.is_last();
                    match endpoint.has_room() || self.peer_closed {
                        true => drop(endpoint.send(message)),
                        false => self.held = Some(message),
                    }
                }
                Err(violation) => {
                    self.peer_closed = true;
                    endpoint.send(Message::Lost(Some(violation.to_string())));
                    self.send(&Message::Close(Close {
                        code: violation.code,
                        reason: violation.description,
                    }));
                }
            }
        }
        if self.peer_closed {
            // Nothing after a `Close` counts.
            self.input.clear();
        }
        let is_idle = self.read_bytes == READ_BYTES_MIN;
        if self.input.is_empty() && (is_idle || self.input.capacity() > 4 * self.read_bytes) {
            self.input = BytesMut::new();
        }
    }

    fn heard_from(&mut self, length: usize) {
        self.heard = Instant::now();
        self.pinged = false;
        if length >= self.read_bytes {
            self.read_bytes = (self.read_bytes * 4).min(READ_BYTES_MAX);
        } else if length < self.read_bytes / 8 {
            self.read_bytes = (self.read_bytes / 2).max(READ_BYTES_MIN);
        }
    }

    fn send(&mut self, message: &Message) {
        if self.close_sent {
            return;
        }
        self.encoder.message(message, &mut self.output);
        if message.is_last() {
            self.close_sent = true;
            self.alarm = Instant::now() + CLOSE_MAX;
        }
    }

    fn leave(&mut self) {
        self.send(&Message::Close(Close {
            code: 1001,
            reason: "The server is going away".into(),
        }));
        self.alarm = Instant::now() + GOING_AWAY_MAX;
    }

    /// The alarm went off. Whether the other side must be given up.
    fn is_silent(&mut self) -> bool {
        if self.close_sent {
            return true;
        }
        let silent = self.heard.elapsed() >= SILENCE_MAX;
        if silent && self.pinged {
            return true;
        }
        if silent {
            self.pinged = true;
            self.encoder.ping(&mut self.output);
        }
        self.alarm = match silent {
            true => Instant::now(),
            false => self.heard,
        } + SILENCE_MAX;
        false
    }
}

/// Appends what has arrived to the input; gives its length. While a socket is idle it has no buffer: input passes over the stack.
async fn read(
    reader: &mut (impl AsyncRead + Unpin),
    input: &mut BytesMut,
    most: usize,
) -> io::Result<usize> {
    if most > READ_BYTES_MIN {
        input.reserve(most);
        return reader.read_buf(input).await;
    }
    poll_fn(|context| {
        let mut bytes = [MaybeUninit::uninit(); READ_BYTES_MIN];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        ready!(Pin::new(&mut *reader).poll_read(context, &mut buffer))?;
        input.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    })
    .await
}
