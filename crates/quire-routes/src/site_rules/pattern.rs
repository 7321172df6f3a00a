//! Paths with splats and placeholders as regular expressions, and what they matched put into a text.

use std::sync::OnceLock;

use regex::{Regex, RegexSet};

use super::problem::RuleProblemKind;

/// Many patterns of which one automaton says which ones match.
#[derive(Debug, Clone, Default)]
pub(super) struct Patterns {
    patterns: Vec<Pattern>,
    set: RegexSet,
}

#[derive(Debug, Clone)]
struct Pattern {
    /// The rule's place among all rules.
    rule: usize,
    expression: String,
    /// Made when first needed: most rules never match.
    compiled: OnceLock<Option<Regex>>,
}

impl Patterns {
    /// Patterns by the number of their rule. One that cannot be compiled, because a name is used twice, never matches.
    pub fn new(rules: impl Iterator<Item = (usize, String)>) -> Self {
        let patterns: Vec<Pattern> = rules
            .filter_map(|(rule, path)| {
                let expression = expression(&path)?;
                Some(Pattern {
                    rule,
                    expression,
                    compiled: OnceLock::new(),
                })
            })
            .collect();
        let set = RegexSet::new(patterns.iter().map(|pattern| &pattern.expression));
        // Each one was compiled by itself. Together they may be too many for the automaton's limit of memory.
        let set = set.unwrap_or_default();
        Self { patterns, set }
    }

    /// Whether no rule can match.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The rules that match, in order, and what they matched.
    pub fn matches<'p, 't>(
        &'p self,
        text: &'t str,
    ) -> impl Iterator<Item = (usize, Captured<'p, 't>)> + use<'p, 't> {
        let indices: Vec<usize> = match self.set.is_empty() {
            true => (0..self.patterns.len()).collect(),
            false => self.set.matches(text).into_iter().collect(),
        };
        indices.into_iter().filter_map(move |index| {
            let pattern = &self.patterns[index];
            Some((pattern.rule, pattern.captures(text)?))
        })
    }
}

impl Pattern {
    fn captures<'p, 't>(&'p self, text: &'t str) -> Option<Captured<'p, 't>> {
        let regex = self
            .compiled
            .get_or_init(|| Regex::new(&self.expression).ok())
            .as_ref()?;
        let captures = regex.captures(text)?;
        let values = regex
            .capture_names()
            .enumerate()
            .filter_map(|(index, name)| Some((name?, captures.get(index)?.as_str())));
        Some(Captured {
            values: values.collect(),
        })
    }
}

/// What the splat and the placeholders of a rule matched, in the order of the rule.
#[derive(Debug, Clone)]
pub(super) struct Captured<'p, 't> {
    values: Vec<(&'p str, &'t str)>,
}

impl Captured<'_, '_> {
    /// Puts values in the place of `:name`. It is plain text replacement, one name after the other, as in the original: `:name`
    /// is also found at the beginning of `:names`.
    pub fn substitute(&self, text: &str) -> String {
        self.values
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!(":{name}"), value)
            })
    }
}

/// Whether a path has variable parts.
pub(super) fn is_dynamic(path: &str) -> bool {
    path.contains('*') || !placeholders(path).is_empty()
}

/// Whether anything can match a path or URL.
pub(super) fn check(path: &str) -> Result<(), RuleProblemKind> {
    if !is_dynamic(path) || expression(path).is_some() {
        return Ok(());
    }
    Err(match path.matches('*').count() {
        0 => RuleProblemKind::RepeatedName,
        1 if !placeholders(path).contains(&"splat") => RuleProblemKind::RepeatedName,
        _ => RuleProblemKind::Splats,
    })
}

/// The regular expression of a path or URL; `None` for one that cannot match anything.
fn expression(path: &str) -> Option<String> {
    let pieces: Vec<String> = path.split('*').map(regex::escape).collect();
    let mut expression = pieces.join("(?<splat>.*)");
    let host = path
        .strip_prefix("https://")
        .map_or("", |rest| rest.split('/').next().unwrap_or_default());
    for name in placeholders(host) {
        expression = expression.replace(&format!(":{name}"), &format!("(?<{name}>[^/.]+)"));
    }
    for name in placeholders(&path["https://".len() * usize::from(!host.is_empty()) + host.len()..])
    {
        expression = expression.replace(&format!(":{name}"), &format!("(?<{name}>[^/]+)"));
    }
    let expression = format!("^{expression}$");
    Regex::new(&expression).is_ok().then_some(expression)
}

/// The names after colons: a letter, then letters, digits and underscores.
fn placeholders(text: &str) -> Vec<&str> {
    let after_colon = text.split(':').skip(1);
    after_colon
        .filter(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()))
        .map(|rest| {
            let end = rest.find(|other: char| !other.is_ascii_alphanumeric() && other != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_nothing_matches_are_told() {
        for path in [
            "/*",
            "/a/*/b/:c",
            "/:a/:b",
            "/:splat",
            "https://:h.x/:p/*",
            "/a(",
            "/:1/:1",
        ] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
        for path in ["/**", "/*/a/*", "/*/:splat"] {
            assert_eq!(check(path), Err(RuleProblemKind::Splats), "{path}");
        }
        for path in ["/:a/:a", "/:id/:idx", "/:splat/:splat", "https://:a.x/:a"] {
            assert_eq!(check(path), Err(RuleProblemKind::RepeatedName), "{path}");
        }
    }

    fn substituted(rule: &str, text: &str, template: &str) -> Option<String> {
        let patterns = Patterns::new(std::iter::once((7, rule.to_owned())));
        let (rule, captured) = patterns.matches(text).next()?;
        assert_eq!(rule, 7);
        Some(captured.substitute(template))
    }

    #[test]
    fn splats_and_placeholders() {
        let cases = [
            ("/a/*", "/a/", ":splat|", Some("|")),
            ("/a/*", "/a/b/c", ":splat|", Some("b/c|")),
            ("/a/*", "/a", "", None),
            ("/:x/end", "/one/end", ":x :xs", Some("one ones")),
            ("/:x/end", "/one/two/end", "", None),
            ("/:x/end", "//end", "", None),
            ("/p/:n*", "/p/abc", ":n-:splat", Some("abc-")),
            ("/p.q", "/pxq", "", None),
            ("/A", "/a", "", None),
            // A name twice, also as the beginning of another: never matches.
            ("/:a/:a", "/1/1", "", None),
            ("/:id/:idx", "/1/2", "", None),
            ("/:idx/:id", "/1/2", ":id:idx", Some("21")),
            ("/*/*", "/1/2", "", None),
            ("/*/:splat", "/1/2", "", None),
            (
                "https://:h.0.0.1/b",
                "https://127.0.0.1/b",
                ":h",
                Some("127"),
            ),
            ("https://:h.1/b", "https://127.0.0.1/b", "", None),
        ];
        for (rule, text, template, expected) in cases {
            assert_eq!(
                substituted(rule, text, template).as_deref(),
                expected,
                "{rule} {text}"
            );
        }
    }

    #[test]
    fn many_rules_match_in_their_order() {
        let rules = ["/x/*", "/:a/y", "/none", "/*"];
        let patterns = Patterns::new(rules.iter().map(|rule| (*rule).to_owned()).enumerate());
        let found: Vec<usize> = patterns.matches("/x/y").map(|(rule, _)| rule).collect();
        assert_eq!(found, [0, 1, 3]);
    }
}
