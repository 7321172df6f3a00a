//! `_headers` and `_redirects`: what static files of a project are answered with besides themselves.
//!
//! ```text
//! _headers ───> HeaderRules::parse ──> HeaderRules ── changes(host, path) ──> headers to remove and to set, in order
//! _redirects ─> RedirectRules::parse ─> RedirectRules ── find(path) ──> Redirect { status, target }
//! ```
//!
//! Both files are lenient: a line that makes no sense is left out, reported as a [`RuleProblem`], and the rest applies.
//! Matching costs the same with two rules and with two thousand: rules without variable parts are found in a
//! map, all others by one automaton.

use serde::{Deserialize, Serialize};

mod headers;
mod line;
mod path;
mod pattern;
mod problem;
mod redirects;

#[cfg(test)]
mod tests;

pub use headers::{HeaderChange, HeaderRule, HeaderRules, MAX_HEADER_RULES};
pub use problem::{RuleProblem, RuleProblemKind};
pub use redirects::{
    MAX_DYNAMIC_REDIRECTS, MAX_STATIC_REDIRECTS, Redirect, RedirectRule, RedirectRules,
};

/// The rules of both files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SiteRules {
    /// `_redirects`
    pub redirects: RedirectRules,
    /// `_headers`
    pub headers: HeaderRules,
}

impl SiteRules {
    /// Whether no rule can ever apply.
    pub fn is_empty(&self) -> bool {
        self.redirects.rules().is_empty() && self.headers.rules().is_empty()
    }
}

/// How many characters (UTF-16 units) a line of either file may have.
pub const MAX_LINE_LENGTH: usize = 2_000;

/// A file's rules, and what is wrong with the lines that gave none.
#[derive(Debug, Clone)]
pub struct Parsed<T> {
    /// The rules that apply.
    pub rules: T,
    /// Lines that were left out, in order.
    pub problems: Vec<RuleProblem>,
}
