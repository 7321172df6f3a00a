//! Why a request goes where it goes, for people to read.
//!
//! This walks the whole table entry by entry, as the rules are written, and shares only the matching of one
//! route with the router's fast path.

use serde::Serialize;

use crate::chain::{Captures, StepKind};
use crate::export::Method;
use crate::order::{self, Precedence};
use crate::pattern::Spans;
use crate::router::{Router, match_middleware, match_module};
use crate::slashes::collapse;

/// The story of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The request's method.
    pub method: String,
    /// The request's raw pathname.
    pub pathname: String,
    /// Every entry that was looked at, in the order of looking: middlewares, the last of the table first, then
    /// modules from the first on.
    pub considered: Vec<Considered>,
}

impl Explanation {
    /// The entries that run, in order.
    pub fn chain(&self) -> impl Iterator<Item = &Considered> {
        self.considered
            .iter()
            .filter(|entry| matches!(entry.outcome, Outcome::Runs { .. }))
    }

    /// The entries whose path fits the request, whatever became of them.
    pub fn matching(&self) -> impl Iterator<Item = &Considered> {
        self.considered
            .iter()
            .filter(|entry| !matches!(entry.outcome, Outcome::OtherPath))
    }
}

/// One handler of the table, seen from the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Considered {
    /// Index of the route in the table.
    pub route: u32,
    /// Which of the route's handlers.
    pub kind: StepKind,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a handler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The path does not match.
    OtherPath,
    /// The path matches; the handler is for another method.
    OtherMethod,
    /// It runs.
    Runs {
        /// `context.functionPath`
        function_path: String,
        /// `context.params`
        params: Vec<NamedValue>,
    },
    /// It matches, but a module before it was first.
    Behind {
        /// Index of that module's route.
        first: u32,
        /// Why that one comes first.
        because: Precedence,
    },
    /// It is first, but its catch-all would take nothing, and the folder has an `index`.
    YieldsTo {
        /// Index of the route that answers instead.
        index: u32,
    },
}

/// A parameter as a handler sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedValue {
    /// Its name.
    pub name: String,
    /// Its raw text; of a catch-all with the slashes.
    pub value: String,
    /// Whether the handler sees an array.
    pub catch_all: bool,
}

impl Router {
    /// Tells for every handler of the table why it runs for a request or does not.
    pub fn explain(&self, method: &str, pathname: &str) -> Explanation {
        let mut considered = self.explain_middlewares(Method::from_request(method), pathname);
        considered.extend(self.explain_modules(Method::from_request(method), pathname));
        Explanation {
            method: method.to_owned(),
            pathname: pathname.to_owned(),
            considered,
        }
    }

    fn explain_middlewares(&self, method: Option<Method>, pathname: &str) -> Vec<Considered> {
        let collapsed = collapse(pathname);
        let entries = (0u32..)
            .zip(self.table().routes())
            .filter(|(_, route)| route.middleware.is_some());
        let entries: Vec<_> = entries.collect();
        let explain = |&(at, route)| {
            let outcome = match match_middleware(route, pathname, collapsed.as_deref()) {
                None => Outcome::OtherPath,
                Some(_) if !route.accepts(method) => Outcome::OtherMethod,
                Some((function_path, params)) => runs(function_path, &params),
            };
            Considered {
                route: at,
                kind: StepKind::Middleware,
                outcome,
            }
        };
        entries.iter().rev().map(explain).collect()
    }

    fn explain_modules(&self, method: Option<Method>, pathname: &str) -> Vec<Considered> {
        let routes = self.table().routes();
        let mut spans = Spans::new();
        let mut first: Option<u32> = None;
        let mut heir: Option<(u32, Spans)> = None;
        let mut considered = Vec::new();
        for (at, route) in (0u32..)
            .zip(routes)
            .filter(|(_, route)| route.module.is_some())
        {
            let outcome = if !match_module(route, pathname, &mut spans) {
                Outcome::OtherPath
            } else if !route.accepts(method) {
                Outcome::OtherMethod
            } else if let Some(first) = first {
                let winner = &routes[first as usize];
                let (_, because) = order::compare(
                    (winner.path.as_str(), winner.method),
                    (route.path.as_str(), route.method),
                );
                Outcome::Behind { first, because }
            } else {
                first = Some(at);
                heir = self.heir(at, method, pathname, &spans);
                match &heir {
                    Some((index, _)) => Outcome::YieldsTo { index: *index },
                    None => runs(
                        pathname,
                        &Captures::new(route.path.params(), &spans, pathname),
                    ),
                }
            };
            considered.push(Considered {
                route: at,
                kind: StepKind::Module,
                outcome,
            });
        }
        if let Some((index, spans)) = heir
            && let Some(entry) = considered.iter_mut().find(|entry| entry.route == index)
        {
            let params = routes[index as usize].path.params();
            entry.outcome = runs(pathname, &Captures::new(params, &spans, pathname));
        }
        considered
    }
}

fn runs(function_path: &str, params: &Captures<'_>) -> Outcome {
    let mut named: Vec<NamedValue> = Vec::new();
    for capture in params.iter() {
        let (name, value) = (capture.name.to_owned(), capture.value.to_owned());
        let value = NamedValue {
            name,
            value,
            catch_all: capture.catch_all,
        };
        match named.iter_mut().find(|earlier| earlier.name == value.name) {
            Some(earlier) => *earlier = value,
            None => named.push(value),
        }
    }
    Outcome::Runs {
        function_path: function_path.to_owned(),
        params: named,
    }
}
