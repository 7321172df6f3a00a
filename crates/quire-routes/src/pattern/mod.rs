//! Route paths: `/api/:id`, `/:repo*.git/info/refs`.
//!
//! The grammar and the meaning are those of the pattern language that the original compiles route paths with.
//! A path that this module accepts always works; what would only fail at a request is a [`PatternError`].

mod fold;
mod matcher;

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use fold::Text;
pub(crate) use fold::{hash, hash_ascii};
use matcher::Start;
pub(crate) use matcher::{Extent, Span, Spans};

/// A parameter of a route path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name: the key in `params`. Names may repeat in one path.
    pub name: String,
    /// Whether it takes any number of segments (`[[name]]`) rather than a piece of one (`[name]`).
    pub catch_all: bool,
}

/// Why a text is not a route path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// Route paths are absolute.
    #[error("the route path `{path}` does not start with `/`")]
    NotAbsolute {
        /// The text.
        path: String,
    },
    /// Two parameters touch: no one can say where the first ends.
    #[error("the parameters `{first}` and `{second}` have no text between them")]
    Adjacent {
        /// Name of the left one.
        first: String,
        /// Name of the right one.
        second: String,
    },
    /// A catch-all that does not start its segment.
    #[error("the catch-all `{name}` does not stand at the start of a path segment")]
    CatchAllInsideSegment {
        /// Its name.
        name: String,
    },
    /// A `*` that is not part of a catch-all.
    #[error("a literal `*` cannot stand in a route path")]
    Star,
    /// A `:` that no parameter name follows.
    #[error("a literal `:` cannot stand in a route path")]
    Colon,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Text(Text),
    /// A piece of one segment. With `slash`, the `/` before it belongs to it. It never holds `guard` at any place:
    /// the text before it, when that has no slash.
    One {
        slash: bool,
        guard: Option<Text>,
    },
    /// Any number of whole segments, each with its `/` before it.
    Many,
}

/// A route path, parsed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoutePath {
    text: String,
    tokens: Box<[Token]>,
    params: Box<[Param]>,
    /// No choice is ever open while matching: see `matcher`.
    direct: bool,
    /// How the rest from each token begins, one more for the end.
    starts: Box<[Start]>,
}

impl RoutePath {
    /// Parses a path in which parameters are already written `:name` and `:name*`.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if !text.starts_with('/') {
            return Err(PatternError::NotAbsolute {
                path: text.to_owned(),
            });
        }
        let mut tokens = Vec::new();
        let mut params: Vec<Param> = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match c {
                '*' => return Err(PatternError::Star),
                ':' => {
                    let (param, after) = read_param(rest)?;
                    let slash = literal.ends_with('/');
                    if slash {
                        literal.pop();
                    }
                    if literal.is_empty() && !slash {
                        let first = params.last().map(|p| p.name.clone()).unwrap_or_default();
                        return Err(PatternError::Adjacent {
                            first,
                            second: param.name,
                        });
                    }
                    if param.catch_all && !slash {
                        return Err(PatternError::CatchAllInsideSegment { name: param.name });
                    }
                    let guard =
                        (!slash && !literal.contains(['/', '#', '?'])).then(|| Text::new(&literal));
                    if !literal.is_empty() {
                        tokens.push(Token::Text(Text::new(&literal)));
                        literal.clear();
                    }
                    tokens.push(if param.catch_all {
                        Token::Many
                    } else {
                        Token::One { slash, guard }
                    });
                    params.push(param);
                    rest = after;
                }
                other => {
                    literal.push(other);
                    rest = &rest[other.len_utf8()..];
                }
            }
        }
        if !literal.is_empty() {
            tokens.push(Token::Text(Text::new(&literal)));
        }
        let direct = matcher::is_direct(&tokens);
        let starts = matcher::starts(&tokens);
        Ok(RoutePath {
            text: text.to_owned(),
            tokens: tokens.into(),
            params: params.into(),
            direct,
            starts,
        })
    }

    /// The path as written: `/api/:id`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The parameters, from the left.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// The segments between the slashes; none for the root.
    pub(crate) fn segments(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        segments(&self.text)
    }

    /// The last character of the last token when that is text.
    pub(crate) fn last_text_char(&self) -> Option<char> {
        match self.tokens.last() {
            Some(Token::Text(text)) => text.as_str().chars().next_back(),
            _ => None,
        }
    }
}

/// The segments of a path or rule between its slashes, the empty ones left out.
pub(crate) fn segments(path: &str) -> impl DoubleEndedIterator<Item = &str> + Clone {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// Reads `:name` or `:name*` from the start of `text`.
fn read_param(text: &str) -> Result<(Param, &str), PatternError> {
    let name_and_rest = &text[1..];
    let end = name_and_rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(name_and_rest.len());
    let (name, rest) = name_and_rest.split_at(end);
    if name.is_empty() {
        return Err(PatternError::Colon);
    }
    let (catch_all, rest) = match rest.strip_prefix('*') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    Ok((
        Param {
            name: name.to_owned(),
            catch_all,
        },
        rest,
    ))
}

impl fmt::Display for RoutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for RoutePath {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for RoutePath {}

impl PartialEq<str> for RoutePath {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl TryFrom<String> for RoutePath {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        RoutePath::parse(&text)
    }
}

impl From<RoutePath> for String {
    fn from(path: RoutePath) -> String {
        path.text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_would_fail_at_a_request_is_refused() {
        use PatternError::*;
        let name = |name: &str| name.to_owned();
        for (text, error) in [
            ("x", NotAbsolute { path: name("x") }),
            (
                "/:a:b",
                Adjacent {
                    first: name("a"),
                    second: name("b"),
                },
            ),
            (
                "/:a*:b",
                Adjacent {
                    first: name("a"),
                    second: name("b"),
                },
            ),
            ("/pre:x*", CatchAllInsideSegment { name: name("x") }),
            ("/x.:y*", CatchAllInsideSegment { name: name("y") }),
            ("/:a-:b*", CatchAllInsideSegment { name: name("b") }),
            ("/a*b", Star),
            ("/*", Star),
            ("/:x**", Star),
            ("/a:", Colon),
            ("/:-x", Colon),
            ("/:/x", Colon),
            ("/a::b", Colon),
        ] {
            assert_eq!(RoutePath::parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn tokens() {
        let text = |text: &str| Token::Text(Text::new(text));
        let one = |slash, guard: Option<&str>| Token::One {
            slash,
            guard: guard.map(Text::new),
        };
        for (path, tokens) in [
            ("/", vec![text("/")]),
            ("/foo/:id", vec![text("/foo"), one(true, None)]),
            (
                "/:name.:ext",
                vec![one(true, None), text("."), one(false, Some("."))],
            ),
            (
                "/u2/a-:x-b",
                vec![text("/u2/a-"), one(false, None), text("-b")],
            ),
            ("/:repo*.git/x", vec![Token::Many, text(".git/x")]),
            ("/:a/:b*", vec![one(true, None), Token::Many]),
        ] {
            assert_eq!(
                RoutePath::parse(path).unwrap().tokens.as_ref(),
                tokens,
                "{path}"
            );
        }
        let params = RoutePath::parse("/:a/:a*").unwrap().params().to_vec();
        assert_eq!(
            params[0],
            Param {
                name: "a".into(),
                catch_all: false
            }
        );
        assert_eq!(
            params[1],
            Param {
                name: "a".into(),
                catch_all: true
            }
        );
    }

    #[test]
    fn travels_as_text() {
        let path = RoutePath::parse("/:a/b").unwrap();
        let json = serde_json::to_string(&path).unwrap();
        assert_eq!(json, "\"/:a/b\"");
        assert_eq!(serde_json::from_str::<RoutePath>(&json).unwrap(), path);
        assert!(serde_json::from_str::<RoutePath>("\"/:a:b\"").is_err());
    }
}
