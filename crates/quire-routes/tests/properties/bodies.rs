//! What the property tests and the fuzz targets check, from plain bytes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use quire_routes::{
    Captures, FunctionFile, Outcome, RouteOptions, RouteTable, Router, RoutesRules, StepKind,
    Target,
};

use crate::reference::{self, Call};

/// Takes numbers off the input; zeros when it is used up.
struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Bytes<'_> {
    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) % limit
    }
}

const NAMES: &[&str] = &[
    "a",
    "b",
    "A",
    "ab",
    "a.b",
    "[x]",
    "[y]",
    "[X]",
    "[[x]]",
    "[[y]]",
    "[[x]].git",
    "[x].git",
    "[x].[y]",
    "a-[x]",
    "[x]-a",
    "[x]-[y]",
    "[[x]].[y]",
    "[x]ab[y]",
    "git",
    "é",
    "x[]",
    "index",
    "[[z]]-b",
    "[[x]]a",
];
const ODD_NAMES: &[&str] = &[
    "[a-b]", "[[x]", "[x][y]", "p[[x]]", "*", ":", ":n", "[x]*", "[[]]", "[]",
];
const PIECES: &[&str] = &[
    "a",
    "b",
    "A",
    "ab",
    "a.b",
    "x.git",
    ".git",
    "a-a",
    "a-b",
    "x-y-z",
    "a.b.c",
    "xaby",
    "git",
    "é",
    "É",
    "x[]",
    "x[]y",
    "",
    "AB.GIT",
    "q-b",
    "-",
    "a.git.git",
    "%2F",
    "index",
    "zz",
    "xa",
    "abab",
];

fn files(bytes: &mut Bytes<'_>) -> Vec<FunctionFile> {
    let mut files = Vec::new();
    for _ in 0..bytes.below(10) {
        let mut path = String::new();
        for _ in 0..bytes.below(4) {
            path.push_str(if bytes.below(60) == 0 {
                bytes.pick(ODD_NAMES)
            } else {
                bytes.pick(NAMES)
            });
            path.push('/');
        }
        path.push_str(match bytes.below(8) {
            0 | 1 => "index",
            2 | 3 => "_middleware",
            _ => bytes.pick(NAMES),
        });
        path.push_str(".js");
        let exports = match bytes.below(6) {
            0 => &["onRequestGet"][..],
            1 => &["onRequestPost", "onRequest"],
            2 => &["onRequestHead", "helper", "onRequestGet"],
            _ => &["onRequest"],
        };
        files.push(FunctionFile {
            path,
            exports: exports.iter().map(|&name| name.to_owned()).collect(),
        });
    }
    files
}

/// Most paths follow one of the files, so that they get far into its route; the others are made up.
fn pathname(bytes: &mut Bytes<'_>, files: &[FunctionFile]) -> String {
    let mut path = String::from("/");
    if !files.is_empty() && bytes.below(3) > 0 {
        let file = files[bytes.below(files.len())].path.trim_end_matches(".js");
        let file = file.strip_suffix("index").unwrap_or(file);
        let file = file.strip_suffix("_middleware").unwrap_or(file);
        let mut rest = file;
        while let Some((text, placeholder)) = rest.split_once('[') {
            path.push_str(text);
            let (_, after) = placeholder.split_once(']').unwrap_or(("", ""));
            if placeholder.starts_with('[') && bytes.below(3) == 0 {
                // A catch-all that takes nothing takes its slash along.
                path.pop();
            } else {
                path.push_str(bytes.pick(&["a", "b-a", "x.y", "a/b", "", "-", "ab", "q.git"]));
            }
            rest = after.strip_prefix(']').unwrap_or(after);
        }
        path.push_str(rest);
        match bytes.below(6) {
            0 | 1 => path.push_str(bytes.pick(PIECES)),
            2 => path.insert(0, '/'),
            _ => {}
        }
    } else {
        for i in 0..bytes.below(7) {
            if i > 0 {
                path.push('/');
            }
            path.push_str(bytes.pick(PIECES));
        }
    }
    if bytes.below(4) == 0 {
        path.push('/');
    }
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    path
}

fn sorted(params: &Captures<'_>) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = Vec::new();
    for capture in params.iter() {
        values.retain(|(name, _)| name != capture.name);
        values.push((capture.name.to_owned(), capture.value.to_owned()));
    }
    values.sort();
    values
}

fn calls(router: &Router, method: &str, path: &str) -> Vec<Call> {
    let chain = router.find(method, path);
    let call = |step: &quire_routes::Step<'_>| {
        let route = router.table().get(step.route).unwrap();
        let handler = match step.kind {
            StepKind::Middleware => route.middleware.as_ref(),
            StepKind::Module => route.module.as_ref(),
        };
        let handler = handler.unwrap();
        Call {
            handler: format!("{}:{}", handler.file, handler.export),
            function_path: step.function_path.to_owned(),
            params: sorted(&step.params),
        }
    };
    chain.steps.iter().map(call).collect()
}

/// Builds a table from the input and compares the router with the reference, request by request.
pub fn routes(data: &[u8]) {
    let mut bytes = Bytes(data.iter());
    let shadows = bytes.below(2) == 1;
    let files = files(&mut bytes);
    let table = RouteTable::from_files(
        &files,
        &RouteOptions {
            catchall_shadows_index: shadows,
        },
    );
    let Some(entries) = reference::entries(&files) else {
        assert!(table.is_err(), "{files:?} should be refused");
        return;
    };
    let table = table.unwrap();
    let ours: Vec<(&str, &str)> = table
        .routes()
        .iter()
        .map(|route| (route.path.as_str(), route.method.map_or("", |m| m.as_str())))
        .collect();
    let theirs: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| (entry.path.as_str(), entry.method.as_str()))
        .collect();
    assert_eq!(ours, theirs);
    let router = Router::new(table);
    for _ in 0..6 {
        let method = bytes.pick(&["GET", "POST", "HEAD", "TRACE"]);
        let path = pathname(&mut bytes, &files);
        let expected = reference::calls(&entries, shadows, method, &path);
        assert_eq!(
            calls(&router, method, &path),
            expected,
            "{method} {path} on {files:?}"
        );

        let chain = router.find(method, &path);
        let found: Vec<_> = chain
            .steps
            .iter()
            .map(|step| (step.route, step.kind))
            .collect();
        let story = router.explain(method, &path);
        assert_eq!(
            story
                .chain()
                .map(|entry| (entry.route, entry.kind))
                .collect::<Vec<_>>(),
            found
        );
        let told = story.chain().map(|entry| match &entry.outcome {
            Outcome::Runs { function_path, .. } => function_path.clone(),
            other => panic!("{other:?}"),
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            expected
                .iter()
                .map(|call| call.function_path.clone())
                .collect::<Vec<_>>()
        );
        if chain.module().is_some() && reached_by_rules(&router, &path) {
            let rules = RoutesRules::generate(router.table());
            assert_eq!(
                rules.decide(&path).target,
                Target::Functions,
                "{path} on {files:?}"
            );
        }
    }
}

/// Whether the original's generated rules let in every path that a module answers. They leave out other spellings of
/// a name's case, `//` for the root, and `/foo.git` for `/foo/:x*.git` (the rule is `/foo/*`).
fn reached_by_rules(router: &Router, path: &str) -> bool {
    let lower = |text: &str| text.to_lowercase() == text;
    let joins = |segment: &str| segment.contains('*') && !segment.ends_with('*');
    let plain = |route: &str| lower(route) && !route.split('/').any(joins);
    lower(path)
        && !path.contains("//")
        && router
            .table()
            .routes()
            .iter()
            .all(|route| plain(route.path.as_str()))
}

/// Reads any text as `_routes.json`, or makes a valid one of it, and compares its rules with regular expressions.
pub fn routes_json(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Err(error) = RoutesRules::parse("_routes.json", &text) {
        assert!(error.to_string().starts_with("`_routes.json"));
    }

    let mut bytes = Bytes(data.iter());
    let pieces = ["/", "/", "*", "a", "b", ".", "a.b", "/*", "+", "(", "ab"];
    let list = |bytes: &mut Bytes<'_>| -> Vec<String> {
        (0..bytes.below(4))
            .map(|_| {
                let parts: String = (0..bytes.below(6)).map(|_| bytes.pick(&pieces)).collect();
                format!("/{parts}")
            })
            .collect()
    };
    let (include, exclude) = (list(&mut bytes), list(&mut bytes));
    let json =
        serde_json::json!({ "version": 1, "include": include, "exclude": exclude }).to_string();
    let Ok(rules) = RoutesRules::parse("_routes.json", &json) else {
        assert!(
            include.is_empty() || overlaps(&include) || overlaps(&exclude),
            "{json}"
        );
        return;
    };
    assert!(
        !include.is_empty() && !overlaps(&include) && !overlaps(&exclude),
        "{json}"
    );
    assert_eq!(
        RoutesRules::parse("_routes.json", &rules.to_json()).unwrap(),
        rules
    );
    for _ in 0..8 {
        let path: String = (0..bytes.below(7))
            .map(|_| bytes.pick(&["a", "b", "/", "/", ".", "a.b", "+", "ab", "("]))
            .collect();
        let path = format!("/{path}");
        let any = |list: &[String]| {
            list.iter()
                .any(|rule| rule_regex(rule).is_match(&path).unwrap())
        };
        let expected = if !any(&exclude) && any(&include) {
            Target::Functions
        } else {
            Target::Static
        };
        let decision = rules.decide(&path);
        assert_eq!(decision.target, expected, "{path} under {json}");
        if let Some(rule) = decision.rule {
            assert!(rule_regex(rule.text).is_match(&path).unwrap());
        }
        if expected == Target::Functions && exclude.is_empty() {
            assert_eq!(
                rules.optimized().decide(&path).target,
                Target::Functions,
                "{path} under optimized {json}"
            );
        }
    }
}

fn overlaps(rules: &[String]) -> bool {
    rules.iter().any(|wide| {
        wide.ends_with("/*")
            && rules
                .iter()
                .any(|rule| rule != wide && rule.starts_with(wide.trim_end_matches('*')))
    })
}

fn rule_regex(rule: &str) -> Rc<fancy_regex::Regex> {
    thread_local!(static CACHE: RefCell<HashMap<String, Rc<fancy_regex::Regex>>> = RefCell::default());
    CACHE.with_borrow_mut(|cache| {
        cache
            .entry(rule.to_owned())
            .or_insert_with(|| Rc::new(compile_rule(rule)))
            .clone()
    })
}

fn compile_rule(rule: &str) -> fancy_regex::Regex {
    let literal = |text: &str| fancy_regex::escape(text).replace("\\*", ".*");
    let source = match rule {
        "/" | "/*" => literal(rule),
        _ => {
            if let Some(folder) = rule.strip_suffix("/*") {
                format!("{}(/.*)?", literal(folder))
            } else if rule.ends_with('*') {
                literal(rule)
            } else {
                format!("{}/?", literal(rule.strip_suffix('/').unwrap_or(rule)))
            }
        }
    };
    fancy_regex::Regex::new(&format!("^{source}$")).unwrap()
}
