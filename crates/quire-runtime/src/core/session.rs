//! The way of calls between two programs: an ordered pipe of messages each way, whose ends belong to a request of either program. What the messages
//! say is JavaScript's business (`workers/session.js`); here they are bytes, but for the last one, which says why the pipe ended.

use super::body_ops::handle;
use super::error::OpError;
use super::event::Entrypoint;
use super::fetcher::deeper;
use super::outcome::Outcome;
use super::realm::Realm;
use super::request::{Hold, RequestContext};
use quire_jsc::{Arg, Value};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// The message after which nothing comes; the rest of it is text, before which a byte may say more (`Flags::bits`).
pub(crate) const END: u8 = 0;

/// What the other side learns if nothing better is known.
const GONE: &str = "The execution context which hosts this callback is no longer running.";

/// One end of a pipe. Dropping it ends the pipe.
pub(crate) struct Pipe {
    pub(crate) outgoing: UnboundedSender<Vec<u8>>,
    pub(crate) incoming: UnboundedReceiver<Vec<u8>>,
}

impl Pipe {
    /// Both ends of a pipe.
    pub(crate) fn pair() -> (Self, Self) {
        let (one, two) = (unbounded_channel(), unbounded_channel());
        let first = Self {
            outgoing: one.0,
            incoming: two.1,
        };
        let second = Self {
            outgoing: two.0,
            incoming: one.1,
        };
        (first, second)
    }
}

/// An end of a pipe that JavaScript uses, by number, in the request that it belongs to.
struct Session {
    outgoing: UnboundedSender<Vec<u8>>,
    request: Weak<RequestContext>,
    /// Held while JavaScript waits for the other side.
    waiting: RefCell<Option<Hold>>,
    /// Whether the request is for the calls of this session.
    serves: bool,
    /// Whether such calls are under way.
    serving: Cell<bool>,
}

pub(crate) fn install(realm: &Realm) {
    realm.realm_op("program_name", |realm, _| Ok(realm.name().to_owned()));
    // (request): throws unless that request may still be answered, whose stub another one uses.
    realm.realm_op("session_check", |realm, call| {
        match realm.request(handle(call, 0)?) {
            Some(request) if !request.is_answered() => Ok(()),
            _ => Err(OpError::cross_request("Client")),
        }
    });
    // (session, message)
    realm.realm_op("session_send", |realm, call| {
        if let Some((request, session)) = find(realm, handle(call, 0)?) {
            let (outgoing, message) = (session.outgoing.clone(), call.bytes(1)?);
            request.send(move || {
                // The other side may have gone; it has nothing to say any more, which the pipe's end tells.
                let _ = outgoing.send(message);
            });
        }
        Ok(())
    });
    // (session, whether JavaScript waits for the other side)
    realm.realm_op("session_wait", |realm, call| {
        if let Some((request, session)) = find(realm, handle(call, 0)?) {
            let hold = call.boolean(1).then(|| request.hold());
            let before = session.waiting.replace(hold);
            drop(before);
        }
        Ok(())
    });
    // (session, whether calls of the other side are under way)
    realm.realm_op("session_serve", |realm, call| {
        if let Some((request, session)) = find(realm, handle(call, 0)?) {
            session.serve(&request, call.boolean(1));
        }
        Ok(())
    });
    realm.realm_op("session_close", |realm, call| {
        let number = handle(call, 0)?;
        if let Some((request, _)) = find(realm, number) {
            // After everything that was sent.
            let context = request.clone();
            request.send(move || context.resources.remove(number));
        }
        Ok(())
    });
    // (program, entry point, props): the number of a session with it, or `null` if it does not run.
    realm.realm_op("service_session", |realm, call| {
        let request = realm.require_request()?;
        request.charge_subrequest()?;
        let depth = deeper(request.depth())?;
        let Some(service) = realm.programs().find(&call.string(0)?) else {
            return Ok(None);
        };
        let entrypoint = Entrypoint::read(call, 1)?;
        let (near, far) = Pipe::pair();
        tokio::task::spawn_local(async move { serve(&service, far, &entrypoint, depth) });
        Ok(Some(adopt(realm, &request, near, false)? as f64))
    });
}

/// The session of this number, and its request, be it the current one or another one that lives.
fn find(realm: &Realm, number: u64) -> Option<(Rc<RequestContext>, Rc<Session>)> {
    let of = |request: Rc<RequestContext>| {
        let session = request.resources.get::<Session>(number)?;
        Some((request, session))
    };
    realm.current().and_then(of).or_else(|| {
        let requests: Vec<_> = realm.requests().borrow().values().cloned().collect();
        requests.into_iter().find_map(of)
    })
}

/// Gives an end of a pipe to a request; JavaScript names it by the number. A request that `serves` is over with the session.
pub(crate) fn adopt(
    realm: &Rc<Realm>,
    request: &Rc<RequestContext>,
    pipe: Pipe,
    serves: bool,
) -> Result<u64, OpError> {
    let number = realm.next_id();
    let session = Session {
        outgoing: pipe.outgoing,
        request: Rc::downgrade(request),
        waiting: RefCell::default(),
        serves,
        serving: Cell::default(),
    };
    request.resources.insert(number, Rc::new(session));
    let receive = realm.internal("receive")?;
    let task = receive_all(
        realm.clone(),
        request.clone(),
        pipe.incoming,
        number,
        receive,
    );
    request.spawn_uncounted(task);
    Ok(number)
}

/// Brings what arrives to JavaScript.
async fn receive_all(
    realm: Rc<Realm>,
    request: Rc<RequestContext>,
    mut incoming: UnboundedReceiver<Vec<u8>>,
    number: u64,
    receive: Value,
) {
    loop {
        let message = incoming.recv().await;
        let is_last = message
            .as_ref()
            .is_none_or(|message| message.first() == Some(&END));
        let message = message.unwrap_or_default();
        realm.enter(Some(request.clone()), |realm| {
            let id = Arg::Number(number as f64);
            if is_last {
                let text = message.get(1..).filter(|text| !text.is_empty());
                let text = text.map_or(GONE.into(), String::from_utf8_lossy);
                return receive.call_and_forget(None, [id, Arg::Null, Arg::String(&text)]);
            }
            let bytes = realm.context().uint8_array(message)?;
            receive.call_and_forget(None, [id, Arg::Value(&bytes)])
        });
        if is_last {
            request.resources.remove(number);
            return;
        }
    }
}

/// Serves calls of an entry point until the other side ends the pipe.
fn serve(realm: &Rc<Realm>, pipe: Pipe, entrypoint: &Entrypoint, depth: u32) {
    let request = RequestContext::called(realm, depth);
    let accept = realm.internal("acceptCalls").map_err(OpError::from);
    let adopted = accept.and_then(|accept| Ok((accept, adopt(realm, &request, pipe, true)?)));
    let (accept, number) = match adopted {
        Ok(adopted) => adopted,
        Err(error) => return realm.log("error", &realm.exception(error).to_string()),
    };
    let id = request.id();
    realm.enter(Some(request), |_| {
        accept.call_and_forget(
            None,
            [
                Arg::Number(number as f64),
                Arg::Number(id as f64),
                Arg::from(entrypoint.name.as_deref()),
                Arg::from(entrypoint.props.as_deref()),
            ],
        )
    });
}

impl Session {
    /// While calls are under way their request has hung when nothing is pending; between them it rests.
    fn serve(&self, request: &Rc<RequestContext>, serving: bool) {
        if request.is_resident() {
            if self.serving.replace(serving) != serving {
                match serving {
                    true => request.begin_wait(),
                    false => request.end_wait(),
                }
            }
            return;
        }
        if !self.serves || self.serving.replace(serving) == serving {
            return;
        }
        if !serving {
            return request.rest();
        }
        let outcome = request.expect_outcome();
        let outgoing = self.outgoing.clone();
        tokio::task::spawn_local(fail(outcome, outgoing, request.clone()));
    }
}

/// Passes on why no call of this request will be answered.
async fn fail(
    outcome: oneshot::Receiver<Outcome>,
    outgoing: UnboundedSender<Vec<u8>>,
    request: Rc<RequestContext>,
) {
    if let Ok(Err(failure)) = outcome.await {
        let mut last = vec![END];
        last.extend_from_slice(failure.message.as_bytes());
        // Whoever has gone needs no reason.
        let _ = outgoing.send(last);
        request.client_done(false);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(request) = self.request.upgrade()
            && request.is_resident()
            && self.serving.get()
        {
            request.end_wait();
        }
        if let (true, Some(request)) = (self.serves, self.request.upgrade()) {
            request.client_done(false);
        }
    }
}
