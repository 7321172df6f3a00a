//! Lines for people: requests and the functions' console on the way out of a worker, notices of the server.
//!
//! What tells of work goes to stdout, what tells of trouble to stderr. Each line is one write, so that lines of several
//! processes do not mix. Colours appear on terminals only. A closed pipe loses lines and nothing else.

mod events;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::answer::WORKER;
use crate::settings::LogLevel;

const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const BOLD: Style = Style::new().bold();

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    pub level: LogLevel,
}

/// What a request line tells.
pub(crate) struct RequestLine<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub status: http::StatusCode,
    pub duration: Duration,
    /// The file in `functions/`, or [`WORKER`].
    pub function: Option<&'a str>,
}

/// Where the file of a program is, and the file.
fn place(file: &str) -> (&'static str, &str) {
    match file {
        WORKER => (" ", file),
        _ => (" functions/", file),
    }
}

impl Log {
    /// Something happened as it should.
    pub(crate) fn notice(self, text: &str) {
        if self.level <= LogLevel::Log {
            write(Output::Stdout, |line, _| line.push_str(text));
        }
    }

    /// Something needs attention; the server goes on.
    pub(crate) fn warning(self, text: &str) {
        if self.level <= LogLevel::Warn {
            write(Output::Stderr, |line, paint| {
                paint.words(line, YELLOW, &["warning: ", text])
            });
        }
    }

    /// Something failed.
    pub(crate) fn error(self, text: &str) {
        if self.level <= LogLevel::Error {
            write(Output::Stderr, |line, paint| {
                paint.words(line, RED, &["error: "]);
                line.push_str(text);
            });
        }
    }

    /// Text that has its own layout, such as a report with a code frame.
    pub(crate) fn report(self, text: &str) {
        if self.level <= LogLevel::Error {
            write(Output::Stderr, |line, _| {
                line.push_str(text.trim_end_matches('\n'))
            });
        }
    }

    /// A request was answered.
    pub(crate) fn request(self, request: &RequestLine<'_>) {
        write(Output::Stdout, |line, paint| {
            let style = match request.status.as_u16() {
                500.. => RED,
                400.. => YELLOW,
                300.. => CYAN,
                _ => GREEN,
            };
            paint.words(line, BOLD, &[request.method]);
            line.push(' ');
            line.push_str(request.path);
            line.push(' ');
            let reason = request.status.canonical_reason().unwrap_or_default();
            paint.words(line, style, &[request.status.as_str(), " ", reason]);
            let milliseconds = request.duration.as_secs_f64() * 1000.0;
            let digits = if milliseconds < 10.0 { 1 } else { 0 };
            line.push(' ');
            let (folder, file) = request.function.map_or(("", ""), place);
            paint.words(
                line,
                DIM,
                &[&format!("({milliseconds:.digits$} ms)"), folder, file],
            );
        });
    }

    /// A function wrote to its console.
    pub(crate) fn console(self, level: &str, text: &str) {
        let (severity, output, style) = match level {
            "error" | "assert" => (LogLevel::Error, Output::Stderr, Some(RED)),
            "warn" => (LogLevel::Warn, Output::Stderr, Some(YELLOW)),
            "debug" | "trace" => (LogLevel::Debug, Output::Stdout, Some(DIM)),
            "info" => (LogLevel::Info, Output::Stdout, None),
            _ => (LogLevel::Log, Output::Stdout, None),
        };
        if self.level > severity {
            return;
        }
        write(output, |line, paint| match style {
            Some(style) => paint.words(line, style, &[text]),
            None => line.push_str(text),
        });
    }
}

#[derive(Clone, Copy)]
enum Output {
    Stdout,
    Stderr,
}

#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn words(self, line: &mut String, style: Style, words: &[&str]) {
        let style = if self.0 { style } else { Style::new() };
        // Writing to a String cannot fail.
        let _ = write!(line, "{style}");
        words.iter().for_each(|word| line.push_str(word));
        let _ = write!(line, "{style:#}");
    }
}

fn write(output: Output, fill: impl FnOnce(&mut String, Paint)) {
    static STDOUT_COLOURS: OnceLock<bool> = OnceLock::new();
    static STDERR_COLOURS: OnceLock<bool> = OnceLock::new();
    let mut line = String::with_capacity(128);
    let paint =
        Paint(match output {
            Output::Stdout => *STDOUT_COLOURS
                .get_or_init(|| AutoStream::choice(&io::stdout()) != ColorChoice::Never),
            Output::Stderr => *STDERR_COLOURS
                .get_or_init(|| AutoStream::choice(&io::stderr()) != ColorChoice::Never),
        });
    fill(&mut line, paint);
    line.push('\n');
    // Nobody is left to be told that the output is gone.
    let _ = match output {
        Output::Stdout => io::stdout().lock().write_all(line.as_bytes()),
        Output::Stderr => io::stderr().lock().write_all(line.as_bytes()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_advanced_mode_is_in_no_folder() {
        assert_eq!(place("api/[id].ts"), (" functions/", "api/[id].ts"));
        assert_eq!(place(WORKER), (" ", "_worker.js"));
    }
}
