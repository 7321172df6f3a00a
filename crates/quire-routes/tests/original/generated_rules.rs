//! `_routes.json` made from routes.

use quire_routes::{RouteTable, RoutesRules, Target};

use crate::table;

fn include(table: &RouteTable) -> Vec<String> {
    let rules = RoutesRules::generate(table);
    assert!(rules.exclude().is_empty());
    rules
        .include()
        .iter()
        .map(|rule| rule.as_str().to_owned())
        .collect()
}

#[test]
fn the_worked_example() {
    let table = table(&[
        "a/[id].js",
        "a/b/c.js",
        "p/_middleware.js",
        "q/index.js",
        "q/[[r]].js",
        "z.[x]/k.js",
        "A.js",
        "b.js",
    ]);
    assert_eq!(
        include(&table),
        ["/z.*", "/q", "/b", "/A", "/q/*", "/p/*", "/a/*"]
    );
}

#[test]
fn single_rules() {
    for (files, rules) in [
        (&["api/[x]/y.js"][..], &["/api/*"][..]),
        (&["z.[x]/k.js"], &["/z.*"]),
        (&["[[repo]].git/x.js"], &["/*"]),
        (&["_middleware.js", "a.js"], &["/*"]),
        (&["a/_middleware.js", "a/b.js", "a.js"], &["/a/*"]),
        (&["a/b.js", "a/[[x]].js", "a/index.js"], &["/a", "/a/*"]),
        (&["x.js:onRequestGet,onRequestPost"], &["/x"]),
        (&[], &[]),
    ] {
        assert_eq!(include(&table(files)), rules, "{files:?}");
    }
}

#[test]
fn long_rules_are_cut_at_a_slash() {
    let name = "n".repeat(48);
    let far = "f".repeat(97);
    for (file, rule) in [
        (format!("{name}/{name}/x.js"), format!("/{name}/{name}/x")),
        (format!("{name}/{name}/xyz.js"), format!("/{name}/{name}/*")),
        (format!("{far}/xyz.js"), format!("/{far}/*")),
        (format!("{far}f/xyz.js"), "/*".to_owned()),
        (format!("{far}{far}.js"), "/*".to_owned()),
    ] {
        let file = quire_routes::FunctionFile {
            path: file,
            exports: vec!["onRequest".to_owned()],
        };
        let table =
            RouteTable::from_files(std::slice::from_ref(&file), &Default::default()).unwrap();
        assert_eq!(include(&table), [rule], "{}", file.path);
    }
}

#[test]
fn more_than_a_hundred_become_one() {
    let files = |count: usize| (0..count).map(|i| format!("r{i}.js")).collect::<Vec<_>>();
    let rules = |count| {
        let files = files(count);
        include(&table(
            &files.iter().map(String::as_str).collect::<Vec<_>>(),
        ))
    };
    assert_eq!(rules(100).len(), 100);
    assert_eq!(rules(101), ["/*"]);
}

#[test]
fn what_is_generated_is_valid_and_reaches_every_route() {
    let table = table(&[
        "a/[id].js",
        "a/b/c.js",
        "p/_middleware.js",
        "q/index.js",
        "q/[[r]].js",
        "z.[x]/k.js",
    ]);
    let rules = RoutesRules::generate(&table);
    let read = RoutesRules::parse("_routes.json", &rules.to_json()).unwrap();
    assert_eq!(read, rules);
    for path in [
        "/a/1", "/a/b/c", "/p", "/p/x", "/q", "/q/", "/q/1/2", "/z.1/k",
    ] {
        assert_eq!(rules.decide(path).target, Target::Functions, "{path}");
    }
    assert_eq!(rules.decide("/b").target, Target::Static);
    assert_eq!(
        serde_json::from_str::<RoutesRules>(&serde_json::to_string(&rules).unwrap()).unwrap(),
        rules
    );
}

#[test]
fn optimizing_keeps_exclude() {
    let text = r#"{"version":1,"include":["/a/b","/c/*"],"exclude":["/z","/y"]}"#;
    let rules = RoutesRules::parse("_routes.json", text)
        .unwrap()
        .optimized();
    let texts = |rules: &[quire_routes::Rule]| {
        rules
            .iter()
            .map(|rule| rule.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(rules.include()), ["/c/*", "/a/b"]);
    assert_eq!(texts(rules.exclude()), ["/z", "/y"]);
}
