//! Which of two routes comes first.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;

use crate::collation;
use crate::export::Method;
use crate::pattern::segments;

/// What puts one route before another; the first that differs decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum Precedence {
    /// It has more segments.
    Segments {
        /// Segments of the route that comes first.
        first: usize,
        /// Segments of the other.
        second: usize,
    },
    /// At this segment (counted from 1) the other has a catch-all.
    NoCatchAll {
        /// The segment.
        segment: usize,
    },
    /// At this segment (counted from 1) the other has a parameter.
    NoParameter {
        /// The segment.
        segment: usize,
    },
    /// It is bound to a method, the other takes all.
    Method,
    /// Its path comes first in alphabetical order.
    Alphabet,
    /// Same path; the one found first.
    Found,
}

impl fmt::Display for Precedence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Precedence::Segments { first, second } => {
                write!(f, "more segments come first ({first} against {second})")
            }
            Precedence::NoCatchAll { segment } => {
                write!(f, "a catch-all comes last (segment {segment})")
            }
            Precedence::NoParameter { segment } => {
                write!(f, "fixed text comes before a parameter (segment {segment})")
            }
            Precedence::Method => write!(f, "a handler for one method comes before one for all"),
            Precedence::Alphabet => {
                write!(f, "the paths are equally specific, so the alphabet decides")
            }
            Precedence::Found => write!(f, "the path is the same"),
        }
    }
}

/// Compares two routes, and says why. The smaller comes first.
pub(crate) fn compare(
    a: (&str, Option<Method>),
    b: (&str, Option<Method>),
) -> (Ordering, Precedence) {
    let count = |path: &str| segments(path).count();
    let (count_a, count_b) = (count(a.0), count(b.0));
    if count_a != count_b {
        let (first, second) = (count_a.max(count_b), count_a.min(count_b));
        return (
            count_b.cmp(&count_a),
            Precedence::Segments { first, second },
        );
    }
    for (i, (one, other)) in segments(a.0).zip(segments(b.0)).enumerate() {
        let segment = i + 1;
        let stars = one.contains('*').cmp(&other.contains('*'));
        if stars.is_ne() {
            return (stars, Precedence::NoCatchAll { segment });
        }
        let params = one.contains(':').cmp(&other.contains(':'));
        if params.is_ne() {
            return (params, Precedence::NoParameter { segment });
        }
    }
    let methods = a.1.is_none().cmp(&b.1.is_none());
    if methods.is_ne() {
        return (methods, Precedence::Method);
    }
    match collation::compare(a.0, b.0) {
        Ordering::Equal => (Ordering::Equal, Precedence::Found),
        alphabet => (alphabet, Precedence::Alphabet),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_decides() {
        let get = Some(Method::Get);
        for (first, second, why) in [
            (
                ("/todos/:path*", None),
                ("/todos", get),
                Precedence::Segments {
                    first: 2,
                    second: 1,
                },
            ),
            (
                ("/:b/x", None),
                ("/:a*/x", None),
                Precedence::NoCatchAll { segment: 1 },
            ),
            (
                ("/:z/x", None),
                ("/:a*.git/x", get),
                Precedence::NoCatchAll { segment: 1 },
            ),
            (
                ("/a/:x", None),
                ("/:x/a", get),
                Precedence::NoParameter { segment: 1 },
            ),
            (
                ("/a/b/c", None),
                ("/a/b/:c", None),
                Precedence::NoParameter { segment: 3 },
            ),
            (("/zz", get), ("/aa", None), Precedence::Method),
            (("/sp/:a", None), ("/sp/:b", None), Precedence::Alphabet),
        ] {
            assert_eq!(
                compare(first, second),
                (Ordering::Less, why.clone()),
                "{first:?} {second:?}"
            );
            assert_eq!(
                compare(second, first),
                (Ordering::Greater, why),
                "{first:?} {second:?}"
            );
        }
        let (order, why) = compare(("/a", get), ("/a", Some(Method::Post)));
        assert_eq!((order, why), (Ordering::Equal, Precedence::Found));
    }
}
