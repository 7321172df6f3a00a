//! The chains of handlers that JavaScript knows. It is told of each when that is first needed, and of what its requests have besides
//! with every one of them.

use super::outcome::{Failure, FailureKind};
use quire_jsc::{Arg, Value};
use quire_routes::{Chain, RouteTable, StepKind};
use rustc_hash::FxHashMap;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The chains that JavaScript knows, by the steps they consist of.
pub(super) struct Chains {
    routes: RouteTable,
    /// The function that tells JavaScript of one.
    define: Value,
    known: RefCell<FxHashMap<Vec<u32>, Rc<KnownChain>>>,
    /// The last request's steps, kept for its memory.
    key: Cell<Vec<u32>>,
}

/// A chain of handlers that JavaScript knows.
pub(super) struct KnownChain {
    pub(super) number: u32,
    /// The function paths of its steps, as the first request spelled them: JavaScript is told only of others. `None` if
    /// params tell requests apart.
    function_paths: Option<Vec<String>>,
}

impl Chains {
    /// None yet. `define` is called with a chain's number, and its steps as JSON.
    pub(super) fn new(routes: RouteTable, define: Value) -> Self {
        Self {
            routes,
            define,
            known: RefCell::default(),
            key: Cell::default(),
        }
    }

    /// What JavaScript knows of a chain.
    pub(super) fn known(&self, chain: &Chain<'_>) -> Result<Rc<KnownChain>, Failure> {
        let mut key = self.key.take();
        key.clear();
        key.extend(
            chain
                .steps
                .iter()
                .map(|step| step.route * 2 + u32::from(step.kind == StepKind::Module)),
        );
        let known = self.known.borrow().get(&key).cloned();
        if let Some(known) = known {
            self.key.set(key);
            return Ok(known);
        }
        let known = Rc::new(self.define(chain)?);
        self.known.borrow_mut().insert(key, known.clone());
        Ok(known)
    }

    fn define(&self, chain: &Chain<'_>) -> Result<KnownChain, Failure> {
        let steps: Vec<_> = chain
            .steps
            .iter()
            .filter_map(|step| {
                let route = self.routes.get(step.route)?;
                let handler = match step.kind {
                    StepKind::Module => route.module.as_ref()?,
                    StepKind::Middleware => route.middleware.as_ref()?,
                };
                let params: Vec<_> = step
                    .params
                    .slots()
                    .map(|(param, _)| json!([param.name, param.catch_all]))
                    .collect();
                Some(json!({
                    "file": handler.file,
                    "export": handler.export,
                    "params": params,
                    "functionPath": step.function_path,
                }))
            })
            .collect();
        let has_params = chain
            .steps
            .iter()
            .any(|step| step.params.slots().next().is_some());
        let number = self.known.borrow().len() as u32;
        let steps = serde_json::Value::Array(steps).to_string();
        let number_and_steps = [Arg::Number(f64::from(number)), Arg::String(&steps)];
        self.define
            .call_and_forget(None, number_and_steps)
            .map_err(|exception| Failure::new(FailureKind::Exception, exception.to_string()))?;
        let paths = chain.steps.iter().map(|step| step.function_path.to_owned());
        Ok(KnownChain {
            number,
            function_paths: (!has_params).then(|| paths.collect()),
        })
    }
}

impl KnownChain {
    /// The request's URL, then for each step its function path and the values of its params, absent ones
    /// empty, a line each; `None` if JavaScript knows all that but the URL. A URL contains no line feed, so nothing needs escaping.
    pub(super) fn values(&self, url: &str, chain: &Chain<'_>) -> Option<String> {
        let paths = chain.steps.iter().map(|step| step.function_path);
        if (self.function_paths.as_ref()).is_some_and(|known| known.iter().eq(paths)) {
            return None;
        }
        let mut values = String::with_capacity(url.len() + 64);
        values.push_str(url);
        for step in &chain.steps {
            values.push('\n');
            values.push_str(step.function_path);
            for (_, value) in step.params.slots() {
                values.push('\n');
                values.push_str(value.unwrap_or_default());
            }
        }
        Some(values)
    }
}
