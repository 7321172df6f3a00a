//! What is wrong with a configuration file, and where.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

/// Whether a problem stops the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used like this.
    Error,
    /// The file can be used; part of it has no effect.
    Warning,
}

/// A file's text with its name, shared by all problems found in it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    file: Arc<str>,
    text: Arc<str>,
}

impl Source {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        Self {
            file: file.into(),
            text: text.into(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// One thing that is wrong with a configuration file, with its place in the text.
#[derive(Debug, Clone)]
pub struct Problem {
    severity: Severity,
    message: String,
    label: String,
    help: Option<String>,
    span: Range<usize>,
    source: NamedSource<Arc<str>>,
}

impl Problem {
    pub(crate) fn new(
        severity: Severity,
        source: &Source,
        span: Range<usize>,
        message: String,
        label: String,
    ) -> Self {
        let end = span.end.min(source.text.len());
        let span = span.start.min(end)..end;
        let source = NamedSource::new(&source.file, source.text.clone());
        Self {
            severity,
            message,
            label,
            help: None,
            span,
            source,
        }
    }

    #[must_use]
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it stops the program.
    pub fn level(&self) -> Severity {
        self.severity
    }

    /// The name of the file.
    pub fn file(&self) -> &str {
        self.source.name()
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> usize {
        let before = self.before();
        before[before.rfind('\n').map_or(0, |at| at + 1)..]
            .chars()
            .count()
            + 1
    }

    fn before(&self) -> &str {
        let text: &str = self.source.inner();
        let mut start = self.span.start;
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        &text[..start]
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
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
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_with_span(Some(self.label.clone()), self.span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}

/// Everything that keeps a configuration file from being used. There is at least one problem.
#[derive(Debug, Clone)]
pub struct ConfigErrors {
    problems: Vec<Problem>,
}

impl ConfigErrors {
    /// `None` without problems.
    pub(crate) fn new(problems: Vec<Problem>) -> Option<Self> {
        (!problems.is_empty()).then_some(Self { problems })
    }

    /// The problems, in the order of the text.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(
                formatter,
                "{separator}{}:{}:{}: {problem}",
                problem.file(),
                problem.line(),
                problem.column()
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

impl Diagnostic for ConfigErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(
            self.problems
                .iter()
                .map(|problem| problem as &dyn Diagnostic),
        ))
    }
}
