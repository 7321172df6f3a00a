//! What finding a chain costs, by size of the table and by shape of the path.
//!
//! `cargo run --release -p quire-routes --example route-speed`

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use quire_routes::{FunctionFile, RouteOptions, RouteTable, Router, RoutesRules};

fn router(paths: impl Iterator<Item = String>) -> Router {
    let file = |path| FunctionFile {
        path,
        exports: vec!["onRequest".to_owned()],
    };
    let files: Vec<FunctionFile> = paths.map(file).collect();
    Router::new(RouteTable::from_files(&files, &RouteOptions::default()).unwrap())
}

/// Time of one call: the best of many runs too short for others on the machine to get into all of them.
fn time(mut call: impl FnMut()) -> Duration {
    let mut run = |calls: u32| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed() / calls
    };
    let estimate = run(1).max(Duration::from_nanos(50));
    let calls = (Duration::from_micros(50).as_nanos() / estimate.as_nanos()).clamp(1, 1_000) as u32;
    (0..300).map(|_| run(calls)).min().unwrap_or_default()
}

fn by_size(name: &str, file: impl Fn(usize) -> String, request: &str) {
    let mut line = format!("{name:28}");
    for size in [10, 100, 1_000, 10_000] {
        let others = [
            "_middleware.js".to_owned(),
            "api/_middleware.js".to_owned(),
            "index.js".to_owned(),
        ];
        let router = router((0..size).map(&file).chain(others));
        let time = time(|| {
            black_box(router.find("GET", black_box(request)));
        });
        line += &format!("{:>9} ns", time.as_nanos());
    }
    println!("{line}");
}

fn main() {
    println!(
        "{:28}{:>12}{:>12}{:>12}{:>12}",
        "routes in the table", 10, 100, "1,000", "10,000"
    );
    by_size("fixed", |i| format!("api/r{i}.js"), "/api/r7");
    by_size(
        "fixed, no match",
        |i| format!("api/r{i}.js"),
        "/api/nothing/here",
    );
    by_size(
        "parameter",
        |i| format!("api/r{i}/[id].js"),
        "/api/r7/12345",
    );
    by_size(
        "catch-all",
        |i| format!("api/r{i}/[[path]].js"),
        "/api/r7/a/b/c/d",
    );
    by_size(
        "parameter first",
        |i| format!("api/[org]/r{i}/[id].js"),
        "/api/acme/r7/12345",
    );
    by_size(
        "catch-all first",
        |i| format!("[[repo]].git/c{i}.js"),
        "/org/group/name.git/c7",
    );
    by_size(
        "text around a parameter",
        |i| format!("api/[id].f{i}.js"),
        "/api/12345.f7",
    );

    println!("\npaths of 16 KB");
    let long = router(
        [
            "_middleware.js",
            "[[repo]].git/info/refs.js",
            "[[repo]].git/info/lfs/[[path]].js",
            "models/[[ns]]/[[name]]/resolve/[[path]].js",
            "[[ns]]/[[name]]/resolve/[[path]].js",
            "[[a]]/[[b]]/[[c]]/[[d]]/e.js",
            "[a]-[b].js",
            "api/[[path]].js",
        ]
        .iter()
        .map(|&path| path.to_owned()),
    );
    for (name, path) in [
        ("one segment", format!("/{}", "a".repeat(16_000))),
        ("short segments", "/a".repeat(8_000)),
        ("slashes", "/".repeat(16_000)),
        ("dashes", format!("/{}", "a-".repeat(8_000))),
        (".git everywhere", "/a.git".repeat(2_700)),
        (
            "resolve everywhere",
            format!("/models{}", "/resolve".repeat(2_000)),
        ),
        ("under a catch-all", format!("/api{}", "/x".repeat(8_000))),
    ] {
        let time = time(|| {
            black_box(long.find("GET", black_box(&path)));
        });
        println!("{name:28}{:>9} µs", time.as_micros());
    }

    println!("\n_routes.json");
    let rules = |count: usize, stars: &str| {
        let include: Vec<String> = (0..count).map(|i| format!("/r{i}{stars}/*")).collect();
        let text = format!(r#"{{"version":1,"include":{include:?},"exclude":[]}}"#);
        RoutesRules::parse("_routes.json", &text).unwrap()
    };
    let stars = "*a".repeat(40);
    for (name, rules, path) in [
        ("100 rules", rules(100, ""), "/r99/x".to_owned()),
        (
            "100 rules, none matches",
            rules(100, ""),
            "/nothing".to_owned(),
        ),
        (
            "100 × 40 stars, 16 KB",
            rules(100, &stars),
            format!("/r7{}", "a/".repeat(8_000)),
        ),
    ] {
        let time = time(|| {
            black_box(rules.decide(black_box(&path)));
        });
        println!("{name:28}{:>9} ns", time.as_nanos());
    }
}
