//! What went wrong while scanning or bundling, in a shape that a terminal, a log line and an error page can all use.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{LabeledSpan, NamedSource, SourceCode};

/// Whether a [`Problem`] stopped the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// There is no bundle.
    Error,
    /// There is a bundle, but it will probably not do what was meant.
    Warning,
}

/// One thing to tell the author of the project.
///
/// [`fmt::Display`] gives the message alone; as a [`miette::Diagnostic`] it carries the code frame and the advice.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What happened, naming the file when there is no [`place`](Self::place).
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether it stopped the build.
    pub severity: Severity,
    /// Where in the project's files.
    pub place: Option<Box<Place>>,
}

/// A stretch of text in one of the project's files.
#[derive(Debug, Clone)]
pub struct Place {
    /// Path relative to the project directory, '/'-separated.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    source: Arc<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
}

impl Place {
    /// The place `start..end` (bytes) of `text`; out-of-range or split-character offsets are moved to the nearest sensible ones.
    pub(crate) fn new(
        file: &str,
        text: &str,
        start: usize,
        end: usize,
        label: Option<String>,
    ) -> Self {
        let start = floor_boundary(text, start);
        let end = floor_boundary(text, end).max(start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            source: Arc::new(NamedSource::new(file, text.to_owned())),
            labels: vec![LabeledSpan::new_primary_with_span(
                label,
                (start, end - start),
            )],
        }
    }

    /// Points at one more stretch of the same file.
    pub(crate) fn also(&mut self, start: usize, end: usize, label: Option<String>) {
        let text = self.source.inner();
        let start = floor_boundary(text, start);
        let end = floor_boundary(text, end).max(start);
        self.labels
            .push(LabeledSpan::new_with_span(label, (start, end - start)));
    }

    /// The text of the file as it was read.
    pub fn text(&self) -> &str {
        self.source.inner()
    }
}

/// The last character boundary at or before `offset`.
fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The byte offset of a position given as line (from 0) and column (from 0, in UTF-16 units), as rolldown and source maps count.
pub(crate) fn offset_of_utf16(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 0..line {
        match text[start..].find('\n') {
            Some(newline) => start += newline + 1,
            None => return text.len(),
        }
    }
    let mut units = 0;
    for (index, character) in text[start..].char_indices() {
        if units >= column || character == '\n' {
            return start + index;
        }
        units += character.len_utf16();
    }
    text.len()
}

impl Problem {
    pub(crate) fn error(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            severity: Severity::Error,
            place: None,
        }
    }

    pub(crate) fn warning(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(message)
        }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    fn sort_key(&self) -> (String, usize, usize, String) {
        let (file, line, column) = match &self.place {
            Some(place) => (place.file.clone(), place.line, place.column),
            None => (String::new(), 0, 0),
        };
        (file, line, column, self.message.clone())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl miette::Diagnostic for Problem {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place
            .as_ref()
            .map(|place| &*place.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.place.as_ref().map(|place| {
            Box::new(place.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan> + '_>
        })
    }
}

/// By file, then by position, each once.
pub(crate) fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_cached_key(Problem::sort_key);
    problems.dedup_by_key(|problem| problem.sort_key());
    problems
}

/// Why there is no result: every problem that was found, not only the first.
///
/// [`fmt::Display`] gives their number, with `{:#}` a line for each; as a [`miette::Diagnostic`] the problems are the
/// related diagnostics.
#[derive(Debug, Clone)]
pub struct BundleErrors {
    /// At least one [`Severity::Error`]; warnings that were found on the way are in the list too.
    pub problems: Vec<Problem>,
    /// The files that were read before it failed: a change of any of them is a reason to try again.
    pub watched: Vec<PathBuf>,
}

impl BundleErrors {
    pub(crate) fn new(problems: Vec<Problem>, watched: Vec<PathBuf>) -> Self {
        Self {
            problems: in_order(problems),
            watched,
        }
    }

    fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
    }
}

impl From<Problem> for BundleErrors {
    fn from(problem: Problem) -> Self {
        Self::new(vec![problem], Vec::new())
    }
}

impl fmt::Display for BundleErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.errors().count();
        write!(
            formatter,
            "the build failed with {count} error{}",
            if count == 1 { "" } else { "s" }
        )?;
        // `{:#}` is for a plain log: one line each. The framed form shows them below this message anyway.
        if !formatter.alternate() {
            return Ok(());
        }
        for problem in self.errors() {
            match &problem.place {
                Some(place) => write!(
                    formatter,
                    "\n{}:{}:{}: {}",
                    place.file, place.line, place.column, problem.message
                )?,
                None => write!(formatter, "\n{}", problem.message)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for BundleErrors {}

impl miette::Diagnostic for BundleErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(
            self.problems
                .iter()
                .map(|problem| problem as &dyn miette::Diagnostic),
        ))
    }
}
