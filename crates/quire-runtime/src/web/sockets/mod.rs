//! `cloudflare:sockets`: TCP connections, with and without TLS.

mod connection;

use crate::core::bodies::NativeBody;
use crate::core::body_ops::handle;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use connection::{Chunk, Command, Incoming, READ_AHEAD_CHUNKS, Transport};
use http_body_util::BodyExt;
use std::cell::Cell;
use std::rc::Rc;
use tokio::sync::{mpsc, oneshot};

/// Evaluated after streams and fetch.
pub(crate) const SOURCES: &[(&str, &str)] =
    &[("web/sockets/sockets.js", include_str!("sockets.js"))];

/// A socket, connected or not yet. Its number is that of the native body which it is read by, too.
struct Socket {
    commands: mpsc::Sender<Command>,
    /// What the connection is to be given, until there is one.
    unconnected: Cell<Option<Unconnected>>,
    /// Told when nothing more can be read.
    ended: Cell<Option<oneshot::Receiver<()>>>,
}

struct Unconnected {
    chunks: mpsc::Sender<Chunk>,
    commands: mpsc::Receiver<Command>,
    ended: oneshot::Sender<()>,
}

pub(crate) fn install(realm: &Realm) {
    realm.realm_op("socket_prepare", |realm, _| {
        let request = realm.require_request()?;
        let (chunk_sender, chunks) = mpsc::channel(READ_AHEAD_CHUNKS);
        // One at a time: the program waits for each.
        let (command_sender, commands) = mpsc::channel(1);
        let (ended_sender, ended) = oneshot::channel();
        let socket = Socket {
            commands: command_sender,
            unconnected: Cell::new(Some(Unconnected {
                chunks: chunk_sender,
                commands,
                ended: ended_sender,
            })),
            ended: Cell::new(Some(ended)),
        };
        let number = realm.next_id();
        request.resources.insert(number, Rc::new(socket));
        let stream = Incoming(chunks).boxed_unsync();
        request.bodies.insert(number, NativeBody::new(stream, None));
        Ok(number as f64)
    });
    realm.realm_async_op("socket_connect", |realm, call| {
        let request = realm.require_request()?;
        let socket = socket(&request, handle(call, 0)?)?;
        let (host, port, secure) = (call.string(1)?, call.number(2)? as u16, call.boolean(3));
        Ok(async move {
            let stream = connection::connect(&host, port, secure).await;
            Ok(stream.is_ok_and(|stream| socket.attach(&request, stream)))
        })
    });
    realm.realm_async_op("socket_start_tls", |realm, call| {
        let request = realm.require_request()?;
        let plain = socket(&request, handle(call, 0)?)?;
        let secure = socket(&request, handle(call, 1)?)?;
        let host = call.string(2)?;
        Ok(async move {
            let stream = plain.ask(Command::Release).await;
            let Some(stream) = stream else {
                return Ok(false);
            };
            let stream = connection::start_tls(stream, &host).await;
            Ok(stream.is_ok_and(|stream| secure.attach(&request, stream)))
        })
    });
    realm.realm_async_op("socket_write", |realm, call| {
        let socket = socket(&*realm.require_request()?, handle(call, 0)?)?;
        let bytes = call.bytes(1)?;
        Ok(async move { socket.done(|done| Command::Write(bytes, done)).await })
    });
    realm.realm_async_op("socket_finish", |realm, call| {
        let socket = socket(&*realm.require_request()?, handle(call, 0)?)?;
        Ok(async move { socket.done(Command::Finish).await })
    });
    realm.realm_async_op("socket_ended", |realm, call| {
        let socket = socket(&*realm.require_request()?, handle(call, 0)?)?;
        let ended = socket.ended.take();
        Ok(async move {
            if let Some(ended) = ended {
                // An error means that the connection is gone, which is an end as well.
                let _ = ended.await;
            }
            Ok(())
        })
    });
    realm.realm_op("socket_drop", |realm, call| {
        let request = realm.require_request()?;
        let number = handle(call, 0)?;
        if let Some(socket) = request.resources.get::<Socket>(number) {
            // A connection that is busy writing ends when its last sender does.
            let _ = socket.commands.try_send(Command::Close);
        }
        request.resources.remove(number);
        Ok(())
    });
}

/// A socket of this request; another request's number is not in its table.
fn socket(request: &RequestContext, number: u64) -> Result<Rc<Socket>, OpError> {
    request
        .resources
        .get(number)
        .ok_or_else(|| OpError::cross_request("Native"))
}

impl Socket {
    /// Gives the socket its connection. Fails if there is no interest in it any more.
    fn attach(&self, request: &RequestContext, stream: Box<dyn Transport>) -> bool {
        let Some(unconnected) = self.unconnected.take() else {
            return false;
        };
        request.spawn_uncounted(connection::run(
            stream,
            unconnected.chunks,
            unconnected.commands,
            unconnected.ended,
        ));
        true
    }

    /// Gives a command and waits for the answer; `None` if there is no connection any more.
    async fn ask<R>(&self, command: impl FnOnce(oneshot::Sender<R>) -> Command) -> Option<R> {
        let (sender, answer) = oneshot::channel();
        self.commands.send(command(sender)).await.ok()?;
        answer.await.ok()
    }

    async fn done(
        &self,
        command: impl FnOnce(oneshot::Sender<bool>) -> Command,
    ) -> Result<(), OpError> {
        match self.ask(command).await {
            Some(true) => Ok(()),
            _ => Err(OpError::Error("Network connection lost.".into())),
        }
    }
}
