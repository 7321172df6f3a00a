//! The programs of one process, which call each other by name. Each has an engine's context of its own; all are on one thread.

use super::body::Body;
use super::event::{self, Entrypoint};
use super::fetcher::Fetcher;
use super::outcome::Failure;
use super::realm::Realm;
use futures_util::future::LocalBoxFuture;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body::Body as _;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use tokio::sync::Notify;

/// The programs that run, by name.
#[derive(Default)]
pub struct Programs {
    running: RefCell<FxHashMap<String, Weak<Realm>>>,
    /// Those that have another way to answer than an entry point of theirs: the project, with its routes and assets.
    sites: RefCell<FxHashMap<String, Weak<dyn Fetcher>>>,
    /// Who answers for the static assets of programs that have some.
    assets: RefCell<FxHashMap<String, Rc<dyn Fetcher>>>,
    /// What wakes those who read from queues, by the queue.
    listeners: RefCell<FxHashMap<String, Rc<Notify>>>,
}

impl Programs {
    /// Adds a program that has begun to run.
    pub(crate) fn add(&self, name: &str, realm: &Rc<Realm>) {
        self.running
            .borrow_mut()
            .insert(name.to_owned(), Rc::downgrade(realm));
    }

    /// Says who answers requests for the default entry point of the program `name`.
    pub fn set_site(&self, name: &str, site: &Rc<dyn Fetcher>) {
        self.sites
            .borrow_mut()
            .insert(name.to_owned(), Rc::downgrade(site));
    }

    /// The program of this name, if it runs.
    pub(crate) fn find(&self, name: &str) -> Option<Rc<Realm>> {
        self.running.borrow().get(name)?.upgrade()
    }

    /// Says who answers for the static assets of the program `name`.
    pub(crate) fn set_assets(&self, name: &str, assets: Rc<dyn Fetcher>) {
        self.assets.borrow_mut().insert(name.to_owned(), assets);
    }

    /// Who answers for the static assets of a program.
    pub(crate) fn assets(&self, name: &str) -> Rc<dyn Fetcher> {
        let assets = self.assets.borrow().get(name).cloned();
        assets.unwrap_or_else(|| Rc::new(Missing(name.to_owned())))
    }

    /// What wakes the one program here that reads from a queue.
    pub(crate) fn listen(&self, queue: &str) -> Rc<Notify> {
        let mut listeners = self.listeners.borrow_mut();
        listeners.entry(queue.to_owned()).or_default().clone()
    }

    /// There are messages in a queue.
    pub(crate) fn announce(&self, queue: &str) {
        if let Some(listener) = self.listeners.borrow().get(queue) {
            listener.notify_one();
        }
    }

    /// Who answers for an entry point of a program.
    pub(crate) fn fetcher(&self, name: &str, entrypoint: Entrypoint) -> Rc<dyn Fetcher> {
        let site = self.sites.borrow().get(name).and_then(Weak::upgrade);
        if let (Some(site), None) = (site, &entrypoint.name) {
            return site;
        }
        match self.find(name) {
            Some(realm) => Rc::new(Service { realm, entrypoint }),
            None => Rc::new(Missing(name.to_owned())),
        }
    }
}

/// What the original says of a program that does not run.
pub(crate) fn missing(name: &str) -> String {
    format!("Worker \"{name}\" not found. Make sure it is running locally.")
}

/// An entry point of a program.
struct Service {
    realm: Rc<Realm>,
    entrypoint: Entrypoint,
}

impl Fetcher for Service {
    fn fetch(
        &self,
        request: http::Request<Body>,
    ) -> LocalBoxFuture<'static, Result<http::Response<Body>, Failure>> {
        let (realm, entrypoint) = (self.realm.clone(), self.entrypoint.clone());
        let (head, body) = request.into_parts();
        let body = (!body.is_end_stream()).then(|| body.received());
        Box::pin(async move { event::fetch(&realm, head, body, &entrypoint, None).await })
    }
}

/// In place of a program of this name, which does not run.
struct Missing(String);

impl Fetcher for Missing {
    fn fetch(
        &self,
        _: http::Request<Body>,
    ) -> LocalBoxFuture<'static, Result<http::Response<Body>, Failure>> {
        Box::pin(std::future::ready(Ok(missing_response(&self.0))))
    }
}

/// The answer in place of a program that does not run.
pub(crate) fn missing_response(name: &str) -> http::Response<Body> {
    let mut response = http::Response::new(Body::full(missing(name)));
    *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain;charset=UTF-8"),
    );
    response
}
