//! The answer of the router: who runs, in which order, with which parameters.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::pattern::{Param, Span, Spans};
use crate::slashes::raw_prefix_len;

/// Whether a step is a route's middleware or its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// Runs before what it guards.
    Middleware,
    /// The last step of a chain.
    Module,
}

/// The handlers for one request: middlewares from the outermost inwards, then at most one module.
/// What comes after the last step is the static assets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain<'a> {
    /// The steps, in the order they run.
    pub steps: SmallVec<[Step<'a>; 4]>,
}

impl<'a> Chain<'a> {
    /// The module at the end, if one was found.
    pub fn module(&self) -> Option<&Step<'a>> {
        self.steps
            .last()
            .filter(|step| step.kind == StepKind::Module)
    }

    /// Whether no handler wants the request.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// One handler of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Index of the route in the table.
    pub route: u32,
    /// Which of the route's handlers.
    pub kind: StepKind,
    /// `context.functionPath`: for a middleware what its folder matched, for a module the whole pathname.
    pub function_path: &'a str,
    /// `context.params`, raw.
    pub params: Captures<'a>,
}

/// The parameters of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captures<'a> {
    names: &'a [Param],
    values: SmallVec<[Option<Cow<'a, str>>; 4]>,
}

/// A parameter that has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture<'c> {
    /// The parameter's name.
    pub name: &'c str,
    /// Its raw text; of a catch-all the segments with the slashes between them.
    pub value: &'c str,
    /// Whether the handler sees an array of segments rather than a string.
    pub catch_all: bool,
}

impl Capture<'_> {
    /// The segments of a catch-all; of a single parameter its one value.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        let whole = (!self.catch_all).then_some(self.value);
        let parts = self
            .catch_all
            .then(|| self.value.split('/'))
            .into_iter()
            .flatten();
        whole.into_iter().chain(parts)
    }
}

impl<'a> Captures<'a> {
    /// The parameters of the route, from the left, with or without a value; the names are fixed per route.
    pub fn slots(&self) -> impl ExactSizeIterator<Item = (&'a Param, Option<&str>)> {
        self.names
            .iter()
            .zip(self.values.iter().map(Option::as_deref))
    }

    /// The parameters that have a value, from the left. Names may repeat: a later one replaces an earlier one.
    pub fn iter(&self) -> impl Iterator<Item = Capture<'_>> {
        self.slots().filter_map(|(param, value)| {
            Some(Capture {
                name: &param.name,
                value: value?,
                catch_all: param.catch_all,
            })
        })
    }

    /// The value a handler sees under `name`.
    pub fn get(&self, name: &str) -> Option<Capture<'_>> {
        self.iter().filter(|capture| capture.name == name).last()
    }

    pub(crate) fn new(names: &'a [Param], spans: &Spans, path: &'a str) -> Self {
        let text = |span: Span| {
            span.map(|(start, end)| Cow::Borrowed(&path[start as usize..end as usize]))
        };
        Captures {
            names,
            values: spans.iter().copied().map(text).collect(),
        }
    }

    /// Like `new`, where the spans are those of `collapsed`, the form of `raw` without runs of slashes.
    pub(crate) fn from_collapsed(
        names: &'a [Param],
        spans: &Spans,
        collapsed: &str,
        raw: &'a str,
    ) -> Self {
        let text = |span: Span| {
            span.map(|(start, end)| {
                let value = &collapsed[start as usize..end as usize];
                let in_raw =
                    &raw[raw_prefix_len(raw, start as usize)..raw_prefix_len(raw, end as usize)];
                if in_raw == value {
                    Cow::Borrowed(in_raw)
                } else {
                    Cow::Owned(value.to_owned())
                }
            })
        };
        Captures {
            names,
            values: spans.iter().copied().map(text).collect(),
        }
    }
}
