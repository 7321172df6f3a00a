//! Diagnostics as plain text: `file:line:column: error: message`, the line, a mark below it, and advice. Editors and build
//! servers know the form. On a terminal [`crate::printer`] draws them instead.

use std::fmt::Write as _;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

/// Lines of source that are read around a place to find the beginning of its line.
const CONTEXT: usize = 1;

/// Longer lines of source are not repeated: they are generated code.
const LONGEST_LINE: usize = 240;

/// The plain form of a diagnostic, or of its parts if it has some. Ends with a newline.
pub fn plain(diagnostic: &dyn Diagnostic) -> String {
    let mut text = String::new();
    write_plain(&mut text, diagnostic, None);
    text
}

fn write_plain(text: &mut String, diagnostic: &dyn Diagnostic, around: Option<&dyn SourceCode>) {
    let source = diagnostic.source_code().or(around);
    let mut has_parts = false;
    for part in diagnostic.related().into_iter().flatten() {
        has_parts = true;
        write_plain(text, part, source);
    }
    // The whole only counts its parts.
    if has_parts {
        return;
    }
    let severity = match diagnostic.severity() {
        None | Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        Some(Severity::Advice) => "note",
    };
    let message = diagnostic.to_string();
    let place = source.and_then(|source| Place::of(diagnostic, source));
    // Writing to a String cannot fail.
    let _ = match &place {
        Some(place) => {
            let position = format!("{}:{}:{}", place.file, place.line, place.column);
            let message = message
                .strip_prefix(&format!("`{position}`: "))
                .unwrap_or(&message);
            write!(
                text,
                "{position}: {severity}: {message}\n{}",
                place.excerpt()
            )
        }
        None => writeln!(text, "{severity}: {message}"),
    };
    if let Some(help) = diagnostic.help() {
        let _ = writeln!(text, "  help: {help}");
    }
}

struct Place {
    file: String,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    /// The line's text.
    content: String,
    label: Option<String>,
}

impl Place {
    fn of(diagnostic: &dyn Diagnostic, source: &dyn SourceCode) -> Option<Place> {
        let labels: Vec<LabeledSpan> = diagnostic.labels()?.collect();
        let label = labels
            .iter()
            .find(|label| label.primary())
            .or(labels.first())?;
        let found = source.read_span(label.inner(), CONTEXT, CONTEXT).ok()?;
        let text = String::from_utf8_lossy(found.data());
        let offset = label.offset().saturating_sub(found.span().offset());
        let before = text.get(..offset)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let content = text[line_start..].lines().next().unwrap_or_default();
        Some(Place {
            file: found.name().unwrap_or("input").to_owned(),
            line: found.line() + before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            content: content.to_owned(),
            label: label.label().map(str::to_owned),
        })
    }

    fn excerpt(&self) -> String {
        if self.content.trim().is_empty() || self.content.len() > LONGEST_LINE {
            return String::new();
        }
        let number = self.line.to_string();
        // A tab stays one, so that the mark stands where it should however wide tabs are.
        let indent: String = self
            .content
            .chars()
            .take(self.column - 1)
            .map(|c| if c == '\t' { c } else { ' ' })
            .collect();
        let label = self
            .label
            .as_deref()
            .map(|label| format!(" {label}"))
            .unwrap_or_default();
        format!("{number:>4} | {}\n     | {indent}^{label}\n", self.content)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use quire_config::{ConfigFormat, ProjectConfig, Strictness};
    use quire_routes::RoutesRules;

    use super::*;

    #[test]
    fn a_place_with_its_line() {
        let text = "name = \"x\"\n\n\tcompatibility_date = 5\nvars = 1\n";
        let error = ProjectConfig::parse(
            text,
            "sub/wrangler.toml",
            ConfigFormat::Toml,
            Strictness::Fail,
        )
        .unwrap_err();
        let plain = plain(&error);
        let lines: Vec<&str> = plain.lines().collect();
        assert!(
            lines[0].starts_with("sub/wrangler.toml:3:23: error: `compatibility_date`"),
            "{plain}"
        );
        assert_eq!(lines[1], "   3 | \tcompatibility_date = 5");
        assert!(
            lines[2].starts_with("     | \t                     ^ "),
            "{plain}"
        );
        assert!(
            lines[3].starts_with("sub/wrangler.toml:4:8: error: "),
            "{plain}"
        );
    }

    #[test]
    fn a_place_is_not_said_twice() {
        let error = RoutesRules::parse(
            "_routes.json",
            r#"{"version":1,"include":["api"],"exclude":[]}"#,
        )
        .unwrap_err();
        let plain = plain(&error);
        assert!(plain.starts_with("_routes.json:1:25: error: "), "{plain}");
        assert_eq!(plain.matches("_routes.json:1:25").count(), 1, "{plain}");
        assert!(plain.contains("  help: "), "{plain}");
    }

    #[test]
    fn no_place() {
        #[derive(Debug, thiserror::Error, Diagnostic)]
        #[error("it rains")]
        #[diagnostic(severity(warning), help("take an umbrella"))]
        struct Rain;
        assert_eq!(
            plain(&Rain),
            "warning: it rains\n  help: take an umbrella\n"
        );
    }
}
