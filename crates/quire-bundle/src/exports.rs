//! Reads one source file by itself: its syntax errors and the names it exports.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use oxc::allocator::Allocator;
use oxc::diagnostics::{Diagnostics, OxcDiagnostic, Severity as OxcSeverity};
use oxc::parser::{Parser, ParserReturn};
use oxc::semantic::{Scoping, SemanticBuilder};
use oxc::span::SourceType;
use oxc::syntax::module_record::{ExportExportName, ExportLocalName};

use crate::diagnostics::{Place, Problem};
use crate::source::relative_to;

/// The exports that make a file in `functions/` answer requests.
pub const HANDLER_EXPORTS: [&str; 8] = [
    "onRequest",
    "onRequestDelete",
    "onRequestGet",
    "onRequestHead",
    "onRequestOptions",
    "onRequestPatch",
    "onRequestPost",
    "onRequestPut",
];

/// How a file with this extension is parsed; `None` for what is no JavaScript or TypeScript. JSX is allowed in every
/// JavaScript file, as in the original.
pub(crate) fn source_type(extension: &str) -> Option<SourceType> {
    match extension {
        "js" | "mjs" | "cjs" | "jsx" => Some(SourceType::jsx().with_module(true)),
        "ts" | "mts" | "cts" => Some(SourceType::ts()),
        "tsx" => Some(SourceType::tsx()),
        _ => None,
    }
}

/// The names a file exports as values, sorted, without `default`: what is left of its `export`s after the types are
/// stripped. `export *` and CommonJS contribute nothing, because they need other files or a run to be known.
pub(crate) fn export_names(
    file: &str,
    text: &str,
    source_type: SourceType,
) -> Result<Vec<String>, Vec<Problem>> {
    contained(file, || scan(file, text, source_type))?
}

fn scan(file: &str, text: &str, source_type: SourceType) -> Result<Vec<String>, Vec<Problem>> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, source_type).parse();
    let (scoping, errors) = check(&parsed);
    if !errors.is_empty() {
        // A CommonJS helper may hold what only a sloppy script may (`with`, octal literals): no exports, no error.
        if !parsed.module_record.has_module_syntax && is_script(text, source_type) {
            return Ok(Vec::new());
        }
        return Err(problems(file, text, &errors));
    }

    let record = &parsed.module_record;
    let is_value = |entry: &oxc::syntax::module_record::ExportEntry<'_>| {
        let ExportLocalName::Name(local) = &entry.local_name else {
            return true;
        };
        // `export { X }` of an interface or of a type import says nothing about being a type.
        scoping
            .get_root_binding(local.name.into())
            .is_none_or(|symbol| {
                let flags = scoping.symbol_flags(symbol);
                flags.is_value() && !flags.is_ambient()
            })
    };
    let mut names: Vec<String> = record
        .local_export_entries
        .iter()
        .chain(&record.indirect_export_entries)
        .filter(|entry| !entry.is_type && is_value(entry))
        .filter_map(|entry| match &entry.export_name {
            ExportExportName::Name(name) => Some(name.name.to_string()),
            ExportExportName::Default(_) | ExportExportName::Null => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// What is wrong with a module that must answer requests by its default export and has none. What cannot be told without
/// running it, or cannot be read, is not reported here.
pub(crate) fn no_default_export(path: &Path, project: &Path) -> Option<Problem> {
    let source_type = source_type(path.extension()?.to_str()?)?;
    let text = fs::read_to_string(path).ok()?;
    let label = relative_to(project, path);
    let exports = contained(&label, || Exports::of(&text, source_type)).ok()?;
    let message = match exports {
        Exports::Default | Exports::Unknown => return None,
        Exports::Others => format!("`{label}` has no default export"),
        Exports::Nothing => format!(
            "`{label}` exports nothing: it must be a module, not a script that calls `addEventListener`"
        ),
    };
    Some(Problem::error(message).with_help(
        "export what answers the requests: `export default { async fetch(request, env, ctx) { … } }`",
    ))
}

/// What a file exports, as far as the file alone tells.
enum Exports {
    Default,
    Others,
    Nothing,
    /// It has errors, or is CommonJS.
    Unknown,
}

impl Exports {
    fn of(text: &str, source_type: SourceType) -> Exports {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, source_type).parse();
        let record = &parsed.module_record;
        let is_common = !record.has_module_syntax && text.contains("exports");
        if parsed.panicked || !parsed.diagnostics.is_empty() || is_common {
            return Exports::Unknown;
        }
        let mut entries = record
            .local_export_entries
            .iter()
            .chain(&record.indirect_export_entries);
        let has_default = entries.any(|entry| match &entry.export_name {
            ExportExportName::Default(_) => true,
            ExportExportName::Name(name) => name.name == "default",
            ExportExportName::Null => false,
        });
        match has_default {
            true => Exports::Default,
            false if record.has_module_syntax => Exports::Others,
            false => Exports::Nothing,
        }
    }
}

/// The syntax errors of a file.
pub(crate) fn syntax_problems(file: &str, text: &str, source_type: SourceType) -> Vec<Problem> {
    let found = contained(file, || {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, source_type).parse();
        let (_, errors) = check(&parsed);
        problems(file, text, &errors)
    });
    found.unwrap_or_else(|crash| crash)
}

/// Files are whatever someone wrote: a crash of the parser must stay a problem of that file, not of the whole server.
fn contained<T>(file: &str, parse: impl FnOnce() -> T) -> Result<T, Vec<Problem>> {
    catch_unwind(AssertUnwindSafe(parse)).map_err(|_| {
        vec![
            Problem::error(format!("the parser crashed while reading `{file}`")).with_help(
                "this is a fault of the parser; write the file differently, and please report it",
            ),
        ]
    })
}

/// Where `specifier` is imported or required in a file, as a byte range that includes the quotes.
pub(crate) fn find_specifier(
    text: &str,
    source_type: SourceType,
    specifier: &str,
) -> Option<(usize, usize)> {
    let request = contained(specifier, || {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, source_type).parse();
        let requests = parsed.module_record.requested_modules.get(specifier)?;
        requests
            .first()
            .map(|request| (request.span.start as usize, request.span.end as usize))
    });
    if let Ok(Some(found)) = request {
        return Some(found);
    }
    // `import("x")` and `require("x")`: the first such literal is near enough.
    let quoted = [
        format!("\"{specifier}\""),
        format!("'{specifier}'"),
        format!("`{specifier}`"),
    ];
    quoted
        .iter()
        .filter_map(|literal| {
            text.find(literal.as_str())
                .map(|at| (at, at + literal.len()))
        })
        .min()
}

fn check(parsed: &ParserReturn<'_>) -> (Scoping, Vec<OxcDiagnostic>) {
    let mut errors = only_errors(&parsed.diagnostics);
    let analysed = SemanticBuilder::new()
        .with_check_syntax_error(true)
        .build(&parsed.program);
    if errors.is_empty() {
        errors = only_errors(&analysed.diagnostics);
    }
    (analysed.semantic.into_scoping(), errors)
}

fn only_errors(diagnostics: &Diagnostics) -> Vec<OxcDiagnostic> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == OxcSeverity::Error)
        .cloned()
        .collect()
}

fn is_script(text: &str, source_type: SourceType) -> bool {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, source_type.with_script(true)).parse();
    check(&parsed).1.is_empty()
}

fn problems(file: &str, text: &str, errors: &[OxcDiagnostic]) -> Vec<Problem> {
    errors
        .iter()
        .map(|error| {
            let mut problem = Problem::error(sentence(&error.message));
            problem.help = error
                .help
                .as_deref()
                .or(error.note.as_deref())
                .map(sentence);
            let mut labels = error.labels.iter().map(|label| {
                let text_of_label = label
                    .label()
                    .filter(|label| !label.is_empty())
                    .map(str::to_owned);
                (
                    label.offset() as usize,
                    label.offset() as usize + label.len() as usize,
                    text_of_label,
                )
            });
            match labels.next() {
                Some((start, end, label)) => {
                    let mut place = Place::new(file, text, start, end, label);
                    for (start, end, label) in labels {
                        place.also(start, end, label);
                    }
                    problem.at(place)
                }
                None => {
                    problem.message = format!("{}: {}", file, problem.message);
                    problem
                }
            }
        })
        .collect()
}

/// Our messages start in lower case, end without a period and have backticks round what is code.
pub(crate) fn sentence(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut text = String::with_capacity(message.len());
    let mut rest = message.char_indices().peekable();
    let mut previous = ' ';
    // The kind of quote that is open.
    let mut open = None;
    while let Some((index, character)) = rest.next() {
        let next = rest.peek().map_or(' ', |(_, next)| *next);
        let shown = match character {
            '"' | '\'' if open == Some(character) && !next.is_alphanumeric() => {
                open = None;
                '`'
            }
            '"' | '\''
                if open.is_none()
                    && matches!(previous, ' ' | '(')
                    && message[index + 1..].contains(character) =>
            {
                open = Some(character);
                '`'
            }
            // `URL ...` or `TS(1005): ...` stay as they are.
            _ if index == 0 && !next.is_uppercase() => {
                text.extend(character.to_lowercase());
                previous = character;
                continue;
            }
            _ => character,
        };
        text.push(shown);
        previous = character;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_a_problem_of_the_file() {
        let crashed: Result<(), _> = contained("functions/a.ts", || panic!("on purpose"));
        let problems = crashed.err().unwrap_or_default();
        assert_eq!(problems.len(), 1);
        assert_eq!(
            problems[0].message,
            "the parser crashed while reading `functions/a.ts`"
        );
    }

    #[test]
    fn messages_start_in_lower_case_unless_they_start_with_a_name() {
        assert_eq!(sentence("Unexpected token."), "unexpected token");
        assert_eq!(sentence("TS(1005): expected"), "TS(1005): expected");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn code_in_messages_gets_backticks() {
        assert_eq!(
            sentence("Cannot use 'a' with \"b.c\"."),
            "cannot use `a` with `b.c`"
        );
        assert_eq!(
            sentence("It doesn't fit 'it's' here"),
            "it doesn't fit `it's` here"
        );
        assert_eq!(sentence("an 'open quote"), "an 'open quote");
        assert_eq!(sentence("'first' is code"), "`first` is code");
    }
}
