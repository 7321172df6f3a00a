//! `WebSocket`, `WebSocketPair`; sockets to clients and to other servers.

mod channel;
mod connection;
mod deflate;
mod frame;
pub(crate) mod handshake;
mod upgrade;

use crate::core::body_ops::handle;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use channel::Sent;
pub(crate) use channel::{Close, Endpoint, Message};
use frame::Role;
use http::{HeaderMap, HeaderValue};
use hyper_util::rt::TokioIo;
use quire_jsc::{Arg, Exception, Value};
use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
pub use upgrade::Upgrade;

/// Evaluated after events, blob and fetch.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/websocket/websocket.js", include_str!("websocket.js")),
    ("web/websocket/pair.js", include_str!("pair.js")),
];

/// What `receive` of websocket.js is told.
const TEXT: f64 = 0.0;
const BINARY: f64 = 1.0;
const CLOSE: f64 = 2.0;
const LOST: f64 = 3.0;

/// An end of a socket that JavaScript has, until it is given away.
struct Socket(Cell<Option<Rc<Endpoint>>>);

impl Socket {
    fn endpoint(&self) -> Option<Rc<Endpoint>> {
        let endpoint = self.0.take();
        self.0.set(endpoint.clone());
        endpoint
    }
}

pub(crate) fn install(realm: &Realm) {
    realm.realm_op("websocket_check", |realm, _| {
        realm.require_request().map(drop)
    });
    realm.realm_op("websocket_pair", |realm, _| {
        let request = realm.require_request()?;
        let (one, two) = Endpoint::pair();
        let numbers =
            [one, two].map(|end| realm.context().number(adopt(realm, &request, end) as f64));
        Ok(realm.context().array(&numbers)?)
    });
    realm.realm_op("websocket_accept", |realm, call| {
        let request = realm.require_request()?;
        let number = handle(call, 0)?;
        let endpoint = endpoint(realm, number)?;
        let receive = call.value(1);
        // A resident lasts as long as its sockets do.
        let waits = endpoint.is_remote() || request.is_resident();
        let task = deliver_all(realm.clone(), request.clone(), endpoint, number, receive);
        if waits {
            let waiting = Waiting::new(&request);
            request.spawn(async move {
                task.await;
                drop(waiting);
            });
        } else {
            request.spawn_uncounted(task);
        }
        Ok(())
    });
    realm.realm_op("websocket_send", |realm, call| {
        let endpoint = endpoint(realm, handle(call, 0)?)?;
        let message = match call.is_string(1) {
            true => Message::Text(call.string(1)?),
            false => Message::Binary(call.bytes(1)?),
        };
        let request = realm.require_request()?;
        let (realm, end) = (realm.clone(), endpoint.clone());
        request.send(move || {
            if end.send(message) == Sent::Overflow {
                realm.log(
                    "warn",
                    "a WebSocket was dropped: its other side reads too slowly, and 64 MiB were waiting for it",
                );
            }
        });
        Ok(!endpoint.is_gone())
    });
    // How many bytes of messages were sent and not yet taken by the other side; 0 of a socket that is gone.
    realm.realm_op("websocket_buffered", |realm, call| {
        let endpoint = endpoint(realm, handle(call, 0)?);
        Ok(endpoint.map_or(0, |endpoint| endpoint.waiting_bytes()) as f64)
    });
    realm.realm_op("websocket_close", |realm, call| {
        let close = Close {
            code: call.number(1)? as u16,
            reason: call.string(2)?,
        };
        let endpoint = endpoint(realm, handle(call, 0)?)?;
        endpoint.set_closing();
        realm.require_request()?.send(move || {
            endpoint.send(Message::Close(close));
        });
        Ok(())
    });
    // Nothing more is sent or received. Without a `Close` that was sent, the other side sees a loss.
    realm.realm_op("websocket_drop", |realm, call| {
        if let Some(request) = realm.current() {
            let number = handle(call, 0)?;
            let socket = request.resources.get::<Socket>(number);
            request.resources.remove(number);
            if let Some(endpoint) = socket.and_then(|socket| socket.endpoint()) {
                // After everything that was sent.
                request.send(move || endpoint.abandon());
            }
        }
        Ok(())
    });
}

/// Gives an end of a socket to a request; JavaScript names it by the number.
pub(crate) fn adopt(realm: &Realm, request: &RequestContext, endpoint: Endpoint) -> u64 {
    let number = realm.next_id();
    let socket = Socket(Cell::new(Some(Rc::new(endpoint))));
    request.resources.insert(number, Rc::new(socket));
    number
}

/// Lets a request use an end of a socket that is somebody else's too; JavaScript names it by the number.
pub(crate) fn adopt_shared(request: &RequestContext, number: u64, endpoint: Rc<Endpoint>) {
    let socket = Socket(Cell::new(Some(endpoint)));
    request.resources.insert(number, Rc::new(socket));
}

/// An end of a socket that a request has, to be used beside it.
pub(crate) fn share(request: &RequestContext, number: u64) -> Result<Rc<Endpoint>, OpError> {
    let socket = request.resources.get::<Socket>(number);
    socket
        .and_then(|socket| socket.endpoint())
        .ok_or_else(|| OpError::cross_request("Native"))
}

/// An end of a socket of the current request; another request's number is not in its table.
fn endpoint(realm: &Realm, number: u64) -> Result<Rc<Endpoint>, OpError> {
    let request = realm.require_request()?;
    let socket = request.resources.get::<Socket>(number);
    socket
        .and_then(|socket| socket.endpoint())
        .ok_or_else(|| OpError::cross_request("Native"))
}

/// Takes an end of a socket away from JavaScript.
pub(crate) fn take(request: &RequestContext, number: u64) -> Result<Endpoint, OpError> {
    let socket = request.resources.get::<Socket>(number);
    request.resources.remove(number);
    socket
        .and_then(|socket| Rc::into_inner(socket.0.take()?))
        .ok_or_else(|| OpError::cross_request("Native"))
}

/// Brings what an end receives to JavaScript, until nothing more can come.
async fn deliver_all(
    realm: Rc<Realm>,
    request: Rc<RequestContext>,
    endpoint: Rc<Endpoint>,
    number: u64,
    receive: Value,
) {
    let section = request.section();
    loop {
        let message = endpoint.receive().await;
        request.admitted(section).await;
        let is_last = message.is_last();
        if request.resources.get::<Socket>(number).is_none() {
            // JavaScript gave it up.
            return;
        }
        request.renew_processor_time();
        realm.enter(Some(request.clone()), |realm| {
            deliver(realm, &receive, message)
        });
        if is_last {
            return;
        }
    }
}

fn deliver(realm: &Realm, receive: &Value, message: Message) -> Result<(), Exception> {
    match message {
        Message::Text(text) => {
            receive.call_and_forget(None, [Arg::Number(TEXT), Arg::String(&text)])
        }
        Message::Binary(bytes) => {
            let bytes = realm.context().uint8_array(bytes)?;
            receive.call_and_forget(None, [Arg::Number(BINARY), Arg::Value(&bytes)])
        }
        Message::Close(Close { code, reason }) => {
            let code = Arg::Number(f64::from(code));
            receive.call_and_forget(None, [Arg::Number(CLOSE), code, Arg::String(&reason)])
        }
        Message::Lost(error) => {
            let error = error.as_deref().map_or(Arg::Null, Arg::String);
            receive.call_and_forget(None, [Arg::Number(LOST), error])
        }
    }
}

/// Keeps a request going, as `waitUntil` does.
struct Waiting(Rc<RequestContext>);

impl Waiting {
    fn new(request: &Rc<RequestContext>) -> Self {
        request.begin_wait();
        Self(request.clone())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.end_wait();
    }
}

/// A server switched to the protocol: checks its answer, and gives the number of the socket's end. `stop` ends the connection.
pub(crate) async fn open(
    realm: &Realm,
    request: &RequestContext,
    key: &HeaderValue,
    answer: http::Response<hyper::body::Incoming>,
    stop: impl Future<Output = ()> + 'static,
) -> Result<(HeaderMap, u64), OpError> {
    let (headers, near, connection) = connect(key, answer, stop).await.map_err(OpError::Error)?;
    request.spawn_uncounted(connection);
    Ok((headers, adopt(realm, request, near)))
}

/// Opens the socket that a server agreed to. Gives the server's headers, the near end, and what passes messages on until
/// `stop` is ready.
pub(crate) async fn connect(
    key: &HeaderValue,
    mut answer: http::Response<hyper::body::Incoming>,
    stop: impl Future<Output = ()> + 'static,
) -> Result<(HeaderMap, Endpoint, impl Future<Output = ()> + 'static), String> {
    let agreement = handshake::check(key, answer.headers())
        .map_err(|problem| format!("WebSocket handshake failed: {problem}"))?;
    let upgraded = hyper::upgrade::on(&mut answer)
        .await
        .map_err(|_| "Network connection lost.".to_owned())?;
    let (near, far) = Endpoint::pair();
    far.set_remote();
    let connection = async move {
        let stream = TokioIo::new(upgraded);
        let going_away = std::future::pending();
        tokio::select! {
            () = connection::run(stream, Role::Client, agreement, far, going_away) => {}
            () = stop => {}
        }
    };
    Ok((answer.into_parts().0.headers, near, connection))
}
