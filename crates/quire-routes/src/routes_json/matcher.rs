//! One rule against a pathname.
//!
//! `*` stands for any run of characters, slashes included; everything else for itself, case included. How a rule
//! ends decides whether it also matches the path with or without a slash there.

/// A rule of `_routes.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    text: String,
    /// A path matches when one of these does.
    forms: Box<[Glob]>,
}

impl Rule {
    pub(super) fn new(text: String) -> Rule {
        let forms = if text == "/" || text == "/*" {
            vec![Glob::new(&text)]
        } else if let Some(folder) = text.strip_suffix("/*") {
            vec![Glob::new(folder), Glob::new(&text)]
        } else if let Some(file) = text.strip_suffix('/') {
            vec![Glob::new(file), Glob::new(&text)]
        } else if text.ends_with('*') {
            vec![Glob::new(&text)]
        } else {
            vec![Glob::new(&text), Glob::new(&format!("{text}/"))]
        };
        Rule {
            text,
            forms: forms.into(),
        }
    }

    /// The rule as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches a raw pathname.
    pub fn matches(&self, pathname: &str) -> bool {
        self.forms.iter().any(|form| form.matches(pathname))
    }
}

/// Text around stars.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Glob {
    start: Box<str>,
    /// `None` without any star.
    rest: Option<AfterStar>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct AfterStar {
    /// Between two stars.
    middle: Box<[Box<str>]>,
    end: Box<str>,
}

impl Glob {
    fn new(text: &str) -> Glob {
        let Some((start, rest)) = text.split_once('*') else {
            return Glob {
                start: text.into(),
                rest: None,
            };
        };
        let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        let middle = middle
            .split('*')
            .filter(|piece| !piece.is_empty())
            .map(Box::from)
            .collect();
        Glob {
            start: start.into(),
            rest: Some(AfterStar {
                middle,
                end: end.into(),
            }),
        }
    }

    /// Takes each middle piece at its first occurrence: a later one could only leave less for the others. So every
    /// character is looked at a bounded number of times, however many stars there are.
    fn matches(&self, path: &str) -> bool {
        let Some(after_start) = path.strip_prefix(&*self.start) else {
            return false;
        };
        let Some(rest) = &self.rest else {
            return after_start.is_empty();
        };
        let Some(mut between) = after_start.strip_suffix(&*rest.end) else {
            return false;
        };
        for piece in &rest.middle {
            match between.find(&**piece) {
                Some(at) => between = &between[at + piece.len()..],
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: &str, yes: &[&str], no: &[&str]) {
        let compiled = Rule::new(rule.to_owned());
        yes.iter()
            .for_each(|path| assert!(compiled.matches(path), "{rule} should match {path}"));
        no.iter()
            .for_each(|path| assert!(!compiled.matches(path), "{rule} should not match {path}"));
    }

    #[test]
    fn how_a_rule_ends() {
        check("/", &["/"], &["/x", "//"]);
        check("/*", &["/", "/x", "/x/y/"], &[]);
        check(
            "/r/*",
            &["/r", "/r/", "/r/x", "/r/x/y"],
            &["/rx", "/R", "/"],
        );
        check("/r/", &["/r", "/r/"], &["/r/x", "/r//"]);
        check("/r*", &["/r", "/rx", "/r/x"], &["/", "/q"]);
        check("/r", &["/r", "/r/"], &["/rx", "/r/x", "/R"]);
    }

    #[test]
    fn stars_anywhere() {
        check(
            "/m/*/x/*",
            &["/m/1/2/x/3", "/m/1/x", "/m/1/x/"],
            &["/m/1/xy", "/m/x"],
        );
        check(
            "/*.git/info/refs",
            &["/a.git/info/refs", "/a/b.git/info/refs/"],
            &["/a/info/refs", "/a.git/info/refsx"],
        );
        check("/a*b*c", &["/abc", "/a1b2c", "/abbc/"], &["/acb", "/ab"]);
        check("/a*a", &["/aa", "/a/a"], &["/a"]);
        check("/**", &["/", "/x"], &[]);
    }

    #[test]
    fn everything_else_is_literal() {
        check("/a.b", &["/a.b"], &["/axb"]);
        check("/a+b", &["/a+b"], &["/aab"]);
        check("/p(q)", &["/p(q)"], &["/pq"]);
        check("/[x]|^$?{1}\\d", &["/[x]|^$?{1}\\d"], &["/x", "/"]);
    }

    #[test]
    fn effort_stays_linear() {
        let rule = Rule::new(format!("/{}b", "a*".repeat(48)));
        let path = format!("/{}", "a".repeat(16_000));
        let start = std::time::Instant::now();
        assert!(!rule.matches(&path));
        assert!(
            start.elapsed().as_millis() < 100,
            "took {:?}",
            start.elapsed()
        );
    }
}
