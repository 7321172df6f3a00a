//! Why a request goes where it goes: `quire routes --explain`.

use quire_routes::{
    Considered, Decision, Explanation, NamedValue, Outcome, Route, Router, RoutesRules, RuleList,
    StepKind, Target,
};
use serde_json::{Value, json};

use crate::arguments::AskedRequest;
use crate::printer::{BOLD, CYAN, DIM, GREEN, styled};

/// All that decides about one request.
pub struct Story<'a> {
    router: &'a Router,
    /// Whether `_worker.js` answers instead of the routes.
    has_worker: bool,
    request: &'a AskedRequest,
    /// The decision of `_routes.json`; `None` without the file.
    decision: Option<Decision<'a>>,
    explanation: Explanation,
}

impl<'a> Story<'a> {
    pub fn of(
        request: &'a AskedRequest,
        router: &'a Router,
        has_worker: bool,
        rules: Option<&'a RoutesRules>,
    ) -> Story<'a> {
        Story {
            router,
            has_worker,
            request,
            decision: rules.map(|rules| rules.decide(&request.pathname)),
            explanation: router.explain(&request.method, &request.pathname),
        }
    }

    /// Whether the rules keep the request from the functions.
    fn is_kept_out(&self) -> bool {
        self.decision
            .is_some_and(|decision| decision.target == Target::Static)
    }

    fn rule(&self) -> String {
        let program = match self.has_worker {
            true => "`_worker.js`",
            false => "the functions",
        };
        match self.decision {
            None if !self.has_worker && self.router.table().is_empty() => {
                "there are no functions".to_owned()
            }
            None => format!("there is no `_routes.json`: every path may enter {program}"),
            Some(Decision {
                target: Target::Functions,
                rule: Some(rule),
            }) => {
                format!(
                    "`_routes.json` lets it into {program}: `include` has `{}`",
                    rule.text
                )
            }
            Some(Decision {
                rule: Some(rule), ..
            }) => {
                format!(
                    "`_routes.json` keeps it from {program}: `exclude` has `{}`",
                    rule.text
                )
            }
            Some(Decision { rule: None, .. }) => {
                format!(
                    "`_routes.json` keeps it from {program}: no `include` rule matches (case counts)"
                )
            }
        }
    }

    fn route(&self, entry: &Considered) -> Option<(&Route, &str)> {
        let route = self.router.table().get(entry.route)?;
        let handler = match entry.kind {
            StepKind::Middleware => route.middleware.as_ref(),
            StepKind::Module => route.module.as_ref(),
        };
        Some((route, &handler?.file))
    }

    /// Why an entry that fits the path does not run.
    fn passed_over(&self, entry: &Considered) -> Option<String> {
        let (route, file) = self.route(entry)?;
        let other = |index: u32| {
            let module = self
                .router
                .table()
                .get(index)
                .and_then(|route| route.module.as_ref());
            module
                .map(|module| module.file.as_str())
                .unwrap_or_default()
        };
        match &entry.outcome {
            Outcome::OtherPath | Outcome::Runs { .. } => None,
            Outcome::OtherMethod => {
                let method = route
                    .method
                    .map(|method| method.as_str())
                    .unwrap_or_default();
                Some(format!("{file}: it is for {method}"))
            }
            Outcome::Behind { first, because } => Some(format!(
                "{file}: behind {}, because {because}",
                other(*first)
            )),
            Outcome::YieldsTo { index } => Some(format!(
                "{file}: its catch-all would be empty, and the folder has {}",
                other(*index)
            )),
        }
    }

    /// The story for people.
    pub fn lines(&self) -> Vec<String> {
        let request = format!("{} {}", self.request.method, self.request.pathname);
        let mut lines = vec![styled(BOLD, request), format!("  {}", self.rule())];
        if self.is_kept_out() {
            lines.push(static_files());
            return lines;
        }
        if self.has_worker {
            lines.push(format!("  → {}", styled(CYAN, "_worker.js")));
            return lines;
        }
        let mut has_module = false;
        for (step, entry) in self.explanation.chain().enumerate() {
            let (
                Some((route, file)),
                Outcome::Runs {
                    function_path,
                    params,
                },
            ) = (self.route(entry), &entry.outcome)
            else {
                continue;
            };
            let kind = match entry.kind {
                StepKind::Middleware => "middleware",
                StepKind::Module => "function  ",
            };
            has_module |= entry.kind == StepKind::Module;
            let pattern = match entry.kind {
                StepKind::Middleware => route.mount.as_str(),
                StepKind::Module => route.path.as_str(),
            };
            let about = styled(DIM, format!("{pattern} matches {function_path}"));
            lines.push(format!(
                "  {}. {} {file}  {about}",
                step + 1,
                styled(CYAN, kind)
            ));
            for param in params {
                lines.push(format!("       {} = {}", param.name, shown(param)));
            }
        }
        if !has_module {
            let reason = if self.explanation.chain().next().is_some() {
                "no function is for it; next() leads to the "
            } else {
                "no function is for it: "
            };
            lines.push(static_files_because(reason));
        }
        for entry in self.explanation.matching() {
            if let Some(reason) = self.passed_over(entry) {
                lines.push(styled(DIM, format!("     not {reason}")));
            }
        }
        lines
    }

    /// The story for programs.
    pub fn json(&self) -> Value {
        let rule = self
            .decision
            .and_then(|decision| decision.rule)
            .map(|rule| {
                let list = match rule.list {
                    RuleList::Include => "include",
                    RuleList::Exclude => "exclude",
                };
                json!({ "list": list, "index": rule.index, "rule": rule.text })
            });
        let entry = |entry: &Considered| {
            let (route, file) = self.route(entry)?;
            let mut value = json!({
                "kind": entry.kind,
                "file": file,
                "pattern": route.path.as_str(),
                "method": route.method,
            });
            let outcome = serde_json::to_value(&entry.outcome).unwrap_or_default();
            if let (Value::Object(value), Value::Object(outcome)) = (&mut value, outcome) {
                value.extend(outcome);
            }
            if let (Outcome::Runs { params, .. }, Value::Object(value)) =
                (&entry.outcome, &mut value)
            {
                let params: serde_json::Map<String, Value> = params
                    .iter()
                    .map(|param| (param.name.clone(), param_value(param)))
                    .collect();
                value.insert("params".to_owned(), Value::Object(params));
            }
            Some(value)
        };
        let kept_out = self.is_kept_out();
        let chain: Vec<Value> = match kept_out {
            true => Vec::new(),
            false => self.explanation.chain().filter_map(entry).collect(),
        };
        let passed_over: Vec<Value> = self
            .explanation
            .matching()
            .filter(|considered| kept_out || !matches!(considered.outcome, Outcome::Runs { .. }))
            .filter_map(entry)
            .collect();
        json!({
            "method": self.request.method,
            "path": self.request.pathname,
            "rules": self.decision.map(|decision| match decision.target {
                Target::Functions => "functions",
                Target::Static => "static",
            }),
            "rule": rule,
            "worker": self.has_worker && !kept_out,
            "chain": chain,
            "passed_over": passed_over,
        })
    }
}

fn static_files() -> String {
    static_files_because("")
}

fn static_files_because(reason: &str) -> String {
    format!("  → {reason}{}", styled(GREEN, "static files"))
}

/// A parameter as the function sees it.
fn param_value(param: &NamedValue) -> Value {
    match param.catch_all {
        true => param.value.split('/').collect(),
        false => Value::from(param.value.as_str()),
    }
}

fn shown(param: &NamedValue) -> String {
    param_value(param).to_string()
}
