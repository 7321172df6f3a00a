//! What of Node.js a program sees, by its compatibility date and flags.
#![allow(clippy::unwrap_used, missing_docs)]

use futures_util::future::LocalBoxFuture;
use quire_runtime::{
    AssetRequest, AssetService, AssetSource, Body, Program, Runtime, Services, StartError,
};
use std::rc::Rc;

struct NoAssets;

impl AssetService for NoAssets {
    fn fetch(&self, _: AssetRequest) -> LocalBoxFuture<'static, http::Response<Body>> {
        Box::pin(async { http::Response::new(Body::empty()) })
    }
}

/// What an expression of the program's top level gives, as JSON; `quire` is in its reach.
fn evaluate(date: &str, flags: &[&str], expression: &str) -> String {
    let program = Program {
        // A program says something to the outside by failing.
        script: format!(
            "(async function (quire) {{ \"use strict\"; let found; try {{ found = await ({expression}); }} catch (error) {{ found = `${{error.name}}: ${{error.message}}`; }} throw new Error(JSON.stringify(found)); }})"
        ),
        vars: serde_json::json!({ "TEXT": "plain", "JSON": { "deep": [1] } })
            .as_object()
            .unwrap()
            .clone(),
        compatibility_date: date.into(),
        compatibility_flags: flags.iter().map(ToString::to_string).collect(),
        ..Program::default()
    };
    let services = Services {
        assets: Some(AssetSource::Files(Rc::new(NoAssets))),
        name: String::new(),
        programs: Rc::default(),
        objects: std::rc::Rc::default(),
        log: Box::new(|_| {}),
        data: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let started =
        tokio::task::LocalSet::new().block_on(&runtime, Runtime::start(program, services));
    match started {
        Err(StartError::Program { message, .. }) => {
            message.strip_prefix("Error: ").unwrap().to_owned()
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the program did not fail"),
    }
}

const GLOBALS: &str = "[typeof Buffer, typeof process, typeof global, typeof setImmediate]";

#[test]
fn nothing_of_node_without_the_flag() {
    let before = "2026-08-03";
    assert_eq!(
        evaluate(before, &[], "quire.module('node:buffer')"),
        "\"Error: No such module \\\"node:buffer\\\".\""
    );
    let absent = "[\"undefined\",\"undefined\",\"undefined\",\"undefined\"]";
    assert_eq!(evaluate(before, &[], GLOBALS), absent);
    let off = ["no_nodejs_compat", "no_nodejs_compat_v2"];
    assert_eq!(evaluate("2026-08-04", &off, GLOBALS), absent);
}

#[test]
fn globals_come_with_the_second_version_and_become_plain_properties() {
    let present = "[\"function\",\"object\",\"object\",\"function\"]";
    assert_eq!(evaluate("2024-09-23", &["nodejs_compat"], GLOBALS), present);
    assert_eq!(evaluate("2026-08-04", &[], GLOBALS), present);
    let first = evaluate("2024-09-22", &["nodejs_compat"], GLOBALS);
    assert!(first.starts_with("[\"undefined\""), "{first}");
    assert_eq!(
        evaluate("2024-08-20", &["nodejs_compat_v2"], GLOBALS),
        present,
        "the second version alone"
    );
    let module = "typeof quire.module('node:buffer').Buffer";
    assert_eq!(
        evaluate("2024-08-20", &["nodejs_compat_v2"], module),
        "\"function\""
    );
    let described = "(Buffer, Object.getOwnPropertyDescriptor(globalThis, 'Buffer').value === Buffer && (globalThis.process = 5, process))";
    assert_eq!(evaluate("2026-01-01", &["nodejs_compat"], described), "5");
}

#[test]
fn a_module_has_its_parts_and_itself() {
    let parts = "(({ default: value, once }) => [value.EventEmitter === value, value.once === once])(quire.module('node:events'))";
    assert_eq!(
        evaluate("2024-01-01", &["nodejs_compat"], parts),
        "[true,true]"
    );
    let internal = "quire.module('node:internal/errors')";
    assert_eq!(
        evaluate("2024-01-01", &["nodejs_compat"], internal),
        "\"Error: No such module \\\"node:internal/errors\\\".\""
    );
}

#[test]
fn async_local_storage_alone() {
    let als = ["nodejs_als"];
    let load = "typeof quire.module('node:async_hooks').AsyncLocalStorage";
    assert_eq!(evaluate("2024-01-01", &als, load), "\"function\"");
    let other = evaluate("2024-01-01", &als, "quire.module('node:events')");
    assert!(other.contains("No such module"), "{other}");
}

#[test]
fn the_environment_has_the_variables_from_a_date_on() {
    let read = "[process.env.TEXT, process.env.JSON]";
    let flag = ["nodejs_compat"];
    assert_eq!(
        evaluate("2025-04-01", &flag, read),
        "[\"plain\",\"{\\\"deep\\\":[1]}\"]"
    );
    assert_eq!(evaluate("2025-03-31", &flag, read), "[null,null]");
    let kept = ["nodejs_compat", "nodejs_compat_do_not_populate_process_env"];
    assert_eq!(evaluate("2026-01-01", &kept, read), "[null,null]");
}

#[test]
fn timers_are_objects_from_a_date_on() {
    let read = "typeof quire.module('node:timers').setTimeout === 'function' && setTimeout === quire.module('node:timers').setTimeout";
    let flag = ["nodejs_compat"];
    assert_eq!(evaluate("2026-02-10", &flag, read), "true");
    assert_eq!(evaluate("2026-02-09", &flag, read), "false");
}
