//! Everything the program prints. Results go to stdout; errors, warnings and notes to stderr. Colours and drawn reports
//! appear on terminals only (`NO_COLOR` turns the colours off). A closed pipe loses lines and nothing else.

use std::fmt;
use std::io::{IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use miette::{Diagnostic, MietteHandlerOpts, ReportHandler};

use crate::failure::Failure;
use crate::report;

/// Something that does not stop the command.
pub type Warning = Box<dyn Diagnostic + Send + Sync>;

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const RED: Style = AnsiColor::Red.on_default();
pub const GREEN: Style = AnsiColor::Green.on_default();
pub const YELLOW: Style = AnsiColor::Yellow.on_default();
pub const CYAN: Style = AnsiColor::Cyan.on_default();

/// `text` in a style; the codes are dropped where the output takes none.
pub fn styled(style: Style, text: impl fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A line on stdout.
pub fn line(text: impl fmt::Display) {
    // Nobody is left to be told that the output is gone.
    let _ = writeln!(anstream::stdout().lock(), "{text}");
}

/// Which output of another program a line is from.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    Output,
    Errors,
}

/// A line that another program printed, on the same output as there.
pub fn relayed(source: Source, text: &str) {
    let text = text.trim_end_matches(['\n', '\r']);
    let text = format!("{} {text}", styled(DIM, "[proxy]"));
    match source {
        Source::Output => line(text),
        Source::Errors => error_line(text),
    }
}

/// A line on stderr.
fn error_line(text: impl fmt::Display) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A line about the command itself, on stderr: results stay alone on stdout.
pub fn hint(text: impl fmt::Display) {
    error_line(styled(DIM, text));
}

/// Says why a command ends.
pub fn failure(failure: &Failure) {
    if !failure.is_reported() {
        diagnostic(failure);
    }
}

/// An error, a warning or a note.
pub fn diagnostic(diagnostic: &dyn Diagnostic) {
    error_line(drawn_for_stderr(diagnostic).trim_end_matches('\n'));
}

/// Warnings and notes.
pub fn warnings(warnings: &[Warning]) {
    warnings
        .iter()
        .for_each(|warning| diagnostic(warning.as_ref()));
}

/// A diagnostic as stderr takes it: drawn on a terminal, plain elsewhere.
pub fn drawn_for_stderr(diagnostic: &dyn Diagnostic) -> String {
    let stderr = std::io::stderr();
    if !stderr.is_terminal() {
        return report::plain(diagnostic);
    }
    let colours = AutoStream::choice(&stderr) != ColorChoice::Never;
    let handler = MietteHandlerOpts::new()
        .color(colours)
        .terminal_links(false)
        .build();
    let mut text = String::new();
    draw(&mut text, &handler, diagnostic);
    text
}

/// Draws the parts of a diagnostic that has some, since the whole only counts them.
fn draw(text: &mut String, handler: &dyn ReportHandler, diagnostic: &dyn Diagnostic) {
    let mut has_parts = false;
    for part in diagnostic.related().into_iter().flatten() {
        has_parts = true;
        draw(text, handler, part);
    }
    if !has_parts {
        text.push_str(&Drawn(handler, diagnostic).to_string());
    }
}

struct Drawn<'a>(&'a dyn ReportHandler, &'a dyn Diagnostic);

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(self.1, formatter)
    }
}

/// Something worth knowing that needs no action.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Notice {
    message: String,
    help: Option<String>,
    severity: miette::Severity,
}

impl Notice {
    /// It will probably not do what was meant.
    pub fn warning(message: impl Into<String>) -> Notice {
        Notice {
            message: message.into(),
            help: None,
            severity: miette::Severity::Warning,
        }
    }

    /// It is good to know.
    pub fn note(message: impl Into<String>) -> Notice {
        Notice {
            severity: miette::Severity::Advice,
            ..Notice::warning(message)
        }
    }

    /// Says which program it is about.
    #[must_use]
    pub fn about(mut self, program: &str) -> Notice {
        self.message = format!("service `{program}`: {}", self.message);
        self
    }

    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Notice {
        self.help = Some(help.into());
        self
    }
}

impl Diagnostic for Notice {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
}
