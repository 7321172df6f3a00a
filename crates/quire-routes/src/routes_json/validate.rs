//! Reading `_routes.json` and saying what is wrong with it.

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde_json::Value;
use thiserror::Error;

use super::{RoutesRules, RuleList};

/// How many rules both lists may hold together.
pub const MAX_RULES: usize = 100;

/// How many characters (UTF-16 units) a rule may have.
pub const MAX_RULE_LENGTH: usize = 100;

/// What is wrong with a `_routes.json`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RoutesProblem {
    /// No JSON.
    #[error("malformed JSON: {message}")]
    Json {
        /// What the parser says.
        message: String,
    },
    /// Not the expected object.
    #[error("{detail}")]
    Shape {
        /// What is missing or of another type.
        detail: String,
    },
    /// An empty `include`.
    #[error("there is no include rule, so no request would ever reach a function")]
    NoInclude,
    /// More than [`MAX_RULES`].
    #[error("{count} rules, and at most {MAX_RULES} are allowed, include and exclude together")]
    TooMany {
        /// How many.
        count: usize,
    },
    /// Longer than [`MAX_RULE_LENGTH`].
    #[error("the rule `{rule}` has {length} characters, and at most {MAX_RULE_LENGTH} are allowed")]
    TooLong {
        /// The rule.
        rule: String,
        /// Its length.
        length: usize,
    },
    /// Does not start with `/`.
    #[error("the rule `{rule}` does not start with `/`")]
    NoSlash {
        /// The rule.
        rule: String,
    },
    /// A rule that another rule of its list covers.
    #[error("in `{}`, the rule `{wide}` already covers `{narrow}`", list_name(*.list))]
    Overlap {
        /// The list of both.
        list: RuleList,
        /// The rule that ends in `/*`.
        wide: String,
        /// The other.
        narrow: String,
    },
}

fn list_name(list: RuleList) -> &'static str {
    match list {
        RuleList::Include => "include",
        RuleList::Exclude => "exclude",
    }
}

impl RoutesProblem {
    fn help(&self) -> &'static str {
        match self {
            RoutesProblem::Json { .. } => {
                "the file must be strict JSON: no comments, no comma after the last item"
            }
            RoutesProblem::Shape { .. } => {
                r#"the file must look like {"version": 1, "include": ["/*"], "exclude": []}, with at least one include rule"#
            }
            RoutesProblem::NoInclude => {
                r#"add a rule to `include`: "/*" sends every request to the functions"#
            }
            RoutesProblem::TooMany { .. } => "merge rules with `*`, as in `/api/*`",
            RoutesProblem::TooLong { .. } => "cut the rule at a slash and end it in `/*`",
            RoutesProblem::NoSlash { .. } => "rules are paths: put `/` in front",
            RoutesProblem::Overlap { .. } => "remove the narrower rule, or the wider one",
        }
    }

    /// The rule to point at.
    fn rule(&self) -> Option<&str> {
        match self {
            RoutesProblem::TooLong { rule, .. } | RoutesProblem::NoSlash { rule } => Some(rule),
            RoutesProblem::Overlap { narrow, .. } => Some(narrow),
            _ => None,
        }
    }
}

/// A `_routes.json` that cannot be used: the first thing wrong with it, and where.
#[derive(Clone, Debug, Error)]
#[error("{}: {}", .0.place, .0.problem)]
pub struct RoutesRulesError(Box<Finding>);

#[derive(Clone, Debug)]
struct Finding {
    problem: RoutesProblem,
    position: Option<(usize, usize)>,
    place: String,
    source_code: NamedSource<String>,
    span: Option<SourceSpan>,
}

impl Diagnostic for RoutesRulesError {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new("quire::routes::routes_json"))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.0.problem.help()))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.0.source_code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let span = self.0.span?;
        Some(Box::new(std::iter::once(
            miette::LabeledSpan::new_with_span(Some("here".to_owned()), span),
        )))
    }
}

impl RoutesRulesError {
    /// What is wrong.
    pub fn problem(&self) -> &RoutesProblem {
        &self.0.problem
    }

    /// Line and column, from 1, where known.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.0.position
    }

    fn new(file: &str, text: &str, problem: RoutesProblem, span: Option<SourceSpan>) -> Self {
        let position = span.map(|span| {
            let before = &text[..span.offset()];
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            (
                before.matches('\n').count() + 1,
                before[line_start..].chars().count() + 1,
            )
        });
        let place = match position {
            Some((line, column)) => format!("`{file}:{line}:{column}`"),
            None => format!("`{file}`"),
        };
        let source_code = NamedSource::new(file, text.to_owned());
        RoutesRulesError(Box::new(Finding {
            problem,
            position,
            place,
            source_code,
            span,
        }))
    }
}

impl RoutesRules {
    /// Reads the text of a `_routes.json`. `file` is its name for messages.
    pub fn parse(file: &str, text: &str) -> Result<RoutesRules, RoutesRulesError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let span = SourceSpan::from((offset(text, error.line(), error.column()), 0));
            // The parser's message repeats the place at its end.
            let message = error.to_string();
            let message = message
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned();
            RoutesRulesError::new(file, text, RoutesProblem::Json { message }, Some(span))
        })?;
        read(&value).map_err(|problem| {
            let span = problem.rule().and_then(|rule| {
                let literal = serde_json::to_string(rule).ok()?;
                Some(SourceSpan::from((text.find(&literal)?, literal.len())))
            });
            RoutesRulesError::new(file, text, problem, span)
        })
    }
}

/// Byte offset of a line and column (in bytes, from 1; column 0 is the end of the line before).
fn offset(text: &str, line: usize, column: usize) -> usize {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut at = (line_start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn read(value: &Value) -> Result<RoutesRules, RoutesProblem> {
    let shape = |detail: &str| RoutesProblem::Shape {
        detail: detail.to_owned(),
    };
    let object = value
        .as_object()
        .ok_or_else(|| shape("the file does not hold a JSON object"))?;
    if object.get("version").and_then(Value::as_f64) != Some(1.0) {
        return Err(shape("`version` is not the number 1"));
    }
    let list = |name: &str| -> Result<Vec<String>, RoutesProblem> {
        let items = object.get(name).and_then(Value::as_array);
        let items = items.ok_or_else(|| shape(&format!("`{name}` is not a list")))?;
        let texts: Option<Vec<String>> = items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect();
        texts.ok_or_else(|| shape(&format!("`{name}` holds something that is not a string")))
    };
    let (include, exclude) = (list("include")?, list("exclude")?);
    check(&include, &exclude)?;
    let description = object
        .get("description")
        .and_then(Value::as_str)
        .map(str::to_owned);
    Ok(RoutesRules::unchecked(description, include, exclude))
}

fn check(include: &[String], exclude: &[String]) -> Result<(), RoutesProblem> {
    if include.is_empty() {
        return Err(RoutesProblem::NoInclude);
    }
    let count = include.len() + exclude.len();
    if count > MAX_RULES {
        return Err(RoutesProblem::TooMany { count });
    }
    let all = || include.iter().chain(exclude);
    if let Some(rule) = all().find(|rule| utf16_len(rule) > MAX_RULE_LENGTH) {
        return Err(RoutesProblem::TooLong {
            rule: rule.clone(),
            length: utf16_len(rule),
        });
    }
    if let Some(rule) = all().find(|rule| !rule.starts_with('/')) {
        return Err(RoutesProblem::NoSlash { rule: rule.clone() });
    }
    for (list, rules) in [(RuleList::Include, include), (RuleList::Exclude, exclude)] {
        for wide in rules.iter().filter(|rule| rule.ends_with("/*")) {
            let folder = &wide[..wide.len() - 1];
            if let Some(narrow) = rules
                .iter()
                .find(|rule| *rule != wide && rule.starts_with(folder))
            {
                return Err(RoutesProblem::Overlap {
                    list,
                    wide: wide.clone(),
                    narrow: narrow.clone(),
                });
            }
        }
    }
    Ok(())
}

pub(super) fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problem(text: &str) -> RoutesProblem {
        RoutesRules::parse("_routes.json", text)
            .unwrap_err()
            .problem()
            .clone()
    }

    fn lists(include: &[&str], exclude: &[&str]) -> String {
        serde_json::json!({ "version": 1, "include": include, "exclude": exclude }).to_string()
    }

    #[test]
    fn reads_what_is_right() {
        let rules = RoutesRules::parse(
            "_routes.json",
            r#"{ "version": 1.0, "description": "x", "include": ["/*"], "exclude": [], "other": true }"#,
        )
        .unwrap();
        assert_eq!(rules.include()[0].as_str(), "/*");
        assert_eq!(rules.description(), Some("x"));
        assert!(rules.exclude().is_empty());
        let json = rules.to_json();
        assert_eq!(RoutesRules::parse("_routes.json", &json).unwrap(), rules);
    }

    #[test]
    fn malformed_json_is_pointed_at() {
        let error = RoutesRules::parse(
            "dist/_routes.json",
            "{\n  \"version\": 1,\n  \"include\": [\"/*\",]\n}",
        )
        .unwrap_err();
        assert!(matches!(error.problem(), RoutesProblem::Json { .. }));
        assert_eq!(error.position(), Some((3, 20)));
        assert_eq!(
            error.to_string(),
            "`dist/_routes.json:3:20`: malformed JSON: trailing comma"
        );
        assert!(matches!(problem(""), RoutesProblem::Json { .. }));
        assert!(matches!(problem("{\"é\n"), RoutesProblem::Json { .. }));
    }

    #[test]
    fn shape() {
        for text in [
            "[]",
            "null",
            "1",
            "{}",
            r#"{"version":"1","include":["/*"],"exclude":[]}"#,
            r#"{"version":2,"include":["/*"],"exclude":[]}"#,
            r#"{"version":1,"include":["/*"]}"#,
            r#"{"version":1,"exclude":[]}"#,
            r#"{"version":1,"include":"/*","exclude":[]}"#,
            r#"{"version":1,"include":[1],"exclude":[]}"#,
        ] {
            assert!(
                matches!(problem(text), RoutesProblem::Shape { .. }),
                "{text}"
            );
        }
    }

    #[test]
    fn checks_come_in_order() {
        assert_eq!(problem(&lists(&[], &["x"])), RoutesProblem::NoInclude);
        let many: Vec<String> = (0..100).map(|i| format!("/r{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(RoutesRules::parse("_routes.json", &lists(&many, &[])).is_ok());
        assert_eq!(
            problem(&lists(&many, &["x"])),
            RoutesProblem::TooMany { count: 101 }
        );

        let just = format!("/{}", "a".repeat(99));
        let long = format!("/{}", "a".repeat(100));
        assert!(RoutesRules::parse("_routes.json", &lists(&[&just], &[])).is_ok());
        assert_eq!(
            problem(&lists(&["x", &long], &[])),
            RoutesProblem::TooLong {
                rule: long.clone(),
                length: 101
            }
        );
        assert_eq!(
            problem(&lists(&["/a/*", "/a/b"], &["b"])),
            RoutesProblem::NoSlash { rule: "b".into() }
        );
    }

    #[test]
    fn overlaps() {
        let overlap = |list, wide: &str, narrow: &str| RoutesProblem::Overlap {
            list,
            wide: wide.into(),
            narrow: narrow.into(),
        };
        assert_eq!(
            problem(&lists(&["/a/b", "/a/*"], &[])),
            overlap(RuleList::Include, "/a/*", "/a/b")
        );
        assert_eq!(
            problem(&lists(&["/*"], &["/a/*", "/a/b/*"])),
            overlap(RuleList::Exclude, "/a/*", "/a/b/*")
        );
        assert_eq!(
            problem(&lists(&["/*", "/a"], &[])),
            overlap(RuleList::Include, "/*", "/a")
        );
        for include in [
            &["/a", "/a/*"][..],
            &["/a/*", "/a/*"],
            &["/a*", "/ab"],
            &["/ab/*", "/a/*"],
        ] {
            assert!(
                RoutesRules::parse("_routes.json", &lists(include, &["/*"])).is_ok(),
                "{include:?}"
            );
        }
    }

    #[test]
    fn rules_are_pointed_at() {
        let error = RoutesRules::parse(
            "_routes.json",
            "{\"version\": 1,\n \"exclude\": [],\n \"include\": [\"api\"]}",
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`_routes.json:3:14`: the rule `api` does not start with `/`"
        );
        assert_eq!(
            error.help().unwrap().to_string(),
            "rules are paths: put `/` in front"
        );
        assert_eq!(error.labels().unwrap().count(), 1);
    }
}
