//! One tree for both languages, in which every key and value knows its place in the text.

mod jsonc;
mod toml;

use std::ops::Range;

pub(crate) use jsonc::parse_jsonc;
pub(crate) use toml::parse_toml;

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(String),
    /// A date, a time, or both, as written. Only TOML has it.
    Datetime(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Range<usize>,
    pub(crate) value: Node,
}

/// What is wrong with a text that is not in its language.
#[derive(Debug, Clone)]
pub(crate) struct SyntaxProblem {
    pub(crate) message: String,
    pub(crate) span: Range<usize>,
}

/// Floats at and beyond this do not all have neighbours one apart, so an integer may not be what was meant.
const FIRST_INEXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

impl Kind {
    /// A number as JavaScript sees it, where `1.0` and `1` are the same.
    #[allow(clippy::cast_possible_truncation)] // guarded: whole and in range
    fn number(value: f64) -> Self {
        let whole = value.fract() == 0.0 && value.abs() < FIRST_INEXACT_INTEGER;
        if whole && !(value == 0.0 && value.is_sign_negative()) {
            Self::Integer(value as i64)
        } else {
            Self::Float(value)
        }
    }
}

impl Node {
    /// What was found where something else was expected. Texts are left out: they may be secrets.
    pub(crate) fn description(&self) -> String {
        match &self.kind {
            Kind::Null => "`null`".to_owned(),
            Kind::Boolean(value) => format!("the boolean `{value}`"),
            Kind::Integer(value) => format!("the number `{value}`"),
            Kind::Float(value) => format!("the number `{value}`"),
            Kind::String(_) => "a string".to_owned(),
            Kind::Datetime(_) => "a date".to_owned(),
            Kind::Array(_) => "a list".to_owned(),
            Kind::Table(_) => "a table".to_owned(),
        }
    }

    /// Whether the value says no more than leaving the key out.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Null => true,
            Kind::Array(items) => items.is_empty(),
            Kind::Table(entries) => entries.iter().all(|entry| entry.value.is_empty()),
            _ => false,
        }
    }
}
