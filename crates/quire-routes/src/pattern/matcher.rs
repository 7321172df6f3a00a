//! Matching a route path against a pathname.
//!
//! The result is that of a backtracking regular expression: single parameters take as little as they can,
//! catch-alls as much, the leftmost first. The effort is not: a place where a parameter's rest failed once is
//! never tried again, so a match costs at most (parameters × length of the path), whatever the path holds.
//!
//! Most routes are simpler. Where every parameter is a whole segment and only the last may be a catch-all, no
//! choice is ever open, and one pass without memory decides ("direct").

use smallvec::{SmallVec, smallvec};

use super::{RoutePath, Token};

/// How much of the pathname a route path has to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it, but for one trailing slash.
    Whole,
    /// A prefix that ends at a slash or at the end.
    Prefix,
}

/// Byte range of a parameter's text in the pathname; `None` for a catch-all that took nothing.
pub(crate) type Span = Option<(u32, u32)>;

/// One span per parameter of the path.
pub(crate) type Spans = SmallVec<[Span; 4]>;

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'/' | b'#' | b'?')
}

/// Whether a parameter may hold the byte at `at`.
fn holds(path: &str, at: usize) -> bool {
    path.as_bytes()
        .get(at)
        .is_some_and(|&byte| !is_delimiter(byte))
}

fn slash_at(path: &str, at: usize) -> bool {
    path.as_bytes().get(at) == Some(&b'/')
}

fn segment_end(path: &str, from: usize) -> usize {
    path.as_bytes()[from..]
        .iter()
        .position(|&byte| is_delimiter(byte))
        .map_or(path.len(), |length| from + length)
}

pub(super) fn is_direct(tokens: &[Token]) -> bool {
    tokens.iter().enumerate().all(|(i, token)| {
        let next = tokens.get(i + 1);
        match token {
            Token::Text(_) => true,
            Token::Many => next.is_none(),
            Token::One { slash, .. } => {
                *slash
                    && match next {
                        None | Some(Token::Many) => true,
                        Some(Token::Text(text)) => text.as_str().starts_with('/'),
                        Some(Token::One { slash, .. }) => *slash,
                    }
            }
        }
    })
}

/// What the pathname must hold where the rest of a pattern begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Any,
    /// This byte, in either case; given in upper case.
    Byte(u8),
    /// A slash, or nothing more.
    EndOrSlash,
}

/// For each token, and for the end of the pattern, how the rest from there begins.
pub(super) fn starts(tokens: &[Token]) -> Box<[Start]> {
    let mut starts = vec![Start::EndOrSlash];
    for token in tokens.iter().rev() {
        let after = starts[starts.len() - 1];
        starts.push(match token {
            Token::Text(text) => match text.as_str().as_bytes() {
                [byte, ..] if byte.is_ascii() => Start::Byte(byte.to_ascii_uppercase()),
                _ => Start::Any,
            },
            Token::One { slash: true, .. } => Start::Byte(b'/'),
            Token::Many if matches!(after, Start::Byte(b'/') | Start::EndOrSlash) => after,
            Token::One { .. } | Token::Many => Start::Any,
        });
    }
    starts.reverse();
    starts.into()
}

impl RoutePath {
    /// Matches from the start of `path`. Returns where the match ends and fills `spans`.
    pub(crate) fn matches(&self, path: &str, extent: Extent, spans: &mut Spans) -> Option<usize> {
        spans.clear();
        spans.resize(self.params.len(), None);
        if self.direct {
            self.match_direct(path, extent, spans)
        } else {
            Search::new(self, path, extent, spans).run()
        }
    }

    /// Where the match ends when all tokens are used up at `at`.
    fn finish(&self, path: &str, at: usize, extent: Extent) -> Option<usize> {
        let rest = &path.as_bytes()[at..];
        match (extent, rest) {
            (_, []) => Some(at),
            (_, [byte]) if is_delimiter(*byte) => Some(at + 1),
            (Extent::Whole, _) => None,
            (Extent::Prefix, [byte, ..]) => {
                (is_delimiter(*byte) || self.ends_delimited()).then_some(at)
            }
        }
    }

    /// A path whose last text ends like this needs no slash after it. The slash is the root's; the others are an
    /// oddity of the original that only a file name such as `x[]` can bring up.
    pub(crate) fn ends_delimited(&self) -> bool {
        self.last_text_char()
            .is_some_and(|c| matches!(c, '/' | '#' | '?' | '[' | ']' | '\\'))
    }

    fn match_direct(&self, path: &str, extent: Extent, spans: &mut Spans) -> Option<usize> {
        let mut at = 0;
        let mut param = 0;
        for token in &self.tokens {
            match token {
                Token::Text(text) => at = text.end_at(path, at)?,
                Token::One { .. } => {
                    if !slash_at(path, at) {
                        return None;
                    }
                    let end = segment_end(path, at + 1);
                    if end == at + 1 {
                        return None;
                    }
                    spans[param] = Some((at as u32 + 1, end as u32));
                    param += 1;
                    at = end;
                }
                Token::Many => {
                    let start = at + 1;
                    while slash_at(path, at) && holds(path, at + 1) {
                        at = segment_end(path, at + 1);
                    }
                    if at >= start {
                        spans[param] = Some((start as u32, at as u32));
                    }
                    param += 1;
                }
            }
        }
        self.finish(path, at, extent)
    }
}

/// A point to go on from.
#[derive(Clone, Copy)]
enum Point {
    /// Before a token.
    Before,
    /// In a parameter that has taken at least one character (of its current segment).
    Inside,
    /// At the end of a segment of a catch-all that shall take no more.
    Leaving,
    /// Before a catch-all that shall take nothing.
    Skipping,
}

#[derive(Clone, Copy)]
struct Job {
    point: Point,
    token: u32,
    param: u32,
    at: u32,
}

struct Search<'a> {
    pattern: &'a RoutePath,
    path: &'a str,
    extent: Extent,
    spans: &'a mut Spans,
    /// What to try when the current way fails, the next best on top.
    todo: SmallVec<[Job; 16]>,
    /// One bit per (parameter, position): the parameter has been continued from there, in vain.
    tried: SmallVec<[u64; 32]>,
}

impl<'a> Search<'a> {
    fn new(pattern: &'a RoutePath, path: &'a str, extent: Extent, spans: &'a mut Spans) -> Self {
        let bits = pattern.params.len() * (path.len() + 1);
        Search {
            pattern,
            path,
            extent,
            spans,
            todo: SmallVec::new(),
            tried: smallvec![0; bits.div_ceil(64)],
        }
    }

    fn run(mut self) -> Option<usize> {
        let mut job = Job {
            point: Point::Before,
            token: 0,
            param: 0,
            at: 0,
        };
        loop {
            let pattern = self.pattern;
            let Some(token) = pattern.tokens.get(job.token as usize) else {
                match pattern.finish(self.path, job.at as usize, self.extent) {
                    Some(end) => return Some(end),
                    None => {
                        job = self.todo.pop()?;
                        continue;
                    }
                }
            };
            job = match self.advance(token, job) {
                Some(next) => next,
                None => self.todo.pop()?,
            };
        }
    }

    /// One step on from `job`; `None` where there is no way on.
    fn advance(&mut self, token: &Token, job: Job) -> Option<Job> {
        let at = job.at as usize;
        match (job.point, token) {
            (Point::Before, Token::Text(text)) => {
                let end = text.end_at(self.path, at)?;
                Some(Job {
                    token: job.token + 1,
                    at: end as u32,
                    ..job
                })
            }
            (Point::Before, Token::One { slash, .. }) => {
                if *slash && !slash_at(self.path, at) {
                    return None;
                }
                let start = at + usize::from(*slash);
                if !self.extends(token, start) {
                    return None;
                }
                self.spans[job.param as usize] = Some((start as u32, start as u32));
                Some(Job {
                    point: Point::Inside,
                    at: start as u32 + 1,
                    ..job
                })
            }
            (Point::Before, Token::Many) => {
                if !self.segment_follows(at) {
                    return Some(self.skip(job));
                }
                self.todo.push(Job {
                    point: Point::Skipping,
                    ..job
                });
                self.spans[job.param as usize] = Some((job.at + 1, job.at + 1));
                Some(Job {
                    point: Point::Inside,
                    at: job.at + 2,
                    ..job
                })
            }
            (Point::Inside, _) => {
                let mut job = job;
                loop {
                    let at = job.at as usize;
                    if !self.first_time(job) {
                        return None;
                    }
                    if matches!(token, Token::Many) && self.segment_follows(at) {
                        self.todo.push(Job {
                            point: Point::Leaving,
                            ..job
                        });
                        return Some(Job {
                            at: job.at + 2,
                            ..job
                        });
                    }
                    let longer = Job {
                        at: job.at + 1,
                        ..job
                    };
                    match (self.extends(token, at), self.may_leave(job)) {
                        (true, true) => self.todo.push(longer),
                        (true, false) => {
                            job = longer;
                            continue;
                        }
                        (false, true) => {}
                        (false, false) => return None,
                    }
                    return Some(self.leave(job));
                }
            }
            (Point::Leaving, _) => Some(self.leave(job)),
            (Point::Skipping, _) => Some(self.skip(job)),
        }
    }

    fn segment_follows(&self, at: usize) -> bool {
        slash_at(self.path, at) && holds(self.path, at + 1)
    }

    /// Whether the parameter may take the byte at `at`.
    fn extends(&self, token: &Token, at: usize) -> bool {
        let guarded = match token {
            Token::One {
                guard: Some(guard), ..
            } => guard.end_at(self.path, at).is_some(),
            _ => false,
        };
        holds(self.path, at) && !guarded
    }

    /// Whether what comes after the parameter can start here at all: saves most of the ways that lead nowhere.
    fn may_leave(&self, job: Job) -> bool {
        let byte = self.path.as_bytes().get(job.at as usize);
        match self.pattern.starts[job.token as usize + 1] {
            Start::Any => true,
            Start::Byte(start) => byte.is_some_and(|byte| byte.to_ascii_uppercase() == start),
            Start::EndOrSlash => byte.is_none_or(|byte| is_delimiter(*byte)),
        }
    }

    fn leave(&mut self, job: Job) -> Job {
        if let Some((_, end)) = &mut self.spans[job.param as usize] {
            *end = job.at;
        }
        Job {
            point: Point::Before,
            token: job.token + 1,
            param: job.param + 1,
            ..job
        }
    }

    fn skip(&mut self, job: Job) -> Job {
        self.spans[job.param as usize] = None;
        Job {
            point: Point::Before,
            token: job.token + 1,
            param: job.param + 1,
            ..job
        }
    }

    fn first_time(&mut self, job: Job) -> bool {
        let bit = job.param as usize * (self.path.len() + 1) + job.at as usize;
        let (word, mask) = (&mut self.tried[bit / 64], 1 << (bit % 64));
        let first = *word & mask == 0;
        *word |= mask;
        first
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(pattern: &str, path: &str, extent: Extent) -> Option<(String, Vec<Option<String>>)> {
        let pattern = RoutePath::parse(pattern).unwrap();
        let mut spans = Spans::new();
        let end = pattern.matches(path, extent, &mut spans)?;
        let values = spans
            .iter()
            .map(|span| span.map(|(a, b)| path[a as usize..b as usize].to_owned()))
            .collect();
        Some((path[..end].to_owned(), values))
    }

    fn whole(pattern: &str, path: &str, values: &[Option<&str>]) {
        let expected = values.iter().map(|v| v.map(str::to_owned)).collect();
        assert_eq!(
            found(pattern, path, Extent::Whole),
            Some((path.to_owned(), expected)),
            "{pattern} on {path}"
        );
    }

    fn prefix(pattern: &str, path: &str, matched: &str, values: &[Option<&str>]) {
        let expected = values.iter().map(|v| v.map(str::to_owned)).collect();
        assert_eq!(
            found(pattern, path, Extent::Prefix),
            Some((matched.to_owned(), expected)),
            "{pattern} on {path}"
        );
    }

    fn nothing(pattern: &str, path: &str, extent: Extent) {
        assert_eq!(found(pattern, path, extent), None, "{pattern} on {path}");
    }

    #[test]
    fn several_catch_alls_the_leftmost_greedy() {
        let models = "/models/:ns*/:name*/resolve/:path*";
        whole(
            models,
            "/models/org/name/resolve/main/f.bin",
            &[Some("org/name"), None, Some("main/f.bin")],
        );
        whole(
            models,
            "/models/org/resolve/main",
            &[Some("org"), None, Some("main")],
        );
        whole(models, "/models/resolve/main", &[None, None, Some("main")]);
        whole(models, "/models/resolve", &[None, None, None]);
        whole(
            models,
            "/models/a/b/resolve/x/resolve/y",
            &[Some("a/b/resolve/x"), None, Some("y")],
        );
        whole(
            "/:repo*.git/info/refs",
            "/org/repo.git/info/refs",
            &[Some("org/repo")],
        );
        nothing("/:repo*.git/HEAD", "/.git/HEAD", Extent::Whole);
        whole("/:a/:b*", "/x/y/z", &[Some("x"), Some("y/z")]);
    }

    #[test]
    fn a_parameter_never_holds_the_text_before_it() {
        whole("/:name.:ext", "/a.b.c", &[Some("a.b"), Some("c")]);
        whole("/:a-:b", "/x-y-z", &[Some("x-y"), Some("z")]);
        whole("/u2/a-:x-b", "/u2/a-x-b-b", &[Some("x-b")]);
        whole("/:a-x-:b", "/1-X-2-x-3", &[Some("1-X-2"), Some("3")]);
        nothing("/:name.:ext", "/a.", Extent::Whole);
        nothing("/:name.:ext", "/.a", Extent::Whole);
    }

    #[test]
    fn slashes() {
        whole("/foo", "/foo/", &[]);
        whole("/", "/", &[]);
        whole("/", "//", &[]);
        nothing("/", "/x", Extent::Whole);
        nothing("/foo", "/foo//", Extent::Whole);
        whole("/api/:path*", "/api/x/", &[Some("x")]);
        for path in ["/api//x", "/api/x//", "//api/x"] {
            nothing("/api/:path*", path, Extent::Whole);
        }
        whole("/FOO/:x", "/foo/Y", &[Some("Y")]);
    }

    #[test]
    fn prefixes() {
        prefix("/", "/anything", "/", &[]);
        prefix("/", "//", "//", &[]);
        prefix("/m1", "/m1", "/m1", &[]);
        prefix("/m1", "/m1/", "/m1/", &[]);
        prefix("/m1", "/M1/5", "/M1", &[]);
        nothing("/m1", "/m1x", Extent::Prefix);
        prefix("/:a*", "/x/y//z", "/x/y", &[Some("x/y")]);
        prefix("/:a*", "//z", "", &[None]);
        prefix("/:r*.git", "/a.git/b.git/x", "/a.git", &[Some("a")]);
        prefix("/x[]", "/x[]y", "/x[]", &[]);
    }

    #[test]
    fn a_catch_all_that_takes_nothing_joins_its_neighbours() {
        whole("/foo/:b*.git", "/foo.git", &[None]);
        whole("/:a/:b*.git", "/x.git", &[Some("x"), None]);
        whole("/:a/:b*.git", "/x.git/y.git", &[Some("x.git"), Some("y")]);
    }

    #[test]
    fn effort_stays_linear() {
        let path = "/a".repeat(8_000);
        for pattern in [
            "/:a*/:b*/:c*/:d*/x",
            "/:a*.git/:b*.git/:c*.git",
            "/:a*/a/:b*/a/:c*/b",
        ] {
            let start = std::time::Instant::now();
            nothing(pattern, &path, Extent::Whole);
            assert!(
                start.elapsed().as_millis() < 500,
                "{pattern} took {:?}",
                start.elapsed()
            );
        }
    }
}
