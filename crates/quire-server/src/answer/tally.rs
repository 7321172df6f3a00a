//! The numbers that a worker keeps of its requests. Counting one takes no lock and no memory.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use quire_routes::{Chain, Route, RouteTable};

use super::WORKER;
use crate::traffic::{OVER_LIMIT, REFUSED, RouteTraffic, STATIC, UNMATCHED};

/// Whom a request is counted for: a place in the tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RouteNumber(u32);

impl RouteNumber {
    pub(crate) const REFUSED: Self = Self(0);
    pub(crate) const STATIC: Self = Self(1);
    pub(crate) const UNMATCHED: Self = Self(2);
    pub(crate) const OVER_LIMIT: Self = Self(3);
    /// `_worker.js`.
    pub(crate) const WORKER: Self = Self(4);
}

/// The requests of one worker since they were last asked for.
#[derive(Debug)]
pub(crate) struct Tally {
    routes: RefCell<Vec<RouteTraffic>>,
    names: Vec<Arc<str>>,
    /// For each route of the table, the places of its middleware and its module.
    places: Vec<[RouteNumber; 2]>,
    in_flight: Cell<u32>,
}

impl Tally {
    /// For the routes of a project. Those of the same path, for different methods, are counted together.
    pub(crate) fn new(table: &RouteTable) -> Self {
        let mut routes = vec![
            RouteTraffic::new(REFUSED, false),
            RouteTraffic::new(STATIC, false),
            RouteTraffic::new(UNMATCHED, true),
            RouteTraffic::new(OVER_LIMIT, false),
            RouteTraffic::new(WORKER, true),
        ];
        let mut known = HashMap::new();
        let mut place = |name: String| {
            let next = RouteNumber(u32::try_from(routes.len()).unwrap_or_default());
            *known.entry(name).or_insert_with_key(|name| {
                routes.push(RouteTraffic::new(name, true));
                next
            })
        };
        let routes_names = table.routes().iter().map(names);
        let places = routes_names.map(|names| names.map(&mut place)).collect();
        let names = routes.iter().map(|traffic| traffic.route.as_str().into());
        Self {
            names: names.collect(),
            routes: RefCell::new(routes),
            places,
            in_flight: Cell::new(0),
        }
    }

    /// Whom the request of a chain is counted for: the module, or the innermost middleware.
    pub(crate) fn route_of(&self, chain: &Chain<'_>) -> RouteNumber {
        let places = chain
            .steps
            .last()
            .and_then(|step| self.places.get(step.route as usize));
        match places {
            Some(places) => places[usize::from(chain.module().is_some())],
            None => RouteNumber::UNMATCHED,
        }
    }

    /// What a route is called.
    pub(crate) fn name(&self, route: RouteNumber) -> Arc<str> {
        let name = self.names.get(route.0 as usize);
        name.cloned().unwrap_or_default()
    }

    /// Whether a function was asked, as opposed to files.
    pub(crate) fn is_function(route: RouteNumber) -> bool {
        route.0 >= RouteNumber::WORKER.0
    }

    /// A request has arrived.
    pub(crate) fn begin(&self) {
        self.in_flight.set(self.in_flight.get() + 1);
    }

    /// The request that arrived is over.
    pub(crate) fn end(
        &self,
        route: RouteNumber,
        status: u16,
        duration: Duration,
        processor: Duration,
        bytes: u64,
    ) {
        self.in_flight.set(self.in_flight.get().saturating_sub(1));
        if let Some(traffic) = self.routes.borrow_mut().get_mut(route.0 as usize) {
            traffic.count(status, duration, processor, bytes);
        }
    }

    /// Requests that are not over.
    pub(crate) fn in_flight(&self) -> u32 {
        self.in_flight.get()
    }

    /// What was counted since this was last called, routes without requests left out.
    pub(crate) fn take(&self) -> Vec<RouteTraffic> {
        let mut routes = self.routes.borrow_mut();
        routes
            .iter_mut()
            .filter(|traffic| traffic.requests() > 0)
            .map(RouteTraffic::take)
            .collect()
    }
}

/// What the middleware and the module of a route are called.
fn names(route: &Route) -> [String; 2] {
    let path = route.path.to_string();
    [format!("{}/_middleware", path.trim_end_matches('/')), path]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use quire_routes::{FunctionFile, RouteOptions, Router};

    use super::*;

    fn table() -> RouteTable {
        let file = |path: &str, exports: &[&str]| FunctionFile {
            path: path.to_owned(),
            exports: exports.iter().map(|&export| export.to_owned()).collect(),
        };
        let files = [
            file("_middleware.js", &["onRequest"]),
            file("todos/[id].js", &["onRequestGet", "onRequestPost"]),
        ];
        RouteTable::from_files(&files, &RouteOptions::default()).unwrap()
    }

    #[test]
    fn methods_of_a_path_count_together_and_middlewares_apart() {
        let router = Router::new(table());
        let tally = Tally::new(router.table());
        let name = |method, path| tally.name(tally.route_of(&router.find(method, path)));
        assert_eq!(&*name("GET", "/todos/1"), "/todos/:id");
        assert_eq!(&*name("POST", "/todos/1"), "/todos/:id");
        assert_eq!(&*name("GET", "/elsewhere"), "/_middleware");
        assert_eq!(&*tally.name(RouteNumber::WORKER), WORKER);
    }

    #[test]
    fn what_was_taken_is_counted_anew() {
        let tally = Tally::new(&table());
        assert!(tally.take().is_empty());
        for status in [200, 304, 200] {
            tally.begin();
            let moment = Duration::from_millis(1);
            tally.end(RouteNumber::STATIC, status, moment, Duration::ZERO, 5);
        }
        let taken = tally.take();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].statuses, [(200, 2), (304, 1)]);
        assert_eq!((taken[0].bytes, tally.in_flight()), (15, 0));
        assert!(tally.take().is_empty());
    }
}
