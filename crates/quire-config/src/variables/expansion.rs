//! `$NAME` and `${NAME}` in the values of `.env` files, replaced as the `dotenv-expand` package does.

use std::collections::HashSet;

use indexmap::IndexMap;

/// Bytes that one value may grow to. Values that contain each other can otherwise double at every step.
const LONGEST_VALUE: usize = 1024 * 1024;

/// References replaced in one value. Two values can refer to each other without an end.
const MOST_REPLACEMENTS: usize = 1000;

/// A value that refers to other values without an end, or to very long ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the value of `{name}` does not come to an end when its references are replaced; put a backslash before each `$` that is meant as it is"
)]
pub struct ExpansionTooLong {
    /// The variable.
    pub name: String,
}

/// Replaces references to variables in all values, in order: a value sees the ones before it. `process` holds the
/// variables of the surrounding process, if they count; they go before the file's.
///
/// `${NAME:-other}` and `${NAME-other}` stand for `other` where `NAME` is empty, `${NAME:+other}` and `${NAME+other}`
/// where it is not. `\$` is a plain dollar sign.
pub fn expand_dotenv(
    variables: &IndexMap<String, String>,
    process: &IndexMap<String, String>,
) -> Result<IndexMap<String, String>, ExpansionTooLong> {
    let mut expanded = IndexMap::with_capacity(variables.len());
    for (name, value) in variables {
        let value = match process.get(name) {
            Some(outer) if !outer.is_empty() && outer != value => outer.clone(),
            _ => expand(value, &expanded, process)
                .ok_or_else(|| ExpansionTooLong { name: name.clone() })?,
        };
        expanded.insert(name.clone(), value.replace("\\$", "$"));
    }
    Ok(expanded)
}

fn expand(
    value: &str,
    earlier: &IndexMap<String, String>,
    process: &IndexMap<String, String>,
) -> Option<String> {
    let mut result = value.to_owned();
    let mut seen = HashSet::new();
    for _ in 0..MOST_REPLACEMENTS {
        let Some(reference) = find_reference(&result) else {
            return Some(result);
        };
        let (name, operator, other) = split_operator(reference.expression);
        let known = process
            .get(name)
            .or_else(|| earlier.get(name))
            .filter(|value| !value.is_empty());
        let replacement = match (operator, known) {
            (Operator::IfSet, Some(_)) => other,
            (Operator::IfSet, None) => "",
            (Operator::IfUnset, Some(known)) if known != &result && !seen.contains(known) => known,
            (Operator::IfUnset, _) => other,
        };
        let next = format!(
            "{}{replacement}{}",
            &result[..reference.start],
            &result[reference.end..]
        );
        if next.len() > LONGEST_VALUE {
            return None;
        }
        let settled = earlier.get(name) == Some(&next);
        seen.insert(std::mem::replace(&mut result, next));
        if settled {
            return Some(result);
        }
    }
    None
}

struct Reference<'a> {
    start: usize,
    end: usize,
    expression: &'a str,
}

/// The first reference that no backslash stands before.
fn find_reference(text: &str) -> Option<Reference<'_>> {
    text.match_indices('$')
        .filter(|(start, _)| !text[..*start].ends_with('\\'))
        .find_map(|(start, _)| {
            let rest = &text[start + 1..];
            if let Some(braced) = rest.strip_prefix('{') {
                let length = braced.find(['{', '}'])?;
                let closed = length > 0 && braced[length..].starts_with('}');
                return closed.then(|| Reference {
                    start,
                    end: start + 2 + length + 1,
                    expression: &braced[..length],
                });
            }
            let length = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            let named = rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            named.then(|| Reference {
                start,
                end: start + 1 + length,
                expression: &rest[..length],
            })
        })
}

enum Operator {
    IfSet,
    IfUnset,
}

/// The name, the first operator in it, and what follows.
fn split_operator(expression: &str) -> (&str, Operator, &str) {
    let Some(at) = expression.find(['+', '-']) else {
        return (expression, Operator::IfUnset, "");
    };
    let operator = if expression[at..].starts_with('+') {
        Operator::IfSet
    } else {
        Operator::IfUnset
    };
    let name = &expression[..at];
    (
        name.strip_suffix(':').unwrap_or(name),
        operator,
        &expression[at + 1..],
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::super::parse_dotenv;
    use super::*;

    type Pairs = &'static [(&'static str, &'static str)];

    /// Each expectation is what `dotenv-expand` 12.0.2 gives.
    #[test]
    fn odd_cases() {
        let cases: &[(&str, Pairs, Pairs)] = &[
            ("A=1\nB=${A}2", &[], &[("A", "1"), ("B", "12")]),
            ("B=${A}2\nA=1", &[], &[("B", "2"), ("A", "1")]),
            ("A=1\nB=$A", &[], &[("A", "1"), ("B", "1")]),
            ("A=1\nB=$A-$A.$AB", &[], &[("A", "1"), ("B", "1-1.")]),
            ("A=1\nB=\\$A", &[], &[("A", "1"), ("B", "$A")]),
            ("A=1\nB=\\${A}", &[], &[("A", "1"), ("B", "${A}")]),
            ("A=${X:-d}", &[], &[("A", "d")]),
            ("A=${X-d}", &[], &[("A", "d")]),
            ("A=\nB=${A:-d}", &[], &[("A", ""), ("B", "d")]),
            ("A=\nB=${A-d}", &[], &[("A", ""), ("B", "d")]),
            ("A=1\nB=${A:-d}", &[], &[("A", "1"), ("B", "1")]),
            ("A=1\nB=${A:+d}", &[], &[("A", "1"), ("B", "d")]),
            ("A=1\nB=${A+d}", &[], &[("A", "1"), ("B", "d")]),
            ("B=${A:+d}", &[], &[("B", "")]),
            ("A=1\nB=${X:-${A}}", &[], &[("A", "1"), ("B", "1")]),
            ("A=1\nB=${X:-$A}x", &[], &[("A", "1"), ("B", "")]),
            ("A=${A}", &[], &[("A", "")]),
            ("A=a${A}", &[], &[("A", "a")]),
            ("A=$", &[], &[("A", "$")]),
            ("A=$1", &[], &[("A", "$1")]),
            ("A=${}", &[], &[("A", "${}")]),
            ("A=${", &[], &[("A", "${")]),
            ("A=$$", &[], &[("A", "$$")]),
            ("A=a$b$c", &[], &[("A", "a")]),
            ("A=${A B}", &[], &[("A", "")]),
            ("A=1\nB=\"${A}\"", &[], &[("A", "1"), ("B", "1")]),
            ("A=1\nB='${A}'", &[], &[("A", "1"), ("B", "1")]),
            ("A=1\nB=${A}${A}", &[], &[("A", "1"), ("B", "11")]),
            (
                "A=x\nB=${A}\nC=${B}${A}",
                &[],
                &[("A", "x"), ("B", "x"), ("C", "xx")],
            ),
            ("A=1\nB=${A}2", &[("A", "9")], &[("A", "9"), ("B", "92")]),
            ("A=1", &[("A", "")], &[("A", "1")]),
            ("A=1", &[("B", "2")], &[("A", "1")]),
            ("A=${B}", &[("B", "2")], &[("A", "2")]),
            ("A=${B}", &[("B", "")], &[("A", "")]),
            ("A=\\$x\nB=${A}y", &[], &[("A", "$x"), ("B", "")]),
            ("A=x-y\nB=${A:-d-e}", &[], &[("A", "x-y"), ("B", "x-y")]),
            ("B=${X:-d-e:+f}", &[], &[("B", "d-e:+f")]),
            ("B=${X-y:-z}", &[], &[("B", "y:-z")]),
            ("B=${:-z}", &[], &[("B", "z")]),
            ("A=1\nB=${A}\\$A", &[], &[("A", "1"), ("B", "1$A")]),
            ("A=pa$$word", &[], &[("A", "pa$")]),
            ("A=p@$$w0rd", &[], &[("A", "p@$")]),
            ("A=1\nB={$A}", &[], &[("A", "1"), ("B", "{1}")]),
            ("A=1\nB=${A}}", &[], &[("A", "1"), ("B", "1}")]),
            ("A=1\nB=$A$A", &[], &[("A", "1"), ("B", "11")]),
            ("A=$A_B", &[], &[("A", "")]),
            ("X=\nB=${X}y", &[], &[("X", ""), ("B", "y")]),
        ];
        for (text, process, expected) in cases {
            let map = |pairs: Pairs| -> IndexMap<String, String> {
                pairs
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect()
            };
            let expanded = expand_dotenv(&parse_dotenv(text), &map(process)).unwrap();
            assert_eq!(expanded, map(expected), "{text:?} with {process:?}");
        }
    }

    #[test]
    fn endless_references_are_an_error() {
        let growing: String = (1..64)
            .map(|n| format!("V{n}=${{V{}}}${{V{}}}\n", n - 1, n - 1))
            .collect();
        let error = expand_dotenv(
            &parse_dotenv(&format!("V0=xxxxxxxx\n{growing}")),
            &IndexMap::new(),
        )
        .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the value of `V18` does not come to an end"),
            "{error}"
        );
        let circular = parse_dotenv("A=\\${A}\nB=x${A}");
        assert_eq!(
            expand_dotenv(&circular, &IndexMap::new()),
            Err(ExpansionTooLong {
                name: "B".to_owned()
            })
        );
    }

    proptest! {
        #[test]
        fn any_text_is_fine(text in "([A-C]=[$A-C{}:+\\\\x-]{0,12}\n){0,5}") {
            let _ = expand_dotenv(&parse_dotenv(&text), &IndexMap::new());
        }

        #[test]
        fn without_a_dollar_nothing_changes(values in prop::collection::vec("[^$]{0,20}", 0..5)) {
            let variables: IndexMap<_, _> =
                values.into_iter().enumerate().map(|(n, value)| (format!("V{n}"), value)).collect();
            prop_assert_eq!(expand_dotenv(&variables, &IndexMap::new()), Ok(variables));
        }
    }
}
