//! From a request to its answer: limits, rules, router, then functions or assets.

mod admission;
mod body;
mod called;
mod delivery;
mod error_page;
mod excerpt;
mod html;
mod live_reload;
mod overlay;
mod page_additions;
mod path;
pub(crate) mod quota;
mod record;
mod span;
mod start;
mod static_files;
mod tally;
mod tap;

use std::cell::{Cell, OnceCell};
use std::convert::Infallible;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use http::header::{ACCEPT, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body::Body as _;
use hyper::body::Incoming;
use quire_routes::{Chain, Router, RoutesRules, Target};
use quire_runtime::{
    Body, Client, Failure, Fetcher, Objects, Runtime, Upgrade, Upstream, UpstreamPlace,
};

use crate::log::{Log, RequestLine};
use crate::settings::{BeyondLimit, Mode};
use crate::worker::connection::{Connection, InFlight};
use admission::Refusal;
pub(crate) use admission::is_host;
use body::AnswerBody;
use delivery::Wishes;
use error_page::Form;
use page_additions::PageAdditions;
use quota::Quota;
use record::{Observers, Record};
use static_files::StaticFiles;
use tally::{RouteNumber, Tally};

/// A deployment that runs: everything that answers requests.
pub(crate) struct Site {
    mode: Mode,
    log: Log,
    request_log: bool,
    functions: Option<Functions>,
    /// The programs beside it, which run as long as it does.
    services: Vec<Runtime>,
    objects: Rc<Objects>,
    static_files: StaticFiles,
    /// What answers in place of the static files.
    upstream: Option<Upstream>,
    project: Option<PathBuf>,
    additions: PageAdditions,
    observers: Rc<Observers>,
    quota: Option<Quota>,
    /// The project as services know it that bind it.
    called: OnceCell<Rc<dyn Fetcher>>,
}

/// What the log calls the program of advanced mode.
pub(crate) const WORKER: &str = "_worker.js";

/// Where an answer leaves what its connection becomes.
pub(crate) type UpgradeSlot = Cell<Option<Upgrade>>;

struct Functions {
    rules: Option<RoutesRules>,
    entry: Entry,
    runtime: Runtime,
}

/// What of the program a request enters.
enum Entry {
    /// The handlers that the router finds.
    Routes(Box<Router>),
    /// `_worker.js`: its default export takes every request.
    Worker,
}

impl Site {
    /// Lets other workers reach the Durable Objects here. From now on they live here and not in the worker before.
    pub(crate) fn serve_objects(&self) {
        if let Err(error) = self.objects.serve() {
            self.log.error(&format!(
                "Durable Objects of this worker cannot be reached by others: {error}"
            ));
        }
    }

    /// Ends the Durable Objects here: another worker takes this one's place.
    pub(crate) fn retire_objects(&self) {
        self.objects.retire();
    }

    /// Has the programs deal with the messages of queues.
    pub(crate) fn consume_queues(&self) {
        self.programs().for_each(Runtime::consume);
    }

    /// Takes no more messages of queues.
    pub(crate) fn stop_consuming_queues(&self) {
        self.programs().for_each(Runtime::stop_consuming);
    }

    fn programs(&self) -> impl Iterator<Item = &Runtime> {
        let functions = self.functions.iter().map(|functions| &functions.runtime);
        functions.chain(&self.services)
    }

    /// Shows the report of a failed build in pages, until told that there is none any more.
    pub(crate) fn set_build_failure(&self, report: Option<&str>) {
        self.additions.set_build_failure(report);
    }

    /// Tells pages that something has changed which they may be made of.
    pub(crate) fn set_newest_change(&self, change: u64) {
        if let Some(live_reload) = &self.additions.live_reload {
            live_reload.set_newest(change);
        }
    }

    /// Sends pages to the next worker for news.
    pub(crate) fn retire_pages(&self) {
        if let Some(live_reload) = &self.additions.live_reload {
            live_reload.end();
        }
    }

    /// Another server, or another place of it, answers in place of static files.
    pub(crate) fn set_upstream(&self, place: UpstreamPlace) {
        if let Some(upstream) = &self.upstream {
            upstream.set_place(place);
        }
    }

    /// How many requests of the programs have not ended, be it because of work given to `waitUntil`.
    pub(crate) fn live_requests(&self) -> usize {
        self.programs().map(Runtime::live_requests).sum()
    }

    /// Whether Durable Objects that ended are still being put in order on disk.
    pub(crate) fn objects_are_closing(&self) -> bool {
        self.objects.are_closing()
    }

    /// Who learns of its requests.
    pub(crate) fn observers(&self) -> &Observers {
        &self.observers
    }

    /// Answers a request. Nothing in a request makes this fail.
    ///
    /// What the connection becomes after a response that switches protocols is left in `upgrade`.
    pub(crate) async fn answer(
        &self,
        mut request: Request<Incoming>,
        connection: &Arc<Connection>,
        upgrade: &UpgradeSlot,
    ) -> Result<Response<AnswerBody>, Infallible> {
        let in_flight = InFlight::new(connection.clone());
        let mut record = Record::new(self.observers.clone());
        let admitted = admission::admit(&mut request);
        record.describe(
            &mut request,
            connection.peer.ip(),
            self.static_files.is_encrypted,
        );
        let (method, uri) = (request.method().clone(), request.uri().clone());
        if let Some(live_reload) = &self.additions.live_reload
            && uri.path() == live_reload::PATH
            && admitted.is_ok()
        {
            let response = live_reload.answer(request.headers());
            record.answered(response.status());
            return Ok(response.map(|content| AnswerBody::new(content, None, record, in_flight)));
        }
        let has_additions = self.additions.are_there();
        if has_additions {
            PageAdditions::prepare_request(request.headers_mut());
        }
        let wishes = Wishes::of(&request);
        let (mut response, function) = match admitted {
            Ok(()) => self.dispatch(request, &uri, connection, &mut record).await,
            Err(refusal) => {
                record.set_route(RouteNumber::REFUSED);
                (refused(refusal), None)
            }
        };
        record.used(response.body().processor_time());
        let addition = match has_additions {
            true => self.additions.prepare_response(&mut response),
            false => None,
        };
        if addition.is_none()
            && let Err(error) = wishes.fulfil(&mut response).await
        {
            self.log.error(&format!(
                "{}: the answer went out in another form than the client asked for: {error}",
                uri.path()
            ));
        }
        record.answered(response.status());
        if self.request_log {
            self.log.request(&RequestLine {
                method: method.as_str(),
                path: uri.path(),
                status: response.status(),
                duration: record.elapsed(),
                function,
            });
        }
        upgrade.set(response.body_mut().take_upgrade());
        if method == Method::HEAD {
            drop_content(&mut response);
            return Ok(response.map(|content| AnswerBody::new(content, None, record, in_flight)));
        }
        Ok(response.map(|content| AnswerBody::new(content, addition, record, in_flight)))
    }

    /// The answer, and the file of the function that gave it.
    async fn dispatch(
        &self,
        request: Request<Incoming>,
        uri: &Uri,
        connection: &Connection,
        record: &mut Record,
    ) -> (Response<Body>, Option<&str>) {
        let entered = self.functions.as_ref();
        let Some(functions) = entered.filter(|functions| functions.are_entered_by(uri.path()))
        else {
            return (self.without_functions(request, uri).await, None);
        };
        let (chain, route) = match &functions.entry {
            Entry::Worker => (None, RouteNumber::WORKER),
            Entry::Routes(router) => {
                let chain = router.find(request.method().as_str(), uri.path());
                let route = match chain.is_empty() {
                    false => self.observers.tally.route_of(&chain),
                    // Rules sent it here, so that it counts whoever answers it.
                    true if functions.rules.is_some() => RouteNumber::UNMATCHED,
                    true => RouteNumber::STATIC,
                };
                (Some((router, chain)), route)
            }
        };
        record.set_route(route);
        if route != RouteNumber::STATIC
            && let Some(quota) = &self.quota
            && !quota.admits()
        {
            record.set_route(RouteNumber::OVER_LIMIT);
            return (self.beyond_limit(quota, request, uri).await, None);
        }
        if !Tally::is_function(route) {
            return (self.without_functions(request, uri).await, None);
        }
        let preferences = Preferences::of(request.headers());
        let client = Client {
            ip: connection.peer.ip(),
            https: self.static_files.is_encrypted,
        };
        let (outcome, function) = match &chain {
            None => {
                let outcome = functions.runtime.fetch(request, client).await;
                (outcome, self.request_log.then_some(WORKER))
            }
            Some((router, chain)) => {
                let outcome = functions.runtime.handle(request, chain, client).await;
                let function = match self.request_log {
                    true => file(router, chain),
                    false => None,
                };
                (outcome, function)
            }
        };
        let response = outcome.unwrap_or_else(|failure| {
            record.failed(&failure);
            self.failed(&failure, &preferences, uri)
        });
        (response, function)
    }

    /// The answer of what stands behind the functions.
    async fn without_functions(&self, request: Request<Incoming>, uri: &Uri) -> Response<Body> {
        match &self.upstream {
            Some(upstream) => upstream.pass(request).await,
            None => self.static_files.answer(&request, uri).await,
        }
    }

    /// The answer to a request that would enter functions if the daily limit were not reached.
    async fn beyond_limit(
        &self,
        quota: &Quota,
        request: Request<Incoming>,
        uri: &Uri,
    ) -> Response<Body> {
        match quota.limit().beyond {
            BeyondLimit::Open => self.without_functions(request, uri).await,
            BeyondLimit::Closed => {
                let headers = request.headers();
                let form = Form::wanted(headers.get(ACCEPT), headers.get(USER_AGENT));
                let mut response = error_page::limit_reached(form);
                let seconds = HeaderValue::from(quota.retry_after());
                response.headers_mut().insert(RETRY_AFTER, seconds);
                response
            }
        }
    }

    fn failed(&self, failure: &Failure, preferences: &Preferences, uri: &Uri) -> Response<Body> {
        let stack = failure.stack.as_deref().unwrap_or(&failure.message);
        let form = Form::wanted(preferences.accept.as_ref(), preferences.user_agent.as_ref());
        match self.mode {
            Mode::Dev => {
                self.log.error(&format!("{}: {stack}", uri.path()));
                error_page::detailed(failure, form, self.project.as_deref())
            }
            Mode::Serve => {
                let id = error_page::new_id();
                self.log.error(&format!("[{id}] {}: {stack}", uri.path()));
                error_page::terse(failure, form, &id)
            }
        }
    }
}

impl Functions {
    fn are_entered_by(&self, path: &str) -> bool {
        self.rules
            .as_ref()
            .is_none_or(|rules| rules.decide(path).target == Target::Functions)
    }
}

/// The file that a chain leads to: that of the module, or of the innermost middleware.
fn file<'r>(router: &'r Router, chain: &Chain<'_>) -> Option<&'r str> {
    let route = router.table().get(chain.steps.last()?.route)?;
    let handler = if chain.module().is_some() {
        &route.module
    } else {
        &route.middleware
    };
    handler.as_ref().map(|handler| handler.file.as_str())
}

/// What decides the form of an error, kept while the request is in the program's hands.
struct Preferences {
    accept: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
}

impl Preferences {
    fn of(headers: &HeaderMap) -> Self {
        Self {
            accept: headers.get(ACCEPT).cloned(),
            user_agent: headers.get(USER_AGENT).cloned(),
        }
    }
}

/// What a HEAD request is answered with: the headers of the GET.
fn drop_content(response: &mut Response<Body>) {
    let length = response
        .body()
        .size_hint()
        .exact()
        .filter(|&length| length > 0);
    if let Some(length) = length {
        response
            .headers_mut()
            .entry(CONTENT_LENGTH)
            .or_insert_with(|| HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
}

fn refused(refusal: Refusal) -> Response<Body> {
    let mut response = Response::new(Body::full(refusal.reason));
    *response.status_mut() = refusal.status;
    if refusal.status.is_client_error() {
        // Who got this wrong may have got wrong where the next request begins.
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if !refusal.reason.is_empty() {
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
    }
    response
}
