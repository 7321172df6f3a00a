#![allow(clippy::unwrap_used)]

mod arbitrary;
mod inheritance;
mod problems;
mod values;

use super::{ConfigFormat, ParsedConfig, ProjectConfig, Strictness};
use crate::problem::{ConfigErrors, Problem};

fn parse(text: &str, strictness: Strictness) -> Result<ParsedConfig, ConfigErrors> {
    let (file, format) = if text.trim_start().starts_with(['{', '/']) {
        ("wrangler.jsonc", ConfigFormat::Json)
    } else {
        ("wrangler.toml", ConfigFormat::Toml)
    };
    ProjectConfig::parse(text, file, format, strictness)
}

/// The configuration of a text without any problem.
fn config(text: &str) -> ProjectConfig {
    let parsed = parse(text, Strictness::Fail).unwrap();
    assert!(parsed.warnings.is_empty(), "{:?}", shown(&parsed.warnings));
    parsed.config
}

fn shown(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| format!("{}:{}: {problem}", problem.line(), problem.column()))
        .collect()
}

/// The errors of a text, each as `line:column: message`.
fn errors(text: &str) -> Vec<String> {
    shown(parse(text, Strictness::Fail).unwrap_err().problems())
}

/// The warnings of a text, each as `line:column: message`.
fn warnings(text: &str, strictness: Strictness) -> Vec<String> {
    shown(&parse(text, strictness).unwrap().warnings)
}
