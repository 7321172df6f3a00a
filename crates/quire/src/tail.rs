//! `quire tail`: what a running server answers and what its functions log, as it happens.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

use anstyle::Style;
use quire_server::tail::{Event, Outcome, Seen, follow};
use quire_store::usage::Day;
use serde_json::Value;

use crate::arguments::{TailArguments, TailFormat};
use crate::failure::Failure;
use crate::printer::{self, BOLD, DIM, GREEN, RED, YELLOW, styled};
use crate::project::data_folder;
use crate::serve::runtime;

pub fn run(arguments: &TailArguments) -> Result<ExitCode, Failure> {
    let data = data_folder(
        arguments.directory.as_deref(),
        arguments.persist_to.as_deref(),
    )?;
    let format = arguments
        .format
        .unwrap_or_else(|| match std::io::stdout().is_terminal() {
            true => TailFormat::Pretty,
            false => TailFormat::Json,
        });
    runtime()?.block_on(async {
        let mut events = follow(&data, &arguments.filter()).await?;
        if format == TailFormat::Pretty {
            printer::hint("Connected, waiting for requests; Ctrl-C ends this.");
        }
        while let Some(line) = events
            .next()
            .await
            .map_err(quire_server::tail::TailError::from)?
        {
            match format {
                TailFormat::Json => printer::line(&line),
                TailFormat::Pretty => match serde_json::from_str(&line) {
                    Ok(event) => print(&event),
                    // A newer server tells more than this program knows.
                    Err(_) => printer::line(&line),
                },
            }
        }
        printer::hint("The server has stopped.");
        Ok(ExitCode::SUCCESS)
    })
}

fn print(event: &Event) {
    let (outcome, style) = match event.outcome {
        Outcome::Ok => ("Ok", GREEN),
        Outcome::Canceled => ("Canceled", YELLOW),
        Outcome::Exception => ("Exception Thrown", RED),
        Outcome::ExceededCpu => ("Exceeded CPU Limit", RED),
        Outcome::Unknown => ("Unknown", RED),
    };
    let at = styled(DIM, format!("@ {}", moment(event.event_timestamp)));
    let outcome = styled(style, outcome);
    match &event.event {
        Some(Seen::Request { request, response }) => {
            let method = styled(BOLD, shown(&request.method));
            let status =
                response.map_or_else(String::new, |response| format!(" {}", response.status));
            let took = styled(DIM, format!("({} ms)", event.wall_time));
            printer::line(format!(
                "{method} {} - {outcome}{status} {at} {took}",
                shown(&request.url)
            ));
        }
        Some(Seen::Notice(notice)) => return printer::line(styled(YELLOW, shown(&notice.message))),
        None => printer::line(format!("{} {at}", shown(&event.script_name))),
    }
    for log in &event.logs {
        let style = match log.level.as_str() {
            "error" => RED,
            "warn" => YELLOW,
            _ => Style::new(),
        };
        let words: Vec<String> = match &log.message {
            Value::Array(values) => values.iter().map(word).collect(),
            other => vec![word(other)],
        };
        let level = styled(style, format!("({})", shown(&log.level)));
        printer::line(format!("  {level} {}", words.join(" ")));
    }
    for exception in &event.exceptions {
        let what = format!("{}: {}", exception.name, exception.message);
        printer::line(format!("  {}", styled(RED, shown(&what))));
        if let Some(stack) = &exception.stack {
            printer::line(shown(stack.trim_end()));
        }
    }
}

/// An argument of the console.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => shown(text),
        other => other.to_string(),
    }
}

/// Text from elsewhere, in which control characters do nothing to the terminal.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' | '\n' => shown.push(character),
            _ if character.is_control() => {
                shown.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => shown.push(character),
        }
    }
    shown
}

/// `2026-11-30 12:00:00 UTC`
fn moment(milliseconds: u64) -> String {
    let second = milliseconds / 1000 % 86_400;
    let day = Day::of(UNIX_EPOCH + Duration::from_millis(milliseconds));
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{day} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_cannot_steer_the_terminal() {
        assert_eq!(shown("a\u{1b}[2J\tb\r"), "a\\u001b[2J\tb\\u000d");
        assert_eq!(moment(1_782_864_061_000), "2026-07-01 00:01:01 UTC");
    }
}
