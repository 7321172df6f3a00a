//! The engine left alone, in a process of its own: collections that it starts by itself.
#![allow(clippy::unwrap_used, missing_docs)]

use quire_jsc::Context;
use std::time::{Duration, Instant};

/// The engine collects its whole heap some 30 seconds after work has ended.
const IDLE: Duration = Duration::from_secs(36);

#[test]
fn an_idle_engine_collects_and_goes_on() {
    let context = Context::new();
    for _ in 0..40 {
        context
            .evaluate(
                "globalThis.kept = [...Array(30000)].map((_, i) => ({ i })); 0",
                "work.js",
            )
            .unwrap();
        context.run_pending();
    }
    let before = context.memory().heap_bytes;
    let end = Instant::now() + IDLE;
    while Instant::now() < end {
        context.run_pending();
        std::thread::sleep(Duration::from_millis(20));
    }
    let after = context.memory().heap_bytes;
    assert!(after <= before, "{before} {after}");
    assert_eq!(
        context
            .evaluate("6 * 7", "after.js")
            .unwrap()
            .to_number()
            .unwrap(),
        42.0
    );
}
