//! The socket of a connection, as hyper uses it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;

use super::connection::Connection;
use super::socket::Socket;

/// Where a socket is left when HTTP has ended on it from this side.
pub(crate) type Leftover = Arc<Mutex<Option<Socket>>>;

/// A socket with bytes that were read before hyper took it.
pub(crate) struct Stream {
    socket: Option<TokioIo<Socket>>,
    first: BytesMut,
    connection: Arc<Connection>,
    shut_down: bool,
    leftover: Leftover,
}

impl Stream {
    pub(crate) fn new(
        socket: Socket,
        first: BytesMut,
        connection: Arc<Connection>,
        leftover: Leftover,
    ) -> Self {
        Self {
            socket: Some(TokioIo::new(socket)),
            first,
            connection,
            shut_down: false,
            leftover,
        }
    }

    fn socket(&mut self) -> io::Result<Pin<&mut TokioIo<Socket>>> {
        // There until the stream is dropped.
        self.socket
            .as_mut()
            .map(Pin::new)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // If it was not shut down there was an error, or nobody is there to talk to.
        if self.shut_down {
            let socket = self.socket.take().map(TokioIo::into_inner);
            *self.leftover.lock().unwrap_or_else(PoisonError::into_inner) = socket;
        }
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.first.is_empty() {
            let length = self.first.len().min(buffer.remaining());
            buffer.put_slice(&self.first[..length]);
            self.first.advance(length);
            if self.first.is_empty() {
                // A connection may last for days, as a WebSocket.
                self.first = BytesMut::new();
            }
            return Poll::Ready(Ok(()));
        }
        let polled = self.socket()?.poll_read(context, buffer);
        if polled.is_ready() {
            self.connection.received();
        }
        polled
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.socket()?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shut_down = true;
        self.socket()?.poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.as_ref().is_some_and(Write::is_write_vectored)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.socket()?.poll_write_vectored(context, slices)
    }
}
