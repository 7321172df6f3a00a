//! `_headers` and `_redirects` against regular expressions made as the original makes them, rule by rule.

use fancy_regex::Regex;
use quire_routes::{HeaderChange, HeaderRules, Redirect, RedirectRules};

const PIECES: &[&str] = &[
    "/",
    "/",
    "a",
    "b",
    "*",
    ":x",
    ":y",
    ":xy",
    ".",
    "-",
    "é",
    "%41",
    "{",
    "index",
    ".html",
    "?q",
    "#f",
    "..",
    "//",
    "\\",
    " ",
    "\t",
    "\n",
    "\n/",
    "\n ",
    "https://",
    "h.example",
    ":8080",
    "200",
    "301",
    "302",
    ":",
    "A: 1",
    "! A",
    "B::splat:x",
];

const PATHS: &[&str] = &[
    "/",
    "/a",
    "/b",
    "/a/b",
    "/a/",
    "//a",
    "/a-b.html",
    "/%41",
    "/a/a/a",
    "/a.b",
    "/index",
    "/%C3%A9",
];

fn text(data: &[u8]) -> String {
    let pieces = data.iter();
    let piece = |byte: &u8| PIECES[usize::from(*byte) % PIECES.len()];
    format!("/{}", pieces.map(piece).collect::<String>())
}

/// As the original makes it: all occurrences of each name replaced in the escaped text, one name after the other.
fn regex(rule: &str) -> Option<Regex> {
    let escaped: Vec<String> = rule.split('*').map(escape).collect();
    let mut expression = escaped.join("(?<splat>.*)");
    let host = Regex::new(r"^https:\\/\\/([^/]*?)\\/").ok()?;
    let names = Regex::new(":([A-Za-z][A-Za-z0-9_]*)").ok()?;
    let replace = |expression: &mut String, part: &str, class: &str| {
        for name in names.captures_iter(part).flatten() {
            let (whole, name) = (&name[0], &name[1]);
            *expression = expression.replace(whole, &format!("(?<{name}>{class}+)"));
        }
    };
    let host = host
        .captures(&expression)
        .ok()?
        .map(|host| host[1].to_owned());
    if let Some(host) = host {
        replace(&mut expression, &host, "[^/.]");
    }
    let remaining = expression.clone();
    replace(&mut expression, &remaining, "[^/]");
    // JavaScript takes no two groups of one name; this crate's engine does.
    let groups: Vec<&str> = expression.split("(?<").skip(1).collect();
    let names = groups.iter().filter_map(|group| group.split('>').next());
    let unique: std::collections::HashSet<&str> = names.collect();
    if unique.len() < groups.len() {
        return None;
    }
    Regex::new(&format!("^{expression}$")).ok()
}

fn escape(text: &str) -> String {
    let special = r"-/\^$*+?.()|[]{}";
    let escaped = text
        .chars()
        .map(|character| match special.contains(character) {
            true => format!("\\{character}"),
            false => character.to_string(),
        });
    escaped.collect()
}

fn matched(rule: &str, text: &str) -> Option<Vec<(String, String)>> {
    let regex = regex(rule)?;
    let captures = regex.captures(text).ok()??;
    let names = regex.capture_names().flatten();
    let value = |name: &str| captures.name(name).map(|value| value.as_str().to_owned());
    Some(
        names
            .filter_map(|name| Some((name.to_owned(), value(name)?)))
            .collect(),
    )
}

fn substitute(text: &str, values: &[(String, String)]) -> String {
    let replace =
        |text: String, (name, value): &(String, String)| text.replace(&format!(":{name}"), value);
    values.iter().fold(text.to_owned(), replace)
}

/// The first rule that matches decides, and says the same as its own regular expression.
pub fn redirects(data: &[u8]) {
    let rules = RedirectRules::parse("_redirects", &text(data)).rules;
    for path in PATHS {
        let expected = rules.rules().iter().find_map(|rule| match rule.dynamic {
            false => (rule.source == *path).then(|| (rule, Vec::new())),
            true => Some((rule, matched(&rule.source, path)?)),
        });
        match (rules.find(path), expected) {
            (None, None) => {}
            (Some(found), Some((rule, values))) => {
                let (status, target) = match found {
                    Redirect::To { status, target } => (status, target),
                    Redirect::Rewrite { target } => (200, target),
                };
                assert_eq!(status, rule.status);
                let plain = substitute(&rule.target, &values);
                // Runs of slashes are another test's.
                let only = |text: &str| text.replace(['/', '\\'], "");
                assert_eq!(only(&target), only(&plain), "{rule:?} {path}");
            }
            (found, expected) => panic!("{path}: {found:?}, expected {expected:?}"),
        }
    }
}

/// All rules that match apply, in order, each as its own regular expression says.
pub fn headers(data: &[u8]) {
    let rules = HeaderRules::parse("_headers", &text(data)).rules;
    for path in PATHS {
        let found: Vec<String> = rules
            .changes(Some("h.example"), path)
            .into_iter()
            .map(|change| match change {
                HeaderChange::Remove(name) => format!("-{name}"),
                HeaderChange::Set(name, value) | HeaderChange::Append(name, value) => {
                    format!("{name}={value}")
                }
            })
            .collect();
        let mut expected = Vec::new();
        for rule in rules.rules() {
            let url = format!("https://h.example{path}");
            let subject = if rule.path.starts_with("https://") {
                &url
            } else {
                *path
            };
            let Some(values) = matched(&rule.path, subject) else {
                continue;
            };
            expected.extend(rule.unset.iter().map(|name| format!("-{name}")));
            expected.extend(
                rule.set
                    .iter()
                    .map(|(name, value)| format!("{name}={}", substitute(value, &values))),
            );
        }
        assert_eq!(found, expected, "{path}");
    }
}
