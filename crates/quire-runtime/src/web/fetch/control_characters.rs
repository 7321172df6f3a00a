//! Exchanges whose header values hold control characters, which the HTTP implementation neither sends nor takes.
//!
//! Workers may send them, and see those that come back. An exchange with such a value goes over a connection of its own, on
//! which they are written otherwise: the byte 0xFF, then one that says which. On its way out the request's head gets them back; the
//! response's head is changed when it comes in. 0xFF itself stands for 0xFF in the same way, so nothing is ambiguous. NUL,
//! carriage return and line feed are no part of any value, and stay what they are.

use super::client;
use crate::core::body::ByteStream;
use http::header::{HOST, HeaderValue};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const ESCAPE: u8 = 0xFF;
/// What is added to control characters, so that printable ones come of them.
const SHIFT: u8 = 0x40;
/// Stands for DEL, which is out of their row.
const DELETE: u8 = b'?';

/// What stands for a byte behind [`ESCAPE`]; `None` for one that stays.
fn escaped(byte: u8) -> Option<u8> {
    match byte {
        0 | b'\t' | b'\r' | b'\n' => None,
        ..0x20 => Some(byte + SHIFT),
        0x7F => Some(DELETE),
        ESCAPE => Some(ESCAPE),
        _ => None,
    }
}

/// The byte that `escaped` gave this for.
fn original(byte: u8) -> u8 {
    match byte {
        ESCAPE => ESCAPE,
        DELETE => 0x7F,
        other => other.wrapping_sub(SHIFT),
    }
}

/// A value as it goes through the HTTP implementation.
pub(super) fn escape(value: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(value.len() + 8);
    for &byte in value {
        match escaped(byte) {
            Some(code) => text.extend([ESCAPE, code]),
            None => text.push(byte),
        }
    }
    text
}

/// The value that this stands for.
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match (byte, bytes.as_slice().first()) {
            (ESCAPE, Some(&code)) => {
                bytes.next();
                value.push(original(code));
            }
            _ => value.push(byte),
        }
    }
    value
}

/// Sends a request, whose values are escaped, over a connection of its own. The response's values are escaped too.
pub(super) async fn request(
    mut request: http::Request<ByteStream>,
) -> Result<http::Response<Incoming>, Box<dyn Error>> {
    let connector = TowerToHyperService::new(client::http1_connector());
    let stream = connector
        .call(request.uri().clone())
        .await
        .map_err(|error| -> Box<dyn Error> { error })?;
    let stream = TokioIo::new(Rewritten::new(TokioIo::new(stream)));
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_headers(client::HEADERS_MAX)
        .handshake(stream)
        .await?;
    // It ends with the response's body. What goes wrong with it is said there.
    tokio::task::spawn_local(connection);
    if let Some(authority) = request.uri().authority() {
        let host = HeaderValue::from_str(authority.as_str())?;
        request.headers_mut().insert(HOST, host);
    }
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    *request.uri_mut() = target.parse()?;
    Ok(sender.send_request(request).await?)
}

/// Where in a message's head a byte is.
#[derive(Default)]
struct Head {
    over: bool,
    /// Whether the line has had any byte but its end.
    in_line: bool,
    /// The first bytes of the first line.
    start: Vec<u8>,
}

/// `HTTP/1.1 100`
const STATUS_END: usize = 12;

impl Head {
    /// Takes the next byte of the head.
    fn pass(&mut self, byte: u8) {
        if self.start.len() < STATUS_END {
            self.start.push(byte);
        }
        match byte {
            b'\n' if self.in_line => self.in_line = false,
            b'\n' => {
                self.over = !self.is_interim();
                self.start.clear();
            }
            b'\r' => {}
            _ => self.in_line = true,
        }
    }

    /// Whether another head follows this one: that of the response proper.
    fn is_interim(&self) -> bool {
        self.start.starts_with(b"HTTP/")
            && self.start.get(9) == Some(&b'1')
            && !self.start.ends_with(b"101")
    }
}

/// A connection for one exchange, the heads of which are rewritten.
struct Rewritten<S> {
    stream: S,
    incoming: Head,
    /// What was read, rewritten, and is still to be delivered.
    read: Vec<u8>,
    outgoing: Head,
    /// Whether the last byte of the request's head was [`ESCAPE`].
    after_escape: bool,
    /// What was rewritten and is still to be written.
    written: Vec<u8>,
}

impl<S> Rewritten<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            incoming: Head::default(),
            read: Vec::new(),
            outgoing: Head::default(),
            after_escape: false,
            written: Vec::new(),
        }
    }

    fn take_incoming(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match escaped(byte).filter(|_| !self.incoming.over) {
                Some(code) => self.read.extend([ESCAPE, code]),
                None => self.read.push(byte),
            }
            if !self.incoming.over {
                self.incoming.pass(byte);
            }
        }
    }

    fn take_outgoing(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.outgoing.over {
                self.written.push(byte);
                continue;
            }
            match (std::mem::take(&mut self.after_escape), byte) {
                (true, code) => self.written.push(original(code)),
                (false, ESCAPE) => self.after_escape = true,
                (false, byte) => self.written.push(byte),
            }
            self.outgoing.pass(byte);
        }
    }
}

impl<S: AsyncWrite + Unpin> Rewritten<S> {
    /// Writes what is still to be written.
    fn poll_written(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.written.is_empty() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(context, &self.written))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written.drain(..count);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Rewritten<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.read.is_empty() {
            if this.incoming.over {
                return Pin::new(&mut this.stream).poll_read(context, buffer);
            }
            let mut piece = [0; 4096];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut piece))?;
            this.take_incoming(piece.filled());
        }
        let count = this.read.len().min(buffer.remaining());
        buffer.put_slice(&this.read[..count]);
        this.read.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rewritten<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_written(context))?;
        if this.outgoing.over {
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        }
        this.take_outgoing(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_written(context))?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_written(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn incoming(pieces: &[&[u8]]) -> Vec<u8> {
        let mut rewritten = Rewritten::new(());
        for piece in pieces {
            rewritten.take_incoming(piece);
        }
        rewritten.read
    }

    fn outgoing(pieces: &[&[u8]]) -> Vec<u8> {
        let mut rewritten = Rewritten::new(());
        for piece in pieces {
            rewritten.take_outgoing(piece);
        }
        rewritten.written
    }

    #[test]
    fn heads_are_rewritten_and_bodies_are_not() {
        let response = b"HTTP/1.1 200 OK\r\na: \x01\tb\x7f\xff\r\n\r\n\x01\xff";
        assert_eq!(
            incoming(&[response]),
            b"HTTP/1.1 200 OK\r\na: \xffA\tb\xff?\xff\xff\r\n\r\n\x01\xff"
        );
        let request = b"POST / HTTP/1.1\r\na: \xffA\r\n\r\n\xffA";
        assert_eq!(
            outgoing(&[request]),
            b"POST / HTTP/1.1\r\na: \x01\r\n\r\n\xffA"
        );
    }

    #[test]
    fn an_interim_response_is_followed_by_another_head() {
        let response = b"HTTP/1.1 103 Early\r\na: \x02\r\n\r\nHTTP/1.1 200 OK\na: \x02\n\n\x02";
        let expected: &[u8] =
            b"HTTP/1.1 103 Early\r\na: \xffB\r\n\r\nHTTP/1.1 200 OK\na: \xffB\n\n\x02";
        assert_eq!(incoming(&[response]), expected);
        let switched = b"HTTP/1.1 101 Switching\r\n\r\n\x02";
        assert_eq!(incoming(&[switched]), switched);
    }

    #[test]
    fn what_is_no_part_of_a_value_stays() {
        assert_eq!(escape(b"a\0\r\n\tb"), b"a\0\r\n\tb");
    }

    proptest! {
        #[test]
        fn values_come_back(value in proptest::collection::vec(any::<u8>(), 0..40)) {
            let text = escape(&value);
            prop_assert_eq!(&unescape(&text), &value);
            if !value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')) {
                prop_assert!(HeaderValue::from_bytes(&text).is_ok());
            }
        }

        #[test]
        fn pieces_do_not_matter(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(0xFF), any::<u8>()], 0..60), at in 0..60_usize) {
            let (first, second) = bytes.split_at(at.min(bytes.len()));
            prop_assert_eq!(incoming(&[first, second]), incoming(&[&bytes]));
            prop_assert_eq!(outgoing(&[first, second]), outgoing(&[&bytes]));
        }
    }
}
