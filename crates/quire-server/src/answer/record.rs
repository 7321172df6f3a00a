//! One request, from its arrival to the last byte of its answer, as it is counted and told.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http::header::{HOST, USER_AGENT};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use quire_runtime::{Failure, Logged};

use super::span::Span;
use super::tally::{RouteNumber, Tally};
use super::tap::Tap;
use crate::traffic::CLIENT_LEFT;
use crate::worker::access_log::{AccessLog, Entry};

/// Who learns of requests.
#[derive(Debug)]
pub(crate) struct Observers {
    pub(crate) tally: Tally,
    pub(crate) access_log: Option<AccessLog>,
    pub(crate) tap: Tap,
    /// What those who follow the server call the project.
    pub(crate) script_name: String,
}

/// See the module's text. Dropping it counts the request, however it ended.
#[derive(Debug)]
pub(crate) struct Record {
    observers: Rc<Observers>,
    begun: Instant,
    route: RouteNumber,
    /// `None` until there is an answer.
    status: Option<StatusCode>,
    processor: Duration,
    bytes: u64,
    /// Whether the client got all there is.
    is_complete: bool,
    /// For those who want more than numbers.
    details: Option<Box<Details>>,
}

#[derive(Debug)]
struct Details {
    method: Method,
    uri: Uri,
    host: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    client: IpAddr,
    span: Option<Arc<Span>>,
}

impl Record {
    /// A request that has arrived.
    pub(crate) fn new(observers: Rc<Observers>) -> Self {
        observers.tally.begin();
        Self {
            observers,
            begun: Instant::now(),
            route: RouteNumber::STATIC,
            status: None,
            processor: Duration::ZERO,
            bytes: 0,
            is_complete: false,
            details: None,
        }
    }

    /// Notes what the request is, if anybody wants to know, and that what is logged on behalf of it belongs to it.
    pub(crate) fn describe<B>(
        &mut self,
        request: &mut Request<B>,
        client: IpAddr,
        is_encrypted: bool,
    ) {
        let pipe = self.observers.tap.pipe();
        if pipe.is_none() && self.observers.access_log.is_none() {
            return;
        }
        let span = pipe.map(|pipe| {
            let script_name = &self.observers.script_name;
            Span::new(request, client, is_encrypted, script_name, pipe)
        });
        if let Some(span) = &span {
            request.extensions_mut().insert(Logged(span.clone()));
        }
        self.details = Some(Box::new(Details {
            method: request.method().clone(),
            uri: request.uri().clone(),
            host: request.headers().get(HOST).cloned(),
            user_agent: request.headers().get(USER_AGENT).cloned(),
            client,
            span,
        }));
    }

    /// How long ago it arrived.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Who answers it.
    pub(crate) fn set_route(&mut self, route: RouteNumber) {
        self.route = route;
    }

    /// The function that should have answered failed.
    pub(crate) fn failed(&mut self, failure: &Failure) {
        self.used(failure.processor_time);
        if let Some(span) = self
            .details
            .as_ref()
            .and_then(|details| details.span.as_ref())
        {
            span.failed(failure);
        }
    }

    /// There is an answer, and begins to be sent.
    pub(crate) fn answered(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// The processor time that functions used so far.
    pub(crate) fn used(&mut self, processor: Duration) {
        self.processor = self.processor.max(processor);
    }

    /// Bytes of the answer's body were sent.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// How many bytes of the answer's body were sent.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The client got all there is.
    pub(crate) fn completed(&mut self) {
        self.is_complete = true;
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let duration = self.begun.elapsed();
        let observers = &self.observers;
        let status = self.status.map_or(CLIENT_LEFT, |status| status.as_u16());
        observers
            .tally
            .end(self.route, status, duration, self.processor, self.bytes);
        let Some(details) = self.details.take() else {
            return;
        };
        let route = observers.tally.name(self.route);
        if let Some(span) = details.span {
            span.finished(
                self.status,
                self.is_complete,
                &route,
                Tally::is_function(self.route),
                self.processor,
                duration,
            );
        }
        if let Some(log) = &observers.access_log {
            log.add(Entry {
                began: SystemTime::now()
                    .checked_sub(duration)
                    .unwrap_or(SystemTime::UNIX_EPOCH),
                duration,
                method: details.method,
                uri: details.uri,
                host: details.host,
                status,
                bytes: self.bytes,
                route,
                client: details.client,
                user_agent: details.user_agent,
                processor: self.processor,
            });
        }
    }
}
