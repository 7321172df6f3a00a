//! `_redirects`: paths that lead elsewhere.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::line::{Line, is_space, length, lines, lines_from};
use super::path::{Accepts, is_absolute, read};
use super::pattern::{Patterns, check, is_dynamic};
use super::problem::{Problems, RuleProblemKind};
use super::{MAX_LINE_LENGTH, Parsed};

/// How many redirects without variable parts a file may have.
pub const MAX_STATIC_REDIRECTS: usize = 2_000;

/// How many redirects with variable parts, or after one with variable parts, a file may have.
pub const MAX_DYNAMIC_REDIRECTS: usize = 100;

const DEFAULT_STATUS: u16 = 302;

/// Answers with the target's file instead of redirecting there.
const REWRITE: u16 = 200;

const STATUSES: [u16; 6] = [REWRITE, 301, 302, 303, 307, 308];

const SOURCES: Accepts = Accepts {
    absolute: false,
    port: false,
    query_and_fragment: false,
};

const TARGETS: Accepts = Accepts {
    absolute: true,
    port: true,
    query_and_fragment: true,
};

/// A redirect as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectRule {
    /// The path, with `*` and `:name`.
    pub source: String,
    /// A path or an `https` URL, in which `:splat` and `:name` stand for what matched.
    pub target: String,
    /// 301, 302, 303, 307, 308, or 200 for a rewrite.
    pub status: u16,
    /// Whether it is matched by pattern: it has variable parts, or stands after one that has.
    pub dynamic: bool,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// The client is told to go elsewhere.
    To {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// A path, a `//host` or an `https` URL, to be resolved against the request's URL.
        target: String,
    },
    /// The answer is what this path has, which is not looked up among the redirects again.
    Rewrite {
        /// The path, raw, with any query and fragment of the rule.
        target: String,
    },
}

/// The rules of a `_redirects` file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<RedirectRule>", into = "Vec<RedirectRule>")]
pub struct RedirectRules {
    rules: Vec<RedirectRule>,
    /// Places of rules without variable parts, by their source.
    fixed: HashMap<String, usize>,
    dynamic: Patterns,
}

impl From<Vec<RedirectRule>> for RedirectRules {
    fn from(rules: Vec<RedirectRule>) -> Self {
        let of_kind = |dynamic: bool| {
            rules
                .iter()
                .enumerate()
                .filter(move |(_, rule)| rule.dynamic == dynamic)
                .map(|(index, rule)| (index, rule.source.clone()))
        };
        Self {
            fixed: of_kind(false)
                .map(|(index, source)| (source, index))
                .collect(),
            dynamic: Patterns::new(of_kind(true)),
            rules,
        }
    }
}

impl From<RedirectRules> for Vec<RedirectRule> {
    fn from(rules: RedirectRules) -> Self {
        rules.rules
    }
}

impl RedirectRules {
    /// Reads the text of a `_redirects` file. `file` is its name for messages.
    pub fn parse(file: &str, text: &str) -> Parsed<RedirectRules> {
        let mut problems = Problems::new(file, text);
        let mut reader = Reader::default();
        for line in lines(text) {
            match reader.read(line) {
                Ok(()) => {}
                Err(RuleProblemKind::TooManyDynamicRedirects { .. }) => {
                    let skipped = lines_from(text, line.number);
                    let kind = RuleProblemKind::TooManyDynamicRedirects { skipped };
                    problems.add(line, kind);
                    break;
                }
                Err(kind) => problems.add(line, kind),
            }
        }
        Parsed {
            rules: reader.rules.into(),
            problems: problems.into_vec(),
        }
    }

    /// The rules, in the order of the file.
    pub fn rules(&self) -> &[RedirectRule] {
        &self.rules
    }

    /// Where a request for `path` goes; `None` to where it says. The path is raw, as in the URL.
    pub fn find(&self, path: &str) -> Option<Redirect> {
        if let Some(&index) = self.fixed.get(path) {
            let rule = &self.rules[index];
            return Some(rule.applied(rule.target.clone()));
        }
        let (index, captured) = self.dynamic.matches(path).next()?;
        let rule = &self.rules[index];
        let target = captured.substitute(&rule.target);
        // What a splat matched must not turn a path into another host's.
        Some(rule.applied(match names_host(&rule.target) {
            true => target,
            false => with_single_slashes(&target),
        }))
    }
}

impl RedirectRule {
    fn applied(&self, target: String) -> Redirect {
        match self.status {
            REWRITE => Redirect::Rewrite { target },
            status => Redirect::To { status, target },
        }
    }
}

#[derive(Default)]
struct Reader {
    rules: Vec<RedirectRule>,
    sources: HashSet<String>,
    fixed: usize,
    dynamic: usize,
}

impl Reader {
    /// The order of the checks is the original's: which lines count towards the limits depends on it.
    fn read(&mut self, line: Line<'_>) -> Result<(), RuleProblemKind> {
        let length = length(line.text);
        if length > MAX_LINE_LENGTH {
            return Err(RuleProblemKind::LineTooLong { length });
        }
        let words: Vec<&str> = without_comment(line.text)
            .split(is_space)
            .filter(|word| !word.is_empty())
            .collect();
        let (source, target, status) = match words[..] {
            [source, target] => (source, target, None),
            [source, target, status] => (source, target, Some(status)),
            _ => return Err(RuleProblemKind::WordCount { count: words.len() }),
        };
        let source = read(source, SOURCES)?;
        let dynamic = self.dynamic > 0 || is_dynamic(&source);
        self.count(dynamic)?;
        let target = read(target, TARGETS)?;
        let status = match status {
            None => DEFAULT_STATUS,
            Some(written) => status_of(written)?,
        };
        let to_index = target.ends_with("/index") || target.ends_with("/index.html");
        if !is_absolute(&target) && to_index && (source.ends_with("/*") || source.ends_with('/')) {
            return Err(RuleProblemKind::Loop);
        }
        if !self.sources.insert(source.clone()) {
            return Err(RuleProblemKind::Duplicate {
                source_path: source,
            });
        }
        if status == REWRITE && is_absolute(&target) {
            return Err(RuleProblemKind::AbsoluteRewrite);
        }
        check(&source)?;
        self.rules.push(RedirectRule {
            source,
            target,
            status,
            dynamic,
        });
        Ok(())
    }

    fn count(&mut self, dynamic: bool) -> Result<(), RuleProblemKind> {
        if dynamic {
            self.dynamic += 1;
            if self.dynamic > MAX_DYNAMIC_REDIRECTS {
                return Err(RuleProblemKind::TooManyDynamicRedirects { skipped: 0 });
            }
        } else {
            self.fixed += 1;
            if self.fixed > MAX_STATIC_REDIRECTS {
                return Err(RuleProblemKind::TooManyStaticRedirects);
            }
        }
        Ok(())
    }
}

/// A line up to white space followed by `#`.
fn without_comment(line: &str) -> &str {
    let mut after_space = false;
    for (at, character) in line.char_indices() {
        if character == '#' && after_space {
            return line[..at].trim_end_matches(is_space);
        }
        after_space = is_space(character);
    }
    line
}

/// A status as JavaScript reads a number; `0x12d` and `3.01e2` are 301.
fn status_of(written: &str) -> Result<u16, RuleProblemKind> {
    let number = match written.strip_prefix("0x").or(written.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16)
            .ok()
            .map(|number| number as f64),
        None => written.parse::<f64>().ok(),
    };
    STATUSES
        .into_iter()
        .find(|status| number == Some(f64::from(*status)))
        .ok_or_else(|| RuleProblemKind::Status {
            status: written.to_owned(),
        })
}

/// Whether a target names a host: `https://…`, or `//` and something of a host.
fn names_host(target: &str) -> bool {
    match target.strip_prefix("//") {
        Some(rest) => rest.starts_with(|first| !matches!(first, '/' | '\\' | '?' | '#')),
        None => is_absolute(target),
    }
}

/// Runs of slashes and backslashes in the path as one slash.
fn with_single_slashes(target: &str) -> String {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    let (path, rest) = target.split_at(end);
    let mut out = String::with_capacity(target.len());
    for character in path.chars() {
        let slash = matches!(character, '/' | '\\');
        if !(slash && out.ends_with('/')) {
            out.push(if slash { '/' } else { character });
        }
    }
    out.push_str(rest);
    out
}
