//! Which code answers a request.
//!
//! A Pages project says so with files: the paths below `functions/`, `_routes.json`, `_redirects` and `_headers`. This crate turns both
//! into data and answers questions about paths. It does no I/O, knows no clock and no async runtime.
//!
//! ```text
//! FunctionFile list ── RouteTable::from_files ──> RouteTable ── Router::new ──> Router ── find ──> Chain
//!   (path, exports)     placeholder, table, order    (ordered, serde)             index, pattern     (who runs, with what)
//!                                                       └── RoutesRules::generate ─┐
//! _routes.json ─────────── RoutesRules::parse ───────────────────────────────> RoutesRules ── decide ──> Functions | Static
//! ```
//!
//! - [`RouteTable`] is the project's routes in order of precedence. The supervisor builds it once and sends it to
//!   the workers; everything that can be wrong with a file name is an error here ([`RouteErrors`]), never at a request.
//! - [`Router`] answers a method and a raw pathname with the [`Chain`] of handlers to run: middlewares from the
//!   outermost inwards, then one module. Finding costs the same in a table of ten routes and of a thousand.
//! - [`Router::explain`] tells the same story slowly and in full, for people.
//! - [`RoutesRules`] decides before all that whether a path enters the functions at all.
//! - [`HeaderRules`] and [`RedirectRules`] are `_headers` and `_redirects`, which apply to static files only.
//!
//! Paths are raw: as in the URL, percent-encoded, never decoded, and so without `?` and `#`.
//!
//! ```
//! use quire_routes::{FunctionFile, RouteOptions, RouteTable, Router};
//!
//! let file = |path: &str| FunctionFile { path: path.to_owned(), exports: vec!["onRequest".to_owned()] };
//! let files = [file("_middleware.ts"), file("api/todos/[id].ts")];
//! let router = Router::new(RouteTable::from_files(&files, &RouteOptions::default())?);
//!
//! let chain = router.find("GET", "/api/todos/7");
//! assert_eq!(chain.steps.len(), 2);
//! let module = chain.module().and_then(|step| step.params.get("id"));
//! assert_eq!(module.map(|id| id.value), Some("7"));
//! # Ok::<(), quire_routes::RouteErrors>(())
//! ```
#![forbid(unsafe_code)]

mod chain;
mod collation;
mod error;
mod explain;
mod export;
mod index;
mod order;
mod pattern;
mod placeholder;
mod router;
mod routes_json;
mod site_rules;
mod slashes;
mod table;

pub use chain::{Capture, Captures, Chain, Step, StepKind};
pub use error::{RouteError, RouteErrors};
pub use explain::{Considered, Explanation, NamedValue, Outcome};
pub use export::Method;
pub use order::Precedence;
pub use pattern::{Param, PatternError, RoutePath};
pub use router::Router;
pub use routes_json::{
    DecidingRule, Decision, MAX_RULE_LENGTH, MAX_RULES, RoutesProblem, RoutesRules,
    RoutesRulesError, Rule, RuleList, Target,
};
pub use site_rules::{
    HeaderChange, HeaderRule, HeaderRules, MAX_DYNAMIC_REDIRECTS, MAX_HEADER_RULES,
    MAX_LINE_LENGTH, MAX_STATIC_REDIRECTS, Parsed, Redirect, RedirectRule, RedirectRules,
    RuleProblem, RuleProblemKind, SiteRules,
};
pub use table::{
    FunctionFile, HandlerRef, IndexConflict, Route, RouteNote, RouteOptions, RouteTable,
};
