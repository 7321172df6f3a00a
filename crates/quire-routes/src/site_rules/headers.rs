//! `_headers`: headers that answers with static files get or lose, by path.

use serde::{Deserialize, Serialize};

use super::line::{Line, length, lines, lines_from, trim};
use super::path::{Accepts, read};
use super::pattern::{Patterns, check};
use super::problem::{Problems, RuleProblemKind};
use super::{MAX_LINE_LENGTH, Parsed};

/// How many rules a file may have. As in the original, the one after them is still read.
pub const MAX_HEADER_RULES: usize = 100;

const PATHS: Accepts = Accepts {
    absolute: true,
    port: false,
    query_and_fragment: false,
};

/// What a rule does to the answers whose path it matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderRule {
    /// The path, or `https://`, host and path, with `*` and `:name` as written.
    pub path: String,
    /// Names of headers that are removed, before any is set.
    pub unset: Vec<String>,
    /// Headers that are set: names in lower case, and values in which `:splat` and `:name` stand for what matched.
    pub set: Vec<(String, String)>,
}

/// What happens to an answer's headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderChange<'a> {
    /// The header goes, whoever set it.
    Remove(&'a str),
    /// The header replaces what the answer had.
    Set(&'a str, String),
    /// An earlier rule set the header; this is a further value.
    Append(&'a str, String),
}

/// The rules of a `_headers` file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<HeaderRule>", into = "Vec<HeaderRule>")]
pub struct HeaderRules {
    rules: Vec<HeaderRule>,
    paths: Patterns,
    /// Those that name a host. Matching them needs a URL put together, which most files never need.
    urls: Patterns,
}

impl From<Vec<HeaderRule>> for HeaderRules {
    fn from(rules: Vec<HeaderRule>) -> Self {
        let patterns = |absolute: bool| {
            Patterns::new(
                rules
                    .iter()
                    .enumerate()
                    .filter(move |(_, rule)| rule.path.starts_with("https://") == absolute)
                    .map(|(index, rule)| (index, rule.path.clone())),
            )
        };
        Self {
            paths: patterns(false),
            urls: patterns(true),
            rules,
        }
    }
}

impl From<HeaderRules> for Vec<HeaderRule> {
    fn from(rules: HeaderRules) -> Self {
        rules.rules
    }
}

impl HeaderRules {
    /// Reads the text of a `_headers` file. `file` is its name for messages.
    pub fn parse(file: &str, text: &str) -> Parsed<HeaderRules> {
        let mut reader = Reader {
            problems: Problems::new(file, text),
            rules: Vec::new(),
            finished: 0,
            open: None,
            skips: false,
        };
        for line in lines(text) {
            if length(line.text) > MAX_LINE_LENGTH {
                let length = length(line.text);
                reader
                    .problems
                    .add(line, RuleProblemKind::LineTooLong { length });
            } else if !is_path(line.text) {
                reader.header(line);
            } else if reader.finished >= MAX_HEADER_RULES {
                let skipped = lines_from(text, line.number);
                let kind = RuleProblemKind::TooManyHeaderRules { skipped };
                reader.problems.add(line, kind);
                break;
            } else {
                reader.path(line);
            }
        }
        reader.close();
        Parsed {
            rules: reader.rules.into(),
            problems: reader.problems.into_vec(),
        }
    }

    /// The rules, in the order in which they apply.
    pub fn rules(&self) -> &[HeaderRule] {
        &self.rules
    }

    /// Whether there are rules for certain hosts only.
    pub fn name_hosts(&self) -> bool {
        !self.urls.is_empty()
    }

    /// What happens to the headers of an answer to a request for `path`, in order. `host` is the request's, without its port;
    /// the path is raw, as in the URL.
    pub fn changes(&self, host: Option<&str>, path: &str) -> Vec<HeaderChange<'_>> {
        let mut found: Vec<_> = self
            .paths
            .matches(path)
            .map(|(rule, captured)| (rule, self.values(rule, |value| captured.substitute(value))))
            .collect();
        if let (Some(host), false) = (host, self.urls.is_empty()) {
            let url = format!("https://{host}{path}");
            let of_urls = self.urls.matches(&url).map(|(rule, captured)| {
                (rule, self.values(rule, |value| captured.substitute(value)))
            });
            found.extend(of_urls);
            found.sort_by_key(|(rule, _)| *rule);
        }
        let mut changes = Vec::new();
        let mut already_set: Vec<&str> = Vec::new();
        for (rule, values) in found {
            let rule = &self.rules[rule];
            changes.extend(rule.unset.iter().map(|name| HeaderChange::Remove(name)));
            for ((name, _), value) in rule.set.iter().zip(values) {
                if already_set.contains(&name.as_str()) {
                    changes.push(HeaderChange::Append(name, value));
                } else {
                    already_set.push(name);
                    changes.push(HeaderChange::Set(name, value));
                }
            }
        }
        changes
    }

    fn values(&self, rule: usize, substitute: impl Fn(&str) -> String) -> Vec<String> {
        let values = self.rules[rule].set.iter();
        values.map(|(_, value)| substitute(value)).collect()
    }
}

struct Reader<'t> {
    problems: Problems,
    rules: Vec<HeaderRule>,
    /// How many rules were read, those that replaced another included.
    finished: usize,
    open: Option<(Line<'t>, HeaderRule)>,
    /// Whether the headers belong to a path that was left out, and so are with it.
    skips: bool,
}

impl<'t> Reader<'t> {
    fn path(&mut self, line: Line<'t>) {
        self.close();
        let path = read(line.text, PATHS).and_then(|path| check(&path).map(|()| path));
        self.skips = path.is_err();
        match path {
            Ok(path) => {
                let rule = HeaderRule {
                    path,
                    unset: Vec::new(),
                    set: Vec::new(),
                };
                self.open = Some((line, rule));
            }
            Err(kind) => self.problems.add(line, kind),
        }
    }

    /// Ends the open rule. Of two rules with the same path the later one takes the place of the earlier.
    fn close(&mut self) {
        let Some((line, rule)) = self.open.take() else {
            return;
        };
        if rule.set.is_empty() && rule.unset.is_empty() {
            self.problems.add(line, RuleProblemKind::NoHeaders);
            return;
        }
        self.finished += 1;
        match self.rules.iter_mut().find(|other| other.path == rule.path) {
            Some(other) => *other = rule,
            None => self.rules.push(rule),
        }
    }

    fn header(&mut self, line: Line<'_>) {
        if self.skips {
            return;
        }
        if let Err(kind) = self.read_header(line.text) {
            self.problems.add(line, kind);
        }
    }

    fn read_header(&mut self, line: &str) -> Result<(), RuleProblemKind> {
        let rule = self.open.as_mut().map(|(_, rule)| rule);
        let Some((name, value)) = line.split_once(':') else {
            let rule = rule.ok_or(RuleProblemKind::NoRule)?;
            let name = line.strip_prefix("! ").ok_or(RuleProblemKind::NoHeader)?;
            rule.unset.push(header_name(name)?);
            return Ok(());
        };
        let (name, value) = (header_name(name)?, trim(value));
        if value.is_empty() {
            return Err(RuleProblemKind::NoHeaderValue);
        }
        let forbidden = |character: &char| match *character {
            '\t' => false,
            character => character < ' ' || character == '\u{7f}' || character > '\u{ff}',
        };
        if let Some(character) = value.chars().find(forbidden) {
            let character = character.escape_debug().to_string();
            return Err(RuleProblemKind::HeaderValue { character });
        }
        let rule = rule.ok_or(RuleProblemKind::NoRule)?;
        match rule.set.iter_mut().find(|(other, _)| *other == name) {
            Some((_, values)) => {
                values.push_str(", ");
                values.push_str(value);
            }
            None => rule.set.push((name, value.to_owned())),
        }
        Ok(())
    }
}

/// Whether a line begins a rule: a path, or something with `://` in its first word.
fn is_path(line: &str) -> bool {
    let first = line.split(super::line::is_space).next();
    line.starts_with('/') || first.is_some_and(|word| word.find("://").is_some_and(|at| at > 0))
}

/// Headers that describe the transfer: a wrong one would break the connection.
const TRANSFER: [&str; 5] = [
    "connection",
    "content-length",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
];

fn header_name(written: &str) -> Result<String, RuleProblemKind> {
    let name = trim(written).to_ascii_lowercase();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(RuleProblemKind::HeaderName {
            name: written.to_owned(),
        });
    }
    if TRANSFER.contains(&name.as_str()) {
        return Err(RuleProblemKind::TransferHeader { name });
    }
    Ok(name)
}
