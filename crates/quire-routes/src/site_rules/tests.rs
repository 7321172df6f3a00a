//! What both files say, and what is wrong with them.
#![allow(clippy::unwrap_used)]

use super::*;

fn headers(text: &str) -> HeaderRules {
    let parsed = HeaderRules::parse("_headers", text);
    let problems: Vec<String> = parsed.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:?}");
    parsed.rules
}

/// The changes as text: `-name`, `name=value`, `name+=value`.
fn changes(rules: &HeaderRules, host: Option<&str>, path: &str) -> Vec<String> {
    let text = |change| match change {
        HeaderChange::Remove(name) => format!("-{name}"),
        HeaderChange::Set(name, value) => format!("{name}={value}"),
        HeaderChange::Append(name, value) => format!("{name}+={value}"),
    };
    rules.changes(host, path).into_iter().map(text).collect()
}

fn redirects(text: &str) -> RedirectRules {
    let parsed = RedirectRules::parse("_redirects", text);
    let problems: Vec<String> = parsed.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:?}");
    parsed.rules
}

fn to(status: u16, target: &str) -> Option<Redirect> {
    let target = target.to_owned();
    Some(match status {
        200 => Redirect::Rewrite { target },
        status => Redirect::To { status, target },
    })
}

/// Line and message of every problem.
fn problems(found: &[RuleProblem]) -> Vec<(usize, &RuleProblemKind)> {
    found
        .iter()
        .map(|problem| (problem.line(), problem.kind()))
        .collect()
}

#[test]
fn headers_are_set_joined_removed_and_appended() {
    let rules = headers(
        "# comment\n/*\n  X-One: a # b\n  x-one: c:d\n! Link\n\n/deep/*\n  X-One: :splat\n  Etag: none\n",
    );
    assert_eq!(
        changes(&rules, None, "/"),
        ["-Link".to_lowercase(), "x-one=a # b, c:d".into()]
    );
    assert_eq!(
        changes(&rules, None, "/deep/x/y"),
        ["-link", "x-one=a # b, c:d", "x-one+=x/y", "etag=none"]
    );
}

#[test]
fn a_rule_with_a_host_applies_to_that_host_alone_and_in_its_place() {
    let rules = headers("/a\n A: 1\nhttps://:sub.example.com/*\n A: :sub\n/:x\n A: :x\n");
    assert_eq!(changes(&rules, Some("other.org"), "/a"), ["a=1", "a+=a"]);
    assert_eq!(
        changes(&rules, Some("www.example.com"), "/a"),
        ["a=1", "a+=www", "a+=a"]
    );
    assert_eq!(changes(&rules, Some("www.example.com"), "/a/b"), ["a=www"]);
}

#[test]
fn a_later_rule_with_the_same_path_takes_the_place_of_the_earlier() {
    let rules = headers("/a\n A: 1\n/*\n A: 2\n/a\n B: 3\n");
    assert_eq!(rules.rules().len(), 2);
    assert_eq!(changes(&rules, None, "/a"), ["b=3", "a=2"]);
}

#[test]
fn lines_of_headers_that_say_nothing_are_reported_where_they_stand() {
    use RuleProblemKind::*;
    let text = "early: x\n/a\n/b\n X y: 1\n X:\n: 1\n word\n ! X: 1\n ok: é\n no: \u{4e00}\n Content-Length: 3\n\
                http://x/\n X: 1\n/**\n X: 1\n/c\n";
    let parsed = HeaderRules::parse("_headers", text);
    let name = |name: &str| HeaderName { name: name.into() };
    assert_eq!(
        problems(&parsed.problems),
        [
            (1, &NoRule),
            (2, &NoHeaders),
            (4, &name("X y")),
            (5, &NoHeaderValue),
            (6, &name("")),
            (7, &NoHeader),
            (8, &name("! X")),
            (
                10,
                &HeaderValue {
                    character: "一".into()
                }
            ),
            (
                11,
                &TransferHeader {
                    name: "content-length".into()
                }
            ),
            (12, &NeitherPathNorHttps),
            (14, &Splats),
            (16, &NoHeaders),
        ]
    );
    assert_eq!(changes(&parsed.rules, None, "/b"), ["ok=é"]);
    assert_eq!(
        parsed.problems[0].to_string(),
        "`_headers:1:1`: no rule is open that the header could belong to"
    );
}

#[test]
fn the_limit_of_header_rules_counts_finished_ones() {
    let text: String = (0..103).map(|at| format!("/{at}\nA: 1\n")).collect();
    let parsed = HeaderRules::parse("_headers", &text);
    assert_eq!(parsed.rules.rules().len(), 101);
    assert_eq!(
        problems(&parsed.problems),
        [(203, &RuleProblemKind::TooManyHeaderRules { skipped: 5 })]
    );
}

#[test]
fn redirects_are_found_fixed_ones_first() {
    let rules = redirects(
        "/old /new\n/gone https://x.example/y?z 301 # why\nno-slash /s 307\n\
         /blog/* /posts/:splat 301\n/u/:id /users/:id?i=:id 308\n/late /later\n/r /page 200\n",
    );
    assert_eq!(rules.find("/old"), to(302, "/new"));
    assert_eq!(rules.find("/gone"), to(301, "https://x.example/y?z"));
    assert_eq!(rules.find("/no-slash"), to(307, "/s"));
    assert_eq!(rules.find("/blog/a/b"), to(301, "/posts/a/b"));
    assert_eq!(rules.find("/u/7"), to(308, "/users/7?i=7"));
    assert_eq!(rules.find("/late"), to(302, "/later"));
    assert_eq!(rules.find("/r"), to(200, "/page"));
    for path in ["/Old", "/old/", "/blog", "/u/7/8", "/"] {
        assert_eq!(rules.find(path), None, "{path}");
    }
    let sent = serde_json::to_string(&rules).unwrap();
    let received: RedirectRules = serde_json::from_str(&sent).unwrap();
    assert_eq!(received.find("/blog/a"), to(301, "/posts/a"));
}

#[test]
fn what_was_matched_cannot_lead_to_another_host() {
    let rules = redirects(
        "/open/* /:splat\n/there/* //x.example/:splat\n/q/* /:splat?a=//b\n/none/* //?:splat\n",
    );
    assert_eq!(rules.find("/open//evil.example"), to(302, "/evil.example"));
    assert_eq!(rules.find("/open/\\/evil"), to(302, "/evil"));
    assert_eq!(rules.find("/there/a//b"), to(302, "//x.example/a//b"));
    assert_eq!(rules.find("/q//c"), to(302, "/c?a=//b"));
    assert_eq!(rules.find("/none/x"), to(302, "/?x"));
}

#[test]
fn lines_of_redirects_that_say_nothing_are_reported_where_they_stand() {
    use RuleProblemKind::*;
    let text = "/one\n/a b c d\nhttps://x.example/ /\n/x http://x.example\n/x word\n/x /y 304\n\
                /* /index.html 200\n/ /index\n/y /z 0x12d\n/y /w\n/v https://x.example/ 200\n\
                /*/x/* /a\n/:a/:a /b\n";
    let parsed = RedirectRules::parse("_redirects", text);
    let duplicate = Duplicate {
        source_path: "/y".into(),
    };
    assert_eq!(
        problems(&parsed.problems),
        [
            (1, &WordCount { count: 1 }),
            (2, &WordCount { count: 4 }),
            (3, &AbsoluteSource),
            (4, &NeitherPathNorHttps),
            (5, &NeitherPathNorHttps),
            (
                6,
                &Status {
                    status: "304".into()
                }
            ),
            (7, &Loop),
            (8, &Loop),
            (10, &duplicate),
            (11, &AbsoluteRewrite),
            (12, &Splats),
            (13, &RepeatedName),
        ]
    );
    assert_eq!(parsed.rules.rules().len(), 1);
    assert_eq!(parsed.rules.find("/y"), to(301, "/z"));
}

#[test]
fn limits_of_redirects() {
    let fixed: String = (0..2_001).map(|at| format!("/{at} /x\n")).collect();
    let dynamic: String = (0..102).map(|at| format!("/d{at}/* /x\n")).collect();
    let parsed = RedirectRules::parse("_redirects", &(fixed + &dynamic));
    assert_eq!(parsed.rules.rules().len(), 2_100);
    assert_eq!(
        problems(&parsed.problems),
        [
            (2_001, &RuleProblemKind::TooManyStaticRedirects),
            (
                2_102,
                &RuleProblemKind::TooManyDynamicRedirects { skipped: 3 }
            ),
        ]
    );
    assert_eq!(parsed.rules.find("/1999"), to(302, "/x"));
    assert_eq!(parsed.rules.find("/d99/y"), to(302, "/x"));
}

#[test]
fn long_lines_are_left_out() {
    let text = format!("/a{} /b\n/c /d\n", "é".repeat(2_000));
    let parsed = RedirectRules::parse("_redirects", &text);
    assert_eq!(
        problems(&parsed.problems),
        [(1, &RuleProblemKind::LineTooLong { length: 2_005 })]
    );
    assert_eq!(parsed.rules.find("/c"), to(302, "/d"));
}
