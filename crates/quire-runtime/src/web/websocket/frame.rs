//! Messages to frames and back (RFC 6455 §5). Headers are tungstenite's; this joins fragments, keeps the rules and the limits, and
//! (de)compresses. It does no I/O.

use super::channel::{Close, Message};
use super::deflate::Deflate;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::io::Cursor;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

/// The longest message that is received, as on the original.
pub(super) const MESSAGE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The longest payload of a control frame.
const CONTROL_BYTES_MAX: u64 = 125;

/// No code was given in a `Close` frame. Never sent.
pub(super) const NO_CODE: u16 = 1005;

/// Which side of a connection this is: clients mask what they send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Client,
    Server,
}

/// What the other side did wrong, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "WebSocket protocol error; protocolError.statusCode = {code}; protocolError.description = {description}"
)]
pub(super) struct Violation {
    pub(super) code: u16,
    pub(super) description: String,
}

fn violation(description: impl Into<String>) -> Violation {
    Violation {
        code: 1002,
        description: description.into(),
    }
}

fn too_large(bytes: u64) -> Violation {
    Violation {
        code: 1009,
        description: format!("Message is too large: {bytes} > {MESSAGE_BYTES_MAX}"),
    }
}

fn not_utf8() -> Violation {
    Violation {
        code: 1007,
        description: "Text is not valid UTF-8".into(),
    }
}

/// What was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// A text, bytes, or that the other side closes.
    Message(Message),
    Ping(Bytes),
    Pong,
}

/// A frame whose payload is still arriving.
struct Frame {
    header: FrameHeader,
    remaining: u64,
    /// How many bytes of the mask are used up.
    masked: usize,
}

/// A message of which frames have arrived.
struct Partial {
    is_text: bool,
    compressed: bool,
    bytes: Vec<u8>,
}

/// The receiving half.
pub(super) struct Decoder {
    role: Role,
    deflate: Option<Deflate>,
    frame: Option<Frame>,
    partial: Option<Partial>,
}

impl Decoder {
    pub(super) fn new(role: Role, deflate: Option<Deflate>) -> Self {
        Self {
            role,
            deflate,
            frame: None,
            partial: None,
        }
    }

    /// Takes the next message or control frame out of `input`; `None` if more input is needed.
    pub(super) fn next(&mut self, input: &mut BytesMut) -> Result<Option<Received>, Violation> {
        loop {
            let mut frame = match self.frame.take() {
                Some(frame) => frame,
                None => match self.header(input)? {
                    Some(frame) => frame,
                    None => return Ok(None),
                },
            };
            let received = match frame.header.opcode {
                OpCode::Control(control) => {
                    if (input.len() as u64) < frame.remaining {
                        self.frame = Some(frame);
                        return Ok(None);
                    }
                    let mut payload = input.split_to(frame.remaining as usize);
                    frame.unmask(&mut payload);
                    Some(control_frame(control, payload.freeze())?)
                }
                OpCode::Data(_) => {
                    self.fill(&mut frame, input);
                    if frame.remaining > 0 {
                        self.frame = Some(frame);
                        return Ok(None);
                    }
                    match frame.header.is_final {
                        true => self.complete()?,
                        false => None,
                    }
                }
            };
            if received.is_some() {
                return Ok(received);
            }
        }
    }

    /// Reads and checks a header.
    fn header(&mut self, input: &mut BytesMut) -> Result<Option<Frame>, Violation> {
        let mut cursor = Cursor::new(&input[..]);
        let parsed = FrameHeader::parse(&mut cursor);
        let length = cursor.position() as usize;
        let (header, remaining) = match parsed {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return Ok(None),
            Err(_) => return Err(violation(format!("Unknown opcode {}", input[0] & 0x0f))),
        };
        input.advance(length);
        if header.mask.is_some() != (self.role == Role::Server) {
            return Err(violation(match self.role {
                Role::Server => "Received an unmasked frame from a client",
                Role::Client => "Received a masked frame from a server",
            }));
        }
        if header.rsv2 || header.rsv3 {
            return Err(violation(
                "Received a WebSocket frame with reserved bits set",
            ));
        }
        match header.opcode {
            OpCode::Control(_) => check_control(&header, remaining)?,
            OpCode::Data(data) => self.begin(&header, data, remaining)?,
        }
        Ok(Some(Frame {
            header,
            remaining,
            masked: 0,
        }))
    }

    /// A data frame begins: does it fit to what came before?
    fn begin(&mut self, header: &FrameHeader, data: Data, length: u64) -> Result<(), Violation> {
        let is_continuation = data == Data::Continue;
        match (&self.partial, is_continuation) {
            (None, true) => return Err(violation("Unexpected continuation frame")),
            (Some(_), false) => return Err(violation("Missing continuation frame")),
            _ => {}
        }
        if header.rsv1 && (is_continuation || self.deflate.is_none()) {
            return Err(violation(
                "Received a WebSocket frame whose compression bit was set, but the compression extension was not \
                 negotiated for this connection.",
            ));
        }
        let partial = self.partial.get_or_insert_with(|| Partial {
            is_text: data == Data::Text,
            compressed: header.rsv1,
            bytes: Vec::new(),
        });
        let total = length.saturating_add(partial.bytes.len() as u64);
        if total > MESSAGE_BYTES_MAX as u64 {
            return Err(too_large(total));
        }
        Ok(())
    }

    /// Moves what has arrived of a data frame to its message.
    fn fill(&mut self, frame: &mut Frame, input: &mut BytesMut) {
        let Some(partial) = &mut self.partial else {
            return;
        };
        let length = frame.remaining.min(input.len() as u64) as usize;
        let start = partial.bytes.len();
        if frame.remaining == length as u64 {
            partial.bytes.reserve_exact(length);
        }
        partial.bytes.extend_from_slice(&input[..length]);
        frame.unmask(&mut partial.bytes[start..]);
        input.advance(length);
        frame.remaining -= length as u64;
    }

    fn complete(&mut self) -> Result<Option<Received>, Violation> {
        let Some(partial) = self.partial.take() else {
            return Ok(None);
        };
        let bytes = match (&mut self.deflate, partial.compressed) {
            (Some(deflate), true) => deflate
                .decompress(&partial.bytes, MESSAGE_BYTES_MAX)
                .map_err(|error| match error {
                    super::deflate::DeflateError::TooLarge => {
                        too_large(MESSAGE_BYTES_MAX as u64 + 1)
                    }
                    super::deflate::DeflateError::Corrupt => {
                        violation("Received a compressed message that cannot be decompressed")
                    }
                })?,
            _ => partial.bytes,
        };
        let message = match partial.is_text {
            true => Message::Text(String::from_utf8(bytes).map_err(|_| not_utf8())?),
            false => Message::Binary(bytes),
        };
        Ok(Some(Received::Message(message)))
    }
}

impl Frame {
    /// Unmasks the next bytes of the payload.
    fn unmask(&mut self, bytes: &mut [u8]) {
        if let Some(mask) = self.header.mask {
            apply_mask(bytes, mask, self.masked);
            self.masked = (self.masked + bytes.len()) % 4;
        }
    }
}

/// Masks or unmasks bytes, of which the first belongs to the mask's byte `start`.
fn apply_mask(bytes: &mut [u8], mut mask: [u8; 4], start: usize) {
    mask.rotate_left(start);
    let mut chunks = bytes.chunks_exact_mut(4);
    for chunk in &mut chunks {
        for (byte, mask) in chunk.iter_mut().zip(mask) {
            *byte ^= mask;
        }
    }
    for (byte, mask) in chunks.into_remainder().iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

fn check_control(header: &FrameHeader, length: u64) -> Result<(), Violation> {
    if !header.is_final {
        return Err(violation("Received a fragmented control frame"));
    }
    if length > CONTROL_BYTES_MAX {
        return Err(violation("Received a control frame longer than 125 bytes"));
    }
    if header.rsv1 {
        return Err(violation("Received a compressed control frame"));
    }
    Ok(())
}

fn control_frame(control: Control, payload: Bytes) -> Result<Received, Violation> {
    match control {
        Control::Ping => Ok(Received::Ping(payload)),
        Control::Pong => Ok(Received::Pong),
        Control::Close => Ok(Received::Message(Message::Close(close_of(payload)?))),
        Control::Reserved(code) => Err(violation(format!("Unknown opcode {code}"))),
    }
}

fn close_of(mut payload: Bytes) -> Result<Close, Violation> {
    if payload.is_empty() {
        return Ok(Close {
            code: NO_CODE,
            reason: String::new(),
        });
    }
    if payload.len() == 1 {
        return Err(violation("Received a Close frame with half a code"));
    }
    let code = payload.get_u16();
    if !is_sendable(code) {
        return Err(violation(format!(
            "Received a Close frame with the code {code}"
        )));
    }
    let reason = String::from_utf8(payload.into()).map_err(|_| not_utf8())?;
    Ok(Close { code, reason })
}

/// Whether a `Close` frame may hold this code.
pub(super) fn is_sendable(code: u16) -> bool {
    (1000..5000).contains(&code) && !matches!(code, 1004 | 1005 | 1006 | 1015)
}

/// The sending half.
pub(super) struct Encoder {
    role: Role,
    deflate: Option<Deflate>,
}

impl Encoder {
    pub(super) fn new(role: Role, deflate: Option<Deflate>) -> Self {
        Self { role, deflate }
    }

    /// Appends a message's frame. A loss has none.
    pub(super) fn message(&mut self, message: &Message, output: &mut BytesMut) {
        match message {
            Message::Text(text) => self.data(Data::Text, text.as_bytes(), output),
            Message::Binary(bytes) => self.data(Data::Binary, bytes, output),
            Message::Close(close) => self.close(close, output),
            Message::Lost(_) => {}
        }
    }

    pub(super) fn ping(&self, output: &mut BytesMut) {
        self.frame(OpCode::Control(Control::Ping), false, b"", output);
    }

    pub(super) fn pong(&self, payload: &[u8], output: &mut BytesMut) {
        self.frame(OpCode::Control(Control::Pong), false, payload, output);
    }

    fn data(&mut self, data: Data, payload: &[u8], output: &mut BytesMut) {
        let deflate = self.deflate.as_mut();
        match deflate.and_then(|deflate| deflate.compress(payload)) {
            Some(compressed) => self.frame(OpCode::Data(data), true, &compressed, output),
            None => self.frame(OpCode::Data(data), false, payload, output),
        }
    }

    fn close(&self, close: &Close, output: &mut BytesMut) {
        let mut payload = Vec::with_capacity(CONTROL_BYTES_MAX as usize);
        if is_sendable(close.code) {
            payload.extend_from_slice(&close.code.to_be_bytes());
            let room = CONTROL_BYTES_MAX as usize - payload.len();
            let length = close.reason.floor_char_boundary(room);
            payload.extend_from_slice(&close.reason.as_bytes()[..length]);
        }
        self.frame(OpCode::Control(Control::Close), false, &payload, output);
    }

    fn frame(&self, opcode: OpCode, compressed: bool, payload: &[u8], output: &mut BytesMut) {
        let mask = (self.role == Role::Client).then(random_mask);
        let header = FrameHeader {
            rsv1: compressed,
            opcode,
            mask,
            ..FrameHeader::default()
        };
        let length = payload.len() as u64;
        output.reserve(header.len(length) + payload.len());
        // Memory takes whatever is written.
        let _ = header.format(length, &mut output.writer());
        let start = output.len();
        output.extend_from_slice(payload);
        if let Some(mask) = mask {
            apply_mask(&mut output[start..], mask, 0);
        }
    }
}

/// The mask protects intermediaries, not the peers; the system's random numbers failing is no reason to stop.
fn random_mask() -> [u8; 4] {
    getrandom::u32().unwrap_or(0x5a17_c3e9).to_ne_bytes()
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
