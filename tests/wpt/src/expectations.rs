//! What is known to fail, and why: `expectations/<suite>.toml`.

use crate::child::Outcome;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

/// The reason that `--update` gives to failures nobody has looked at.
pub const UNEXPLAINED: &str = "not looked at yet";
/// The name under which a file's own failure (its code threw, it crashed) counts as a test.
pub const WHOLE_FILE: &str = "(the file itself)";

/// A pattern for file names, in which `*` stands for any text.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Glob(String);

impl Glob {
    /// A pattern.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// Whether it covers a file, with or without its variant.
    pub fn matches(&self, name: &str) -> bool {
        let without_variant = name.split('?').next().unwrap_or_default();
        [name, without_variant].iter().any(|name| self.covers(name))
    }

    fn covers(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
            return false;
        };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

/// What says nothing about quire: files that are not run at all or, with `tests` or `matching`, tests of
/// them that do not count.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Omitted {
    /// Why it says nothing
    pub reason: String,
    /// The files
    pub files: Vec<Glob>,
    /// Names of tests
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<String>,
    /// Regular expressions for names of tests
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matching: Vec<String>,
}

/// Tests that fail, of the files that `files` covers. With neither `tests` nor `matching`: any test
/// of them may.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Why they fail
    pub reason: String,
    /// The files
    pub files: Vec<Glob>,
    /// Names of tests
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<String>,
    /// Regular expressions for names of tests
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matching: Vec<String>,
    /// Whether they pass at times
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
    /// Whether the original fails them too: they do not apply to a Worker
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub original: bool,
}

/// The expectations of one suite.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// Pages (`.html`) that need no document and are run too
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Glob>,
    /// Files that are not run
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<Omitted>,
    /// Failures that are known
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fail: Vec<Known>,
}

/// Why expectations cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExpectationsError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file
        path: String,
        /// Why
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {message}")]
    Invalid {
        /// The file
        path: String,
        /// What is wrong
        message: String,
    },
}

/// How a suite went, compared with its expectations.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Tests that passed
    pub passed: usize,
    /// Tests there are
    pub total: usize,
    /// Failures that the original has too
    pub shared: usize,
    /// Tests that do not count
    pub omitted: usize,
    /// Failures nobody expected: file, test, message
    pub failures: Vec<(String, String, String)>,
    /// Failures that were expected
    pub known: Vec<(String, String, String)>,
    /// Expectations that nothing fulfils any more
    pub stale: Vec<String>,
}

impl Verdict {
    /// How many tests there are that the original does not fail as well.
    pub fn applicable(&self) -> usize {
        self.total - self.shared
    }
}

impl Expectations {
    /// Reads the expectations of a suite; there are none if there is no file.
    pub fn read(path: &Path) -> Result<Self, ExpectationsError> {
        let shown = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => {
                let expectations: Self =
                    toml::from_str(&text).map_err(|error| ExpectationsError::Invalid {
                        path: shown.clone(),
                        message: error.to_string(),
                    })?;
                let known = expectations.fail.iter().flat_map(|known| &known.matching);
                let omitted = expectations
                    .omit
                    .iter()
                    .flat_map(|omitted| &omitted.matching);
                for pattern in known.chain(omitted) {
                    Regex::new(pattern).map_err(|error| ExpectationsError::Invalid {
                        path: shown.clone(),
                        message: error.to_string(),
                    })?;
                }
                Ok(expectations)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ExpectationsError::Io {
                path: shown,
                source,
            }),
        }
    }

    /// Writes the expectations.
    pub fn write(&self, path: &Path) -> Result<(), ExpectationsError> {
        let shown = path.display().to_string();
        let text = toml::to_string_pretty(self).map_err(|error| ExpectationsError::Invalid {
            path: shown.clone(),
            message: error.to_string(),
        })?;
        fs::write(path, text).map_err(|source| ExpectationsError::Io {
            path: shown,
            source,
        })
    }

    /// Whether a file is left out.
    pub fn omits(&self, file: &str) -> bool {
        let whole = self
            .omit
            .iter()
            .filter(|omitted| omitted.tests.is_empty() && omitted.matching.is_empty());
        let mut globs = whole.flat_map(|omitted| &omitted.files);
        globs.any(|glob| glob.matches(file))
    }

    /// What tests of a file do not count: names, and patterns for names.
    fn uncounted(&self, file: &str) -> (BTreeSet<&str>, Vec<Regex>) {
        let omitted = self
            .omit
            .iter()
            .filter(|omitted| omitted.files.iter().any(|glob| glob.matches(file)));
        let names = omitted.clone().flat_map(|omitted| &omitted.tests);
        let patterns = omitted.flat_map(|omitted| &omitted.matching);
        (
            names.map(String::as_str).collect(),
            patterns
                .filter_map(|pattern| Regex::new(pattern).ok())
                .collect(),
        )
    }

    /// Compares outcomes, by file, with what is expected. `complete` says that all files were run, so that
    /// what did not turn up does not exist.
    pub fn judge(&self, outcomes: &BTreeMap<String, Outcome>, complete: bool) -> Verdict {
        let mut verdict = Verdict::default();
        let mut claims: Vec<Claim<'_>> = self.fail.iter().flat_map(Claim::of).collect();
        for (file, outcome) in outcomes {
            let (names, patterns) = self.uncounted(file);
            for (test, passed, message) in results(outcome) {
                if names.contains(test) || patterns.iter().any(|pattern| pattern.is_match(test)) {
                    verdict.omitted += 1;
                    continue;
                }
                verdict.total += 1;
                verdict.passed += usize::from(passed);
                let (mut expected, mut shared) = (false, false);
                for claim in claims.iter_mut().filter(|claim| claim.covers(file, test)) {
                    expected = true;
                    shared |= claim.known.original;
                    claim.failed |= !passed;
                    claim.passed |= passed;
                }
                if !passed {
                    verdict.shared += usize::from(shared);
                    let failure = (file.clone(), test.to_string(), message.to_string());
                    match expected {
                        true => verdict.known.push(failure),
                        false => verdict.failures.push(failure),
                    }
                }
            }
        }
        let stale = claims
            .iter()
            .filter(|claim| !claim.known.flaky && !claim.failed && (claim.passed || complete));
        verdict.stale = stale.map(Claim::describe).collect();
        verdict
    }

    /// Drops what is stale and adds the failures that nobody expected, without a reason.
    pub fn update(&mut self, outcomes: &BTreeMap<String, Outcome>, complete: bool) {
        let verdict = self.judge(outcomes, complete);
        for known in &mut self.fail {
            let whole = known.tests.is_empty() && known.matching.is_empty();
            let is_stale = |claim: Claim<'_>| verdict.stale.contains(&claim.describe());
            let (mut tests, mut matching) = (known.tests.clone(), known.matching.clone());
            tests.retain(|test| !is_stale(Claim::new(known, Some(test), None)));
            matching.retain(|pattern| !is_stale(Claim::new(known, None, Some(pattern))));
            if whole && is_stale(Claim::new(known, None, None)) {
                known.files.clear();
            }
            if !whole && tests.is_empty() && matching.is_empty() {
                known.files.clear();
            }
            (known.tests, known.matching) = (tests, matching);
        }
        self.fail.retain(|known| !known.files.is_empty());
        let mut added: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        for (file, test, _) in &verdict.failures {
            added.entry(file).or_default().insert(test);
        }
        for (file, tests) in added {
            self.fail.push(Known {
                reason: UNEXPLAINED.into(),
                files: vec![Glob::new(file)],
                tests: tests.into_iter().cloned().collect(),
                matching: Vec::new(),
                flaky: false,
                original: false,
            });
        }
    }
}

/// The tests of a file with whether they passed, and the file itself if it failed. A test whose optional
/// feature is absent does not count.
fn results(outcome: &Outcome) -> impl Iterator<Item = (&str, bool, &str)> {
    let tests = outcome.tests.iter();
    let counted = tests.filter(|test| test.status != "PRECONDITION_FAILED");
    let unfinished = |status: &str| matches!(status, "TIMEOUT" | "NOTRUN");
    let explained = outcome.tests.iter().any(|test| unfinished(&test.status));
    let failed = match outcome.status.as_str() {
        "ERROR" => true,
        "TIMEOUT" => !explained,
        _ => false,
    };
    let message = outcome.message.as_deref().unwrap_or_default();
    let whole = failed.then_some((WHOLE_FILE, false, message));
    counted
        .map(|test| {
            let message = test.message.as_deref().unwrap_or(&test.status);
            (test.name.as_str(), test.status == "PASS", message)
        })
        .chain(whole)
}

/// One line of an expectation and what became of it.
struct Claim<'a> {
    known: &'a Known,
    test: Option<&'a str>,
    pattern: Option<(&'a str, Option<Regex>)>,
    failed: bool,
    passed: bool,
}

impl<'a> Claim<'a> {
    fn new(known: &'a Known, test: Option<&'a str>, pattern: Option<&'a str>) -> Self {
        Self {
            known,
            test,
            pattern: pattern.map(|pattern| (pattern, Regex::new(pattern).ok())),
            failed: false,
            passed: false,
        }
    }

    fn of(known: &'a Known) -> Vec<Self> {
        let tests = known.tests.iter();
        let tests = tests.map(|test| Self::new(known, Some(test), None));
        let patterns = known.matching.iter();
        let patterns = patterns.map(|pattern| Self::new(known, None, Some(pattern)));
        let claims: Vec<_> = tests.chain(patterns).collect();
        match claims.is_empty() {
            true => vec![Self::new(known, None, None)],
            false => claims,
        }
    }

    fn covers(&self, file: &str, test: &str) -> bool {
        self.known.files.iter().any(|glob| glob.matches(file))
            && match (self.test, &self.pattern) {
                (Some(name), _) => name == test,
                (None, Some((_, pattern))) => pattern
                    .as_ref()
                    .is_some_and(|pattern| pattern.is_match(test)),
                (None, None) => true,
            }
    }

    fn describe(&self) -> String {
        let files: Vec<_> = self
            .known
            .files
            .iter()
            .map(|glob| glob.0.as_str())
            .collect();
        let what = match (self.test, &self.pattern) {
            (Some(name), _) => name,
            (None, Some((pattern, _))) => pattern,
            (None, None) => "any test",
        };
        format!("{}: {what}", files.join(", "))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::child::TestOutcome;

    fn outcome(status: &str, tests: &[(&str, &str)]) -> Outcome {
        Outcome {
            status: status.into(),
            message: None,
            tests: tests
                .iter()
                .map(|(name, status)| TestOutcome {
                    name: (*name).into(),
                    status: (*status).into(),
                    message: None,
                })
                .collect(),
        }
    }

    fn outcomes(list: &[(&str, Outcome)]) -> BTreeMap<String, Outcome> {
        list.iter()
            .map(|(file, outcome)| ((*file).into(), outcome.clone()))
            .collect()
    }

    fn parse(text: &str) -> Expectations {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn globs_cover_names_with_and_without_variants() {
        for (pattern, name, covered) in [
            ("a.any.js", "a.any.js", true),
            ("a.any.js", "a.any.js?1-10", true),
            ("a.any.js?1-10", "a.any.js?11-20", false),
            ("a/*.js", "a/b/c.js", true),
            ("*x*y", "axbyy", true),
            ("*x*y", "axb", false),
            ("a", "ab", false),
            ("*", "anything", true),
        ] {
            assert_eq!(
                Glob::new(pattern).matches(name),
                covered,
                "{pattern} {name}"
            );
        }
    }

    #[test]
    fn known_failures_are_told_from_new_ones() {
        let expectations = parse(
            "[[fail]]\nreason = 'r'\nfiles = ['a.js']\ntests = ['one', 'gone']\nmatching = ['^m']\n\
             [[omit]]\nreason = 'o'\nfiles = ['o*']\n\
             [[omit]]\nreason = 'o'\nfiles = ['*']\ntests = ['no']\nmatching = ['^not ']\n",
        );
        assert!(expectations.omits("other.js") && !expectations.omits("a.js"));
        let run = outcomes(&[
            (
                "a.js",
                outcome(
                    "OK",
                    &[
                        ("one", "FAIL"),
                        ("m1", "TIMEOUT"),
                        ("two", "FAIL"),
                        ("x", "PASS"),
                        ("no", "FAIL"),
                        ("not at all", "PASS"),
                    ],
                ),
            ),
            (
                "b.js",
                outcome("ERROR", &[("optional", "PRECONDITION_FAILED")]),
            ),
        ]);
        let verdict = expectations.judge(&run, true);
        assert_eq!((verdict.passed, verdict.total, verdict.omitted), (1, 5, 2));
        assert_eq!(verdict.known.len(), 2);
        let new: Vec<_> = verdict
            .failures
            .iter()
            .map(|(file, test, _)| (file.as_str(), test.as_str()))
            .collect();
        assert_eq!(new, [("a.js", "two"), ("b.js", WHOLE_FILE)]);
        assert_eq!(verdict.stale, ["a.js: gone"]);
        assert!(expectations.judge(&run, false).stale.is_empty());
    }

    #[test]
    fn what_passes_again_is_stale_unless_flaky() {
        let run = outcomes(&[("a.js", outcome("OK", &[("one", "PASS")]))]);
        let text = "[[fail]]\nreason = 'r'\nfiles = ['a.js']\n";
        assert_eq!(parse(text).judge(&run, false).stale, ["a.js: any test"]);
        assert!(
            parse(&format!("{text}flaky = true"))
                .judge(&run, true)
                .stale
                .is_empty()
        );
    }

    #[test]
    fn what_the_original_fails_too_is_not_applicable() {
        let run = outcomes(&[(
            "a.js",
            outcome("OK", &[("one", "FAIL"), ("two", "FAIL"), ("x", "PASS")]),
        )]);
        let text = "[[fail]]\nreason = 'r'\nfiles = ['a.js']\ntests = ['one']\noriginal = true\n\
                    [[fail]]\nreason = 'r'\nfiles = ['a.js']\ntests = ['two']\n";
        let verdict = parse(text).judge(&run, true);
        assert_eq!(
            (verdict.passed, verdict.applicable(), verdict.total),
            (1, 2, 3)
        );
        assert_eq!(verdict.known.len(), 2);
    }

    #[test]
    fn every_expectation_has_a_reason() {
        for entry in fs::read_dir(crate::expectations_folder()).unwrap() {
            let path = entry.unwrap().path();
            let expectations = Expectations::read(&path).unwrap();
            let known = expectations.fail.iter().map(|known| &known.reason);
            let omitted = expectations.omit.iter().map(|omitted| &omitted.reason);
            for reason in known.chain(omitted) {
                assert!(
                    !reason.trim().is_empty() && reason != UNEXPLAINED,
                    "{} has failures without a reason",
                    path.display()
                );
            }
        }
    }

    #[test]
    fn an_update_drops_and_adds() {
        let mut expectations = parse(
            "[[fail]]\nreason = 'r'\nfiles = ['a.js']\ntests = ['one', 'gone']\n\
             [[fail]]\nreason = 's'\nfiles = ['b.js']\n",
        );
        let run = outcomes(&[
            ("a.js", outcome("OK", &[("one", "FAIL"), ("two", "FAIL")])),
            ("b.js", outcome("OK", &[("three", "PASS")])),
        ]);
        expectations.update(&run, true);
        let text = toml::to_string_pretty(&expectations).unwrap();
        let again = parse(&text);
        let reasons: Vec<_> = again
            .fail
            .iter()
            .map(|known| (known.reason.as_str(), known.tests.join(",")))
            .collect();
        assert_eq!(
            reasons,
            [("r", "one".to_string()), (UNEXPLAINED, "two".to_string())]
        );
        let verdict = again.judge(&run, true);
        assert!(verdict.failures.is_empty() && verdict.stale.is_empty());
    }
}
