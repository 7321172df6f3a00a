//! What a program is woken for: a request and the context in which it runs, from its arrival to its response.

use super::bodies::NativeBody;
use super::body::BodyError;
use super::client::Client;
use super::error::OpError;
use super::fetcher::Called;
use super::outcome::{Failure, FailureKind, Outcome};
use super::realm::Realm;
use super::request::RequestContext;
use super::request_ops;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use quire_jsc::{Arg, Call};
use std::rc::Rc;
use tokio::sync::oneshot;

/// The methods that requests may have, in the order of `METHODS` in `request.js`.
const METHODS: [&str; 28] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "PURGE",
    "COPY",
    "LOCK",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "SEARCH",
    "UNLOCK",
    "ACL",
    "REPORT",
    "MKACTIVITY",
    "CHECKOUT",
    "MERGE",
    "MSEARCH",
    "NOTIFY",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "QUERY",
    "BAN",
];

/// Whether requests may have this method: those of HTTP and of WebDAV, as on the original.
pub fn is_method(method: &str) -> bool {
    METHODS.contains(&method)
}

/// Which of a program's exports an event is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entrypoint {
    /// The name of the export; `None` for the default one.
    pub(crate) name: Option<String>,
    /// `ctx.props`, as JSON.
    pub(crate) props: Option<String>,
}

impl Entrypoint {
    /// Reads the name of an entry point and its props, each `null` if there is none.
    pub(crate) fn read(call: &Call<'_>, at: usize) -> Result<Self, OpError> {
        let optional = |index| {
            (!call.is_nullish(index))
                .then(|| call.string(index))
                .transpose()
        };
        Ok(Self {
            name: optional(at)?,
            props: optional(at + 1)?,
        })
    }
}

/// A request that has arrived, as JavaScript is told of it.
pub(crate) struct Arrived {
    pub(crate) request: Rc<RequestContext>,
    /// The place of its method in the list.
    pub(crate) method: usize,
    pub(crate) url: String,
    /// The number of its body, or 0.
    pub(super) body: u64,
    outcome: oneshot::Receiver<Outcome>,
    departure: Departure,
}

impl Arrived {
    /// Takes a request in. The path of a client's URI is normalised.
    pub(crate) fn new(
        realm: &Rc<Realm>,
        head: http::request::Parts,
        body: Option<NativeBody>,
        client: Option<Client>,
    ) -> Result<Self, Failure> {
        let Some(method) = METHODS.iter().position(|method| *method == head.method) else {
            return Err(Failure::new(
                FailureKind::Exception,
                "the method is not supported",
            ));
        };
        let url = match head.extensions.get::<Called>() {
            Some(called) => called.url.clone(),
            None => request_ops::url(&head, client.unwrap_or_default()),
        };
        let (request, outcome) = RequestContext::arrived(realm, head, client);
        let number = body.map_or(0, |body| {
            let number = realm.next_id();
            request.bodies.insert(number, body);
            number
        });
        let departure = Departure(Some(request.clone()));
        Ok(Self {
            request,
            method,
            url,
            body: number,
            outcome,
            departure,
        })
    }

    /// Waits for the response. Dropping the future says that whoever asked has gone.
    pub(crate) async fn outcome(self) -> Outcome {
        let Self {
            outcome,
            departure,
            request,
            ..
        } = self;
        let mut outcome = outcome.await.unwrap_or_else(|_| {
            Err(Failure::new(
                FailureKind::Stopped,
                "the runtime was stopped",
            ))
        });
        match &mut outcome {
            // From here on the response's body says when the client is done.
            Ok(_) => departure.forget(),
            Err(failure) => failure.processor_time = request.spent(),
        }
        outcome
    }
}

/// The body of a request that came over the network.
pub(super) fn incoming<B>(headers: &HeaderMap, body: B) -> Option<NativeBody>
where
    B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: std::fmt::Display,
{
    let has_body = headers.contains_key(CONTENT_LENGTH) || !body.is_end_stream();
    has_body.then(|| {
        let stream = body
            .map_err(|_| BodyError::connection_lost())
            .boxed_unsync();
        NativeBody::new(stream, None)
    })
}

/// Has an entry point of a program answer a request, of a client's or of another program's.
pub(crate) async fn fetch(
    realm: &Rc<Realm>,
    head: http::request::Parts,
    body: Option<NativeBody>,
    entrypoint: &Entrypoint,
    client: Option<Client>,
) -> Outcome {
    let answer = realm
        .internal("answer")
        .map_err(|exception| Failure::new(FailureKind::Exception, exception.to_string()))?;
    let cf = head
        .extensions
        .get::<Called>()
        .and_then(|called| called.cf.clone());
    let arrived = Arrived::new(realm, head, body, client)?;
    let id = arrived.request.id();
    realm.enter(Some(arrived.request.clone()), |_| {
        answer.call_and_forget(
            None,
            [
                Arg::Number(id as f64),
                Arg::from(entrypoint.name.as_deref()),
                Arg::from(entrypoint.props.as_deref()),
                Arg::Number(arrived.method as f64),
                Arg::Number(arrived.body as f64),
                Arg::String(&arrived.url),
                Arg::from(cf.as_deref()),
                Arg::Number(f64::from(u8::from(client.is_none()))),
            ],
        )
    });
    arrived.outcome().await
}

/// Tells a request that its client has gone, unless told to forget it.
struct Departure(Option<Rc<RequestContext>>);

impl Departure {
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for Departure {
    fn drop(&mut self) {
        if let Some(request) = self.0.take() {
            request.client_done(true);
        }
    }
}
