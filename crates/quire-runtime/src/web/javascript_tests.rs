//! Runs every `tests/*-test.js` of the Web APIs in a realm with all of them.

#![allow(clippy::unwrap_used)]

use crate::bindings::storage::Storage;
use crate::core::compatibility::Compatibility;
use crate::core::realm::Realm;
use crate::core::request_log::LogLine;
use quire_jsc::{Arg, Call};
use quire_store::objects::Namespace;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

/// No test takes long; one that never settles must not hang the run.
const TEST_SECONDS_MAX: u64 = 30;

fn test_files() -> Vec<PathBuf> {
    // Where the test runs, not where it was built: checkouts may share what is built.
    let folder = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let root = folder.join("src");
    let mut folders = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with("-test.js") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// What the first line of a test file asks for: `// compatibility: 2024-01-01 flag flag`; by default the newest date.
fn compatibility(source: &str) -> Compatibility {
    let mut words = source
        .strip_prefix("// compatibility: ")
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned);
    let date = words.next().unwrap_or_default();
    Compatibility::new(&date, &words.collect::<Vec<_>>())
}

/// Storages of Durable Objects, which tests know by these numbers: of a class with SQL and of one without.
fn objects_storage(realm: &Rc<Realm>, data: &Path) -> [Rc<Storage>; 2] {
    crate::bindings::storage::install(realm);
    for (name, source) in crate::bindings::storage::SOURCES {
        realm.run_source(name, source).unwrap();
    }
    // There is no object that events could come to.
    let alone = "internals.objects.critical = async (_, run) => run();";
    realm.run_source("alone.js", alone).unwrap();
    let namespace = Namespace::open(data.join("objects")).unwrap();
    [(1, true), (2, false)].map(|(number, sqlite)| {
        let state = namespace.state(&number.to_string(), Duration::ZERO);
        let storage = Storage::new(realm, state.unwrap(), sqlite);
        realm.storages().insert(number, storage.clone());
        storage
    })
}

/// The outcome of each test of a file: its name, and what went wrong if anything did.
async fn run_file(path: &Path) -> Vec<(String, Option<String>)> {
    let log = Box::new(|line: &LogLine<'_>| eprintln!("[{}] {}", line.level, line.text));
    let realm = Realm::new().unwrap();
    realm.set_log(log);
    crate::core::body_ops::install(&realm);
    crate::core::request_ops::install_turns(&realm);
    super::install(&realm).unwrap();
    crate::core::serialize::install(&realm).unwrap();
    let data = tempfile::TempDir::new().unwrap();
    super::cache::set_folder(&realm, data.path().to_owned());
    crate::node::install(&realm).unwrap();
    let storage = objects_storage(&realm, data.path());
    realm
        .run_source("core/promises.js", include_str!("../core/promises.js"))
        .unwrap();
    let source = std::fs::read_to_string(path).unwrap();
    realm.set_compatibility(compatibility(&source)).unwrap();
    let outcomes = Rc::new(RefCell::new(Vec::new()));
    let sink = outcomes.clone();
    let report = realm.context().function(move |call: &Call<'_>| {
        let failure = (!call.is_nullish(1)).then(|| call.string(1)).transpose()?;
        sink.borrow_mut().push((call.string(0)?, failure));
        Ok(())
    });
    let (finished, wait) = tokio::sync::oneshot::channel();
    let finished = RefCell::new(Some(finished));
    let done = realm.context().function(move |_| {
        if let Some(finished) = finished.borrow_mut().take() {
            let _ = finished.send(());
        }
        Ok(())
    });
    let evaluate = |script: &str, name: &str| realm.context().evaluate(script, name).unwrap();
    evaluate(include_str!("javascript_tests.js"), "harness.js")
        .call(
            None,
            [
                Arg::Value(&report),
                Arg::Value(&done),
                Arg::Value(&realm.internal("node").unwrap().get("require").unwrap()),
                Arg::Value(realm.internals()),
            ],
        )
        .unwrap();
    evaluate(&format!("{{\n{source}\n}}"), &path.display().to_string());
    let request = crate::core::request::RequestContext::detached(&realm);
    realm.enter(Some(request.clone()), |realm| {
        realm
            .context()
            .evaluate("runTests()", "harness.js")
            .map(drop)
    });
    let pump = crate::core::event_loop::run(realm.clone());
    tokio::select! {
        _ = wait => {}
        _ = pump => {}
        () = tokio::time::sleep(Duration::from_secs(TEST_SECONDS_MAX)) => {
            outcomes.borrow_mut().push(("the whole file".into(), Some("never finished".into())));
        }
    }
    drop(storage);
    outcomes.take()
}

#[test]
fn every_javascript_test_passes() {
    let files = test_files();
    assert!(!files.is_empty(), "no test file was found");
    let only = std::env::var("QUIRE_JS_TEST").unwrap_or_default();
    let mut failures = Vec::new();
    let mut passed = 0;
    for path in files
        .iter()
        .filter(|path| path.to_string_lossy().contains(&only))
    {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let outcomes = tokio::task::LocalSet::new().block_on(&runtime, run_file(path));
        assert!(!outcomes.is_empty(), "{} holds no test", path.display());
        for (name, failure) in outcomes {
            match failure {
                None => passed += 1,
                Some(failure) => {
                    failures.push(format!("{}: {name}\n    {failure}", path.display()))
                }
            }
        }
    }
    println!("{passed} passed, {} failed", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
