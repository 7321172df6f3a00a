//! The invariants of docs/ARCHITECTURE.md, and the form of the sources.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A file beyond this is about more than one thing.
const LINES_MAX: usize = 700;

/// The crates from top to bottom; each may use those that stand after it in its list and no other.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "quire",
        &[
            "quire-server",
            "quire-store",
            "quire-runtime",
            "quire-assets",
            "quire-bundle",
            "quire-routes",
            "quire-config",
        ],
    ),
    (
        "quire-server",
        &[
            "quire-runtime",
            "quire-store",
            "quire-assets",
            "quire-bundle",
            "quire-routes",
            "quire-config",
            "quire-http",
        ],
    ),
    (
        "quire-runtime",
        &[
            "quire-store",
            "quire-routes",
            "quire-config",
            "quire-http",
            "quire-jsc",
        ],
    ),
    ("quire-assets", &["quire-routes", "quire-http"]),
    ("quire-bundle", &["quire-routes"]),
    ("quire-store", &[]),
    ("quire-routes", &[]),
    ("quire-config", &[]),
    ("quire-http", &[]),
    ("quire-jsc", &[]),
];

/// What pure crates must not depend on: runtimes, sockets, the engine.
const NOT_PURE: &[&str] = &[
    "tokio",
    "hyper",
    "hyper-util",
    "async-std",
    "socket2",
    "quire-jsc",
];
const PURE: &[&str] = &["quire-routes", "quire-config", "quire-http"];

fn root() -> PathBuf {
    // Where the test runs, not where it was built: checkouts may share what is built.
    let folder = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    folder.join("../..").canonicalize().unwrap()
}

/// All files below `folder` with this ending, build folders and packages left out.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules") {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    assert!(
        !found.is_empty(),
        "no {ending} file below {}",
        folder.display()
    );
    found
}

fn dependencies(krate: &str) -> Vec<String> {
    let manifest =
        fs::read_to_string(root().join("crates").join(krate).join("Cargo.toml")).unwrap();
    let manifest: BTreeMap<String, toml::Value> = toml::from_str(&manifest).unwrap();
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    table
        .map(|table| table.keys().cloned().collect())
        .unwrap_or_default()
}

#[test]
fn every_crate_has_its_place() {
    let mut present: Vec<String> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    present.sort();
    let mut known: Vec<&str> = ARROWS.iter().map(|(krate, _)| *krate).collect();
    known.sort_unstable();
    assert_eq!(present, known);
}

#[test]
fn dependencies_point_downwards() {
    for (krate, allowed) in ARROWS {
        for dependency in dependencies(krate) {
            let ours = dependency.starts_with("quire");
            assert!(
                !ours || allowed.contains(&dependency.as_str()),
                "{krate} must not depend on {dependency}"
            );
        }
    }
}

#[test]
fn pure_crates_stay_pure() {
    for krate in PURE {
        for dependency in dependencies(krate) {
            assert!(
                !NOT_PURE.contains(&dependency.as_str()),
                "{krate} is pure, {dependency} is not"
            );
        }
        for file in files(&root().join("crates").join(krate).join("src"), ".rs") {
            let source = fs::read_to_string(&file).unwrap();
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            for word in [
                "std::fs",
                "std::net",
                "std::process",
                "SystemTime",
                "Instant::now",
            ] {
                assert!(
                    !source.contains(word),
                    "{} is in a pure crate and uses {word}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn only_the_engine_crate_is_unsafe() {
    for (krate, _) in ARROWS.iter().filter(|(krate, _)| *krate != "quire-jsc") {
        let source = root().join("crates").join(krate).join("src");
        let entry = ["lib.rs", "main.rs"].map(|name| source.join(name));
        let entry = entry.iter().find(|path| path.exists()).unwrap();
        let text = fs::read_to_string(entry).unwrap();
        assert!(
            text.contains("#![forbid(unsafe_code)]"),
            "{} must forbid unsafe code",
            entry.display()
        );
    }
}

#[test]
fn files_are_about_one_thing_and_say_what() {
    let folders = ARROWS
        .iter()
        .map(|(krate, _)| root().join("crates").join(krate));
    let folders: Vec<_> = folders.collect();
    for file in folders.iter().flat_map(|folder| files(folder, ".rs")) {
        let source = fs::read_to_string(&file).unwrap();
        let lines = source.lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines", file.display());
        let inside = file.strip_prefix(root()).unwrap();
        let is_test = inside.components().any(|part| part.as_os_str() == "tests");
        assert!(
            is_test || source.starts_with("//!"),
            "{} does not say what it is about",
            file.display()
        );
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !matches!(
                name.as_str(),
                "utils" | "util" | "helpers" | "manager" | "common" | "misc"
            ),
            "{} has a name that says nothing",
            file.display()
        );
    }
}
