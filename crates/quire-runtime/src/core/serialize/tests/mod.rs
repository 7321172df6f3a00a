//! Arbitrary and damaged bytes: a value or an exception, never a crash.

#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use quire_jsc::{Arg, Value};

/// Values whose bytes are damaged: one for each tag.
const SAMPLES: &str = r#"[
    [1, -0, 2 ** 40, 7n, 2n ** 80n, "a", "Ā", "\ud800", null, undefined, true, "x".repeat(300)],
    { a: { b: [1, , 3] }, c: new Map([[1, { d: 2 }]]), s: new Set(["x"]), t: new Date(1), r: /a(b)/gu, o: Object(1n) },
    (() => { const e = new TypeError("m", { cause: new Error("c") }); e.code = 1; e.self = e; return e; })(),
    (() => { const b = new ArrayBuffer(16, { maxByteLength: 32 }); return [new Uint16Array(b, 2, 3), new DataView(b), b, new Uint8Array(3)]; })(),
    [new Blob(["abc"], { type: "a/b" }), new DOMException("m", "AbortError")],
]"#;

/// A function that reads bytes and says nothing of the outcome.
fn reader() -> (Rc<Realm>, Value, Vec<Vec<u8>>) {
    let realm = Realm::new().unwrap();
    crate::core::body_ops::install(&realm);
    crate::web::install(&realm).unwrap();
    install(&realm).unwrap();
    let context = realm.context();
    let internals = realm.internals();
    let evaluate = |script: &str| context.evaluate(script, "test").unwrap();
    let read = evaluate(
        "(internals) => (bytes) => { try { internals.deserialize(bytes); return true; } catch { return false; } }",
    )
    .call(None, [Arg::Value(internals)])
    .unwrap();
    let write = evaluate(&format!(
        "(internals, index) => internals.serialize({SAMPLES}[index])"
    ));
    let samples = (0..5)
        .map(|index| {
            write
                .call(None, [Arg::Value(internals), Arg::Number(f64::from(index))])
                .unwrap()
                .with_bytes(|bytes| bytes.to_vec())
                .unwrap()
        })
        .collect();
    (realm, read, samples)
}

fn read(realm: &Realm, function: &Value, bytes: Vec<u8>) -> bool {
    let bytes = realm.context().uint8_array(bytes).unwrap();
    function
        .call(None, [Arg::Value(&bytes)])
        .unwrap()
        .to_boolean()
}

#[test]
fn arbitrary_bytes_give_a_value_or_an_exception() {
    let (realm, function, samples) = reader();
    for sample in &samples {
        assert!(read(&realm, &function, sample.clone()));
    }
    let tags = proptest::collection::vec(prop_oneof![0_u8..28, any::<u8>()], 0..200);
    let damaged = (
        0..samples.len(),
        proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        any::<prop::sample::Index>(),
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(4000));
    runner
        .run(&(tags, damaged), |(mut bytes, (sample, changes, end))| {
            bytes.insert(0, 1);
            read(&realm, &function, bytes);
            let mut bytes = samples[sample].clone();
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            let cut = end.index(bytes.len() * 4);
            bytes.truncate(cut.max(1));
            read(&realm, &function, bytes);
            Ok(())
        })
        .unwrap();
}
