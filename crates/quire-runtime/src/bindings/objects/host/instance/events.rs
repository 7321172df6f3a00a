//! How events begin: what JavaScript is told of them, and what becomes of their answers.

use super::{Event, Instance};
use crate::core::body::Body;
use crate::core::event::Arrived;
use crate::core::fetcher::Called;
use crate::core::outcome::{Failure, FailureKind, Outcome};
use crate::core::session;
use crate::web::websocket::{Close, Message};
use http_body::Body as _;
use quire_jsc::{Arg, Value};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// What `message` of sockets.js is told.
const TEXT: f64 = 0.0;
const BINARY: f64 = 1.0;
const CLOSE: f64 = 2.0;
const LOST: f64 = 3.0;

impl Instance {
    /// Runs a critical section.
    pub(super) fn begin_section(&self, number: u64, begin: &Value) {
        if let Some(timeout) = self.sections.timeout() {
            let this = self.this.clone();
            self.context.spawn_uncounted(async move {
                if timeout.await
                    && let Some(this) = this.upgrade()
                {
                    // Not from within a task of the context that ends.
                    tokio::task::spawn_local(async move { this.end(&blocked_too_long()) });
                }
            });
        }
        self.enter(|_, _| begin.call_and_forget(None, [Arg::Number(number as f64)]));
    }

    pub(super) fn begin(&self, event: Event) {
        match event {
            Event::Fetch(request, reply) => self.begin_fetch(request, reply),
            Event::Socket(socket, message, _begun) => self.begin_message(socket, message),
            Event::Alarm => self.begin_alarm(),
            Event::Session(pipe) => {
                let mut sessions = self.sessions.borrow_mut();
                if sessions.len() == sessions.capacity() {
                    sessions.retain(|session| session.strong_count() > 0);
                }
                sessions.push(pipe.outgoing.downgrade());
                drop(sessions);
                let instance = self.context.id() as f64;
                self.enter(|realm, objects| {
                    let number = session::adopt(realm, &self.context, pipe, false)
                        .map_err(|error| realm.exception(error))?;
                    objects
                        .get("session")?
                        .call_and_forget(None, [Arg::Number(instance), Arg::Number(number as f64)])
                });
            }
        }
    }

    fn begin_message(&self, socket: u64, message: Message) {
        let instance = Arg::Number(self.context.id() as f64);
        let socket = Arg::Number(socket as f64);
        self.enter(|realm, objects| {
            let deliver = objects.get("message")?;
            match message {
                Message::Text(text) => deliver.call_and_forget(
                    None,
                    [instance, socket, Arg::Number(TEXT), Arg::String(&text)],
                ),
                Message::Binary(bytes) => {
                    let bytes = realm.context().uint8_array(bytes)?;
                    deliver.call_and_forget(
                        None,
                        [instance, socket, Arg::Number(BINARY), Arg::Value(&bytes)],
                    )
                }
                Message::Close(Close { code, reason }) => deliver.call_and_forget(
                    None,
                    [
                        instance,
                        socket,
                        Arg::Number(CLOSE),
                        Arg::Number(f64::from(code)),
                        Arg::String(&reason),
                    ],
                ),
                Message::Lost(error) => deliver.call_and_forget(
                    None,
                    [
                        instance,
                        socket,
                        Arg::Number(LOST),
                        error.as_deref().map_or(Arg::Null, Arg::String),
                    ],
                ),
            }
        });
    }

    fn begin_fetch(&self, request: http::Request<Body>, reply: oneshot::Sender<Outcome>) {
        let (head, body) = request.into_parts();
        let cf = head
            .extensions
            .get::<Called>()
            .and_then(|called| called.cf.clone());
        let arrived = match Arrived::new(&self.realm, head, None, None) {
            Ok(arrived) => arrived,
            Err(failure) => {
                // Whoever asked may have gone.
                let _ = reply.send(Err(failure));
                return;
            }
        };
        let body = match body.is_end_stream() {
            true => 0,
            false => {
                let number = self.realm.next_id();
                self.context.bodies.insert(number, body.received());
                number
            }
        };
        let event = arrived.request.id();
        self.running
            .borrow_mut()
            .insert(event, arrived.request.clone());
        let (method, url) = (arrived.method as f64, arrived.url.clone());
        self.wait(event, body, arrived, reply);
        let instance = self.context.id() as f64;
        self.enter(|_, objects| {
            objects.get("fetch")?.call_and_forget(
                None,
                [
                    Arg::Number(instance),
                    Arg::Number(event as f64),
                    Arg::Number(method),
                    Arg::Number(body as f64),
                    Arg::String(&url),
                    cf.as_deref().map_or(Arg::Null, Arg::String),
                ],
            )
        });
    }

    /// Waits for the outcome of a request, for as long as somebody wants it.
    fn wait(&self, event: u64, body: u64, arrived: Arrived, mut reply: oneshot::Sender<Outcome>) {
        let Some(this) = self.this.upgrade() else {
            return;
        };
        tokio::task::spawn_local(async move {
            tokio::select! {
                outcome = arrived.outcome() => {
                    let gated = match outcome {
                        Ok(response) => this.gate().await.map(|()| response),
                        Err(failure) => this.gate().await.and(Err(failure)),
                    };
                    let _ = reply.send(gated);
                }
                () = reply.closed() => {}
            }
            this.running.borrow_mut().remove(&event);
            // What was not read by now, nobody reads.
            this.context.bodies.take(body);
            this.active.set(Instant::now());
        });
    }
}

fn blocked_too_long() -> Failure {
    let mut failure = Failure::new(
        FailureKind::Exception,
        "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was canceled and the Durable \
         Object was reset.",
    );
    failure.flags.overloaded = true;
    failure.flags.reset = true;
    failure
}
