//! The one listening socket, and how workers come by it.
//!
//! All workers take connections from the same socket, that of the supervisor. With a socket each
//! (SO_REUSEPORT) the kernel gives a connection to a worker before anyone knows whether that worker will take it, so
//! those in the queue of a hung or killed one are lost. From a shared queue the next worker that is free takes them; a
//! busy worker takes none; and while workers are replaced, connections wait instead of being refused.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use socket2::{Domain, Protocol, Socket, Type};

use crate::error::ServerError;

/// Connections that may wait to be taken; the kernel lowers it to its own limit.
const BACKLOG: i32 = 4096;

/// Goes along with the socket, since a message may not be empty.
const GREETING: u8 = b'q';

/// Listens on an address.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, ServerError> {
    let listen = || -> io::Result<TcpListener> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        // Lets a restarted server have its port back while old connections are in TIME_WAIT.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    };
    listen().map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServerError::AddressInUse(address),
        io::ErrorKind::PermissionDenied => ServerError::PortNotPermitted(address),
        io::ErrorKind::AddrNotAvailable => ServerError::AddressNotAvailable(address),
        _ => ServerError::Listen { address, source },
    })
}

/// Gives the process at the other end of `control` the socket. Must come before any message.
pub(crate) fn send(control: &UnixStream, listener: &TcpListener) -> io::Result<()> {
    let descriptors = [listener.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::Error::other("no room for a descriptor in a message"));
    }
    sendmsg(
        control,
        &[IoSlice::new(&[GREETING])],
        &mut ancillary,
        SendFlags::empty(),
    )?;
    Ok(())
}

/// Takes the socket that [`send`] gave.
pub(crate) fn receive(control: &UnixStream) -> io::Result<TcpListener> {
    let mut greeting = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(
        control,
        &mut [IoSliceMut::new(&mut greeting)],
        &mut ancillary,
        RecvFlags::empty(),
    )?;
    if received.bytes == 0 || greeting != [GREETING] || received.flags.contains(ReturnFlags::CTRUNC)
    {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the first message is not that of a supervisor",
        ));
    }
    let mut descriptors: Vec<OwnedFd> = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            descriptors.extend(received);
        }
    }
    let descriptor = descriptors.pop().ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the first message carries no socket",
        )
    })?;
    // Not every system can set this on the way in.
    rustix::io::fcntl_setfd(&descriptor, rustix::io::FdFlags::CLOEXEC)?;
    Ok(descriptor.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use super::*;

    #[test]
    fn the_socket_travels() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let (near, far) = UnixStream::pair().unwrap();
        send(&near, &listener).unwrap();
        let received = receive(&far).unwrap();
        assert_eq!(
            received.local_addr().unwrap(),
            listener.local_addr().unwrap()
        );
    }

    #[test]
    fn anything_else_is_refused() {
        let (mut near, far) = UnixStream::pair().unwrap();
        near.write_all(b"q").unwrap();
        assert_eq!(
            receive(&far).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        drop(near);
        assert!(receive(&far).is_err());
    }

    #[test]
    fn a_busy_port_is_named_with_a_way_out() {
        let taken = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = taken.local_addr().unwrap();
        let message = bind(address).unwrap_err().to_string();
        assert!(
            message.contains(&address.port().to_string()) && message.contains("--port"),
            "{message}"
        );
    }
}
