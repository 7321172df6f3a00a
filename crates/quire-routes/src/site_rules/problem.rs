//! What is wrong with a line of `_headers` or `_redirects`.

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceSpan};
use std::sync::Arc;
use thiserror::Error;

use super::line::Line;
use super::{MAX_DYNAMIC_REDIRECTS, MAX_HEADER_RULES, MAX_LINE_LENGTH, MAX_STATIC_REDIRECTS};

/// Why a line gives no rule.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RuleProblemKind {
    /// Longer than [`MAX_LINE_LENGTH`].
    #[error("the line has {length} characters, and at most {MAX_LINE_LENGTH} are allowed")]
    LineTooLong {
        /// Its length.
        length: usize,
    },
    /// More than [`MAX_HEADER_RULES`].
    #[error(
        "there are more than {MAX_HEADER_RULES} rules; the last {skipped} lines of the file are left out"
    )]
    TooManyHeaderRules {
        /// How many lines are not read, this one included.
        skipped: usize,
    },
    /// More than [`MAX_STATIC_REDIRECTS`].
    #[error("there are more than {MAX_STATIC_REDIRECTS} redirects without variable parts")]
    TooManyStaticRedirects,
    /// More than [`MAX_DYNAMIC_REDIRECTS`].
    #[error(
        "there are more than {MAX_DYNAMIC_REDIRECTS} redirects with variable parts; the last {skipped} lines of the file are left out"
    )]
    TooManyDynamicRedirects {
        /// How many lines are not read, this one included.
        skipped: usize,
    },
    /// `https://…` as the source of a redirect.
    #[error("a redirect starts from a path, not from a URL")]
    AbsoluteSource,
    /// A port in a rule's URL.
    #[error("the URL of a rule cannot have a port")]
    Port,
    /// `http://…`, or a word.
    #[error("this is neither a path nor a URL with `https`")]
    NeitherPathNorHttps,
    /// `/*/a/*`, or `*` together with `:splat`, which is its name.
    #[error("a path can have one `*`")]
    Splats,
    /// `/:a/:a`.
    #[error("nothing matches this path: a name stands in it twice")]
    RepeatedName,
    /// A rule of `_headers` without headers.
    #[error("the rule sets no headers and removes none")]
    NoHeaders,
    /// A header before the first rule.
    #[error("no rule is open that the header could belong to")]
    NoRule,
    /// A line of `_headers` that is neither path, header nor removal.
    #[error("the line is no `Name: value` and no `! Name`")]
    NoHeader,
    /// Nothing, a blank or another forbidden character.
    #[error("`{name}` is not a header's name")]
    HeaderName {
        /// As written.
        name: String,
    },
    /// `Content-Length` and its like.
    #[error("`{name}` says how an answer is transferred, which is not the site's to decide")]
    TransferHeader {
        /// In lower case.
        name: String,
    },
    /// `Name:` alone.
    #[error("the header has no value")]
    NoHeaderValue,
    /// Control characters, or characters beyond Latin-1.
    #[error("the header's value holds `{character}`, which headers cannot carry")]
    HeaderValue {
        /// The first of them.
        character: String,
    },
    /// Not two or three words.
    #[error("a redirect has 2 or 3 words, and this line has {count}")]
    WordCount {
        /// How many.
        count: usize,
    },
    /// Not one of those allowed.
    #[error("`{status}` is not a status that a redirect can have")]
    Status {
        /// As written.
        status: String,
    },
    /// `/* /index.html`.
    #[error("the redirect would lead to itself, again and again")]
    Loop,
    /// A second redirect from one source.
    #[error("there is a redirect from `{source_path}` already")]
    Duplicate {
        /// The path that both start from.
        source_path: String,
    },
    /// `/a https://… 200`.
    #[error("a rewrite (status 200) cannot leave the site")]
    AbsoluteRewrite,
}

impl RuleProblemKind {
    fn help(&self) -> &'static str {
        match self {
            Self::LineTooLong { .. } => "cut the line, or set the header in a function",
            Self::TooManyHeaderRules { .. } => "merge rules with `*`, as in `/assets/*`",
            Self::TooManyStaticRedirects | Self::TooManyDynamicRedirects { .. } => {
                "merge redirects with `*` or `:name`, or redirect in a function"
            }
            Self::AbsoluteSource => {
                "write the path alone; to redirect by host, use a function in `functions/_middleware.js`"
            }
            Self::Port => "leave the port out: a rule applies on every port",
            Self::NeitherPathNorHttps => "begin a path with `/`, or a URL with `https://`",
            Self::Splats => "give the other variable parts names, as in `/:project/*`",
            Self::RepeatedName => {
                "give each variable part a name of its own, which no other one begins with"
            }
            Self::NoHeaders => "put `Name: value` or `! Name` on the lines below the path",
            Self::NoRule => "put the path that the header is for on a line before it, such as `/*`",
            Self::NoHeader => {
                "write `Name: value` to set a header, `! Name` to remove one, or begin a path with `/`"
            }
            Self::HeaderName { .. } => {
                "a header's name has letters, digits and hyphens; to remove a header, write `! Name` without a value"
            }
            Self::TransferHeader { .. } => "remove the line: the server sets the header itself",
            Self::NoHeaderValue => "write `Name: value`, or `! Name` to remove the header",
            Self::HeaderValue { .. } => "percent-encode it, or leave it out",
            Self::WordCount { .. } => {
                "write source, target and if need be a status: `/old /new 301`; write blanks in paths as `%20`"
            }
            Self::Status { .. } => "use 301, 302 (the default), 303, 307, 308, or 200 to rewrite",
            Self::Loop => {
                "remove it: a site without `404.html` answers every unknown path with `index.html` already"
            }
            Self::Duplicate { .. } => "remove it: the first one applies",
            Self::AbsoluteRewrite => "use 302 to redirect, or fetch the other site in a function",
        }
    }
}

/// A line that was left out, and why.
#[derive(Clone, Debug, Error)]
#[error("`{}:{line}:{column}`: {kind}", .source_code.name())]
pub struct RuleProblem {
    kind: RuleProblemKind,
    line: usize,
    column: usize,
    source_code: Arc<NamedSource<String>>,
    span: SourceSpan,
}

impl RuleProblem {
    /// What is wrong.
    pub fn kind(&self) -> &RuleProblemKind {
        &self.kind
    }

    /// The number of the line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl Diagnostic for RuleProblem {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new("quire::routes::site_rules"))
    }

    fn severity(&self) -> Option<Severity> {
        Some(Severity::Warning)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.kind.help()))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&*self.source_code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_with_span(Some("left out".to_owned()), self.span);
        Some(Box::new(std::iter::once(label)))
    }
}

/// Collects the problems of one file.
pub(super) struct Problems {
    source_code: Arc<NamedSource<String>>,
    found: Vec<RuleProblem>,
}

impl Problems {
    pub fn new(file: &str, text: &str) -> Self {
        Self {
            source_code: Arc::new(NamedSource::new(file, text.to_owned())),
            found: Vec::new(),
        }
    }

    pub fn add(&mut self, line: Line<'_>, kind: RuleProblemKind) {
        self.found.push(RuleProblem {
            kind,
            line: line.number,
            column: line.column,
            source_code: Arc::clone(&self.source_code),
            span: (line.offset, line.text.len()).into(),
        });
    }

    /// The problems in the order of their lines.
    pub fn into_vec(mut self) -> Vec<RuleProblem> {
        self.found.sort_by_key(|problem| problem.line);
        self.found
    }
}
