//! Rolldown's diagnostics in our words, with the place in the project's own files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rolldown_error::{
    BuildDiagnostic, DiagnosableArcstr, DiagnosableResolveError, DiagnosticOptions, EventKind,
    Severity as RolldownSeverity,
};

use crate::asset_folders;
use crate::diagnostics::{Place, Problem, offset_of_utf16};
use crate::exports::{export_names, find_specifier, sentence, source_type, syntax_problems};
use crate::plugin::{Findings, file_of};
use crate::source::relative_to;
use crate::suggest::{nearest, unresolved};

/// How the message ends when the generated entry asks for an export that is not there.
const CHANGED: &str = " any more";

pub(crate) struct Translator<'a> {
    pub project: &'a Path,
    pub node_compat: bool,
    pub async_hooks: bool,
    pub findings: &'a Findings,
}

impl Translator<'_> {
    /// All of them, each once: rolldown reports a syntax error of one file in several pieces.
    pub(crate) fn problems(&self, diagnostics: Vec<BuildDiagnostic>) -> Vec<Problem> {
        let mut parsed_again = BTreeSet::new();
        let mut problems = Vec::new();
        for mut diagnostic in diagnostics {
            match diagnostic.kind() {
                EventKind::UnresolvedImport | EventKind::ResolveError => {
                    problems.push(self.unresolved(&mut diagnostic));
                }
                EventKind::ParseError if diagnostic.severity() == RolldownSeverity::Error => {
                    let id = diagnostic.id().unwrap_or_default();
                    if parsed_again.contains(&id) {
                        continue;
                    }
                    let found = self.syntax_errors(&id);
                    if found.is_empty() {
                        problems.push(self.generic(&diagnostic));
                    } else {
                        parsed_again.insert(id);
                        problems.extend(found);
                    }
                }
                EventKind::MissingExportError => problems.push(self.missing_export(&diagnostic)),
                EventKind::UnloadableDependencyError => problems.push(self.unloadable(&diagnostic)),
                _ => problems.push(self.generic(&diagnostic)),
            }
        }
        // A re-export that leads nowhere is reported there and, without a place, at the entry that needs it.
        if problems
            .iter()
            .any(|problem| problem.place.is_some() && problem.message.contains(" does not export "))
        {
            problems.retain(|problem| !problem.message.ends_with(CHANGED));
        }
        problems.retain(|problem| {
            problem.severity == crate::Severity::Error
                // Not the author's to correct.
                || !problem.place.as_ref().is_some_and(|place| place.file.contains("node_modules/"))
        });
        problems
    }

    /// What is wrong with the imports of runtime modules.
    pub(crate) fn runtime_imports(&self) -> Vec<Problem> {
        if self.node_compat {
            return Vec::new();
        }
        self.findings
            .runtime_imports
            .iter()
            .filter(|import| {
                import.module.starts_with("node:")
                    && !(self.async_hooks && import.module == "node:async_hooks")
            })
            .map(|import| {
                let problem = Problem::warning(format!(
                    "`{}` will fail at run time: modules of Node.js need the compatibility flag `nodejs_compat`",
                    import.module
                ))
                .with_help("add `nodejs_compat` to `compatibility_flags`");
                self.at_specifier(problem, Path::new(&import.importer), &import.module)
            })
            .collect()
    }

    /// Imports of a program that is to run without being bundled.
    pub(crate) fn unbundled_imports(&self) -> Vec<Problem> {
        let imports = self.findings.unbundled_imports.iter();
        imports
            .map(|import| {
                let importer = Path::new(&import.importer);
                let problem = Problem::error(format!(
                    "`{}` is not bundled, but imports `{}`",
                    relative_to(self.project, importer),
                    import.module
                ))
                .with_help(
                    "bundle it with your build tool, remove the import, or let it be bundled here with `--bundle`",
                );
                self.at_specifier(problem, importer, &import.module)
            })
            .collect()
    }

    /// Imports that lead nowhere but are no error to rolldown: of packages it cannot find, and of URLs.
    pub(crate) fn missing_imports(&self) -> Vec<Problem> {
        self.findings
            .missing_packages
            .iter()
            .chain(&self.findings.remote_imports)
            .map(|import| {
                let importer = Path::new(&import.importer);
                let (message, help) = unresolved(&import.module, importer, self.node_compat);
                let mut problem = Problem::error(message);
                problem.help = help;
                self.at_specifier(problem, importer, &import.module)
            })
            .collect()
    }

    fn at_specifier(&self, problem: Problem, importer: &Path, specifier: &str) -> Problem {
        let extension = importer
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        let place = source_type(extension).and_then(|source_type| {
            let text = fs::read_to_string(importer).ok()?;
            let (start, end) = find_specifier(&text, source_type, specifier)?;
            Some(Place::new(
                &relative_to(self.project, importer),
                &text,
                start,
                end,
                None,
            ))
        });
        match place {
            Some(place) => problem.at(place),
            None => problem,
        }
    }

    fn syntax_errors(&self, id: &str) -> Vec<Problem> {
        let path = file_of(id);
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        match (source_type(extension), fs::read_to_string(path)) {
            (Some(source_type), Ok(text)) => {
                syntax_problems(&relative_to(self.project, path), &text, source_type)
            }
            _ => Vec::new(),
        }
    }

    fn unresolved(&self, diagnostic: &mut BuildDiagnostic) -> Problem {
        let Some(error) = diagnostic.downcast_mut::<DiagnosableResolveError>() else {
            return self.generic(diagnostic);
        };
        let importer = Path::new(error.importer_id.as_str());
        let (specifier, span) = match &error.importee {
            DiagnosableArcstr::Span(span) => {
                let (start, end) = (span.start as usize, span.end as usize);
                let quoted = error.source.get(start..end).unwrap_or_default();
                (
                    quoted.trim_matches(['"', '\'', '`']).to_owned(),
                    Some((start, end)),
                )
            }
            DiagnosableArcstr::String(specifier) => (specifier.to_string(), None),
        };
        if error.importer_id.starts_with('\0') && specifier.starts_with('/') {
            let path = relative_to(self.project, Path::new(&specifier));
            return Problem::error(format!("cannot find `{path}`"));
        }
        let not_found = error.reason.starts_with("Module not found")
            || error.reason.starts_with("Cannot find module");
        let (mut message, help) = unresolved(&specifier, importer, self.node_compat);
        if !not_found && !message.contains("does not export") {
            message = format!("cannot import `{specifier}`: {}", sentence(&error.reason));
        }
        let mut problem = Problem::error(message);
        problem.help = help;
        match span {
            Some((start, end)) if !error.importer_id.starts_with('\0') => problem.at(Place::new(
                &relative_to(self.project, importer),
                &error.source,
                start,
                end,
                None,
            )),
            _ => problem,
        }
    }

    fn missing_export(&self, diagnostic: &BuildDiagnostic) -> Problem {
        let problem = self.generic(diagnostic);
        let Some(exporter) = diagnostic.exporter() else {
            return problem;
        };
        let path = file_of(&exporter);
        if asset_folders::path_of(&exporter).is_some() {
            return Problem {
                message: "an `assets:` import has one export, `onRequest`".to_owned(),
                ..problem
            };
        }
        let Some(place) = &problem.place else {
            // Only the generated entry has no place: the file has changed since its exports were read.
            let name = problem.message.split('`').nth(1).unwrap_or_default();
            let file = relative_to(self.project, path);
            return Problem::error(format!("`{file}` does not export `{name}`{CHANGED}"));
        };
        let name: String = place
            .text()
            .lines()
            .nth(place.line - 1)
            .unwrap_or_default()
            .chars()
            .skip(place.column - 1)
            .take_while(|character| character.is_alphanumeric() || matches!(character, '_' | '$'))
            .collect();
        let mut problem = Problem {
            message: format!(
                "`{}` does not export `{name}`",
                relative_to(self.project, path)
            ),
            ..problem
        };
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        let exported = source_type(extension)
            .and_then(|source_type| {
                export_names(&exporter, &fs::read_to_string(path).ok()?, source_type).ok()
            })
            .unwrap_or_default();
        problem.help = match nearest(&name, exported.iter().map(String::as_str)) {
            Some(close) => Some(format!("did you mean `{close}`?")),
            None if exported.is_empty() => None,
            None => Some(format!("it exports `{}`", exported.join("`, `"))),
        };
        problem
    }

    fn unloadable(&self, diagnostic: &BuildDiagnostic) -> Problem {
        let problem = self.generic(diagnostic);
        // The reason does not come through rolldown; what comes is which module.
        let reason = self.findings.unloadable.iter().find(|(id, _)| {
            let named = problem.message.strip_prefix("could not load ");
            named
                .and_then(|rest| rest.strip_prefix(&*relative_to(self.project, Path::new(id))))
                .is_some_and(|rest| rest.starts_with(" ("))
        });
        match reason {
            Some((_, reason)) => Problem {
                place: problem.place,
                ..reason.clone()
            },
            None => problem,
        }
    }

    fn generic(&self, diagnostic: &BuildDiagnostic) -> Problem {
        let options = DiagnosticOptions {
            cwd: self.project.to_owned(),
        };
        let message = diagnostic.to_message_with(&options);
        let message = match diagnostic.kind() {
            EventKind::UnhandleableError => {
                // A request to report it to rolldown, then the cause and perhaps a backtrace.
                let cause = message.lines().nth(1).unwrap_or(&message);
                format!("the bundler failed: {}", sentence(cause))
            }
            EventKind::JsonParseError => {
                format!(
                    "invalid JSON: {}",
                    sentence(message.split(" at line ").next().unwrap_or(&message))
                )
            }
            _ => sentence(&message),
        };
        let mut problem = match diagnostic.severity() {
            RolldownSeverity::Error => Problem::error(message),
            RolldownSeverity::Warning | RolldownSeverity::Info => Problem::warning(message),
        };
        let Some((file, line, column, _)) = diagnostic
            .to_diagnostic_with(&options)
            .get_primary_location()
        else {
            return problem;
        };
        // The generated entry is not the author's.
        if file.contains('\0') || file.starts_with("\\0") {
            return problem;
        }
        if let Ok(text) = fs::read_to_string(self.project.join(&file)) {
            let start = offset_of_utf16(&text, line.saturating_sub(1), column);
            let end = start + token_length(&text[start..]);
            problem = problem.at(Place::new(&file, &text, start, end, None));
        }
        problem
    }
}

/// How much to underline when only the start is known: a string, a word, or one character.
fn token_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    if matches!(first, '"' | '\'' | '`') {
        return text[1..].find(first).map_or(1, |end| end + 2);
    }
    let word = text
        .find(|character: char| !character.is_alphanumeric() && !matches!(character, '_' | '$'));
    word.unwrap_or(text.len()).max(first.len_utf8())
}
