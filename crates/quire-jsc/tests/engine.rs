//! The safe interface against the real engine, with the collector run as often as it can be.
#![allow(clippy::unwrap_used, missing_docs)]

use quire_jsc::{Arg, Call, Context, Exception, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

fn evaluate(context: &Context, script: &str) -> Value {
    context.evaluate(script, "test.js").unwrap()
}

#[test]
fn values_convert_both_ways() {
    let context = Context::new();
    assert_eq!(evaluate(&context, "6 * 7").to_number().unwrap(), 42.0);
    for text in ["", "plain", "naïve", "日本語 🎉", "zero\0inside", "\u{0}"] {
        let length = context
            .evaluate("(s) => s.length", "test.js")
            .unwrap()
            .call(None, [Arg::String(text)])
            .unwrap();
        assert_eq!(
            length.to_number().unwrap() as usize,
            text.encode_utf16().count()
        );
        assert_eq!(context.string(text).to_text().unwrap(), text);
    }
    assert_eq!(
        context
            .string_utf16(&[0x61, 0xd800, 0x62])
            .to_text()
            .unwrap(),
        "a\u{fffd}b"
    );
    assert!(evaluate(&context, "null").is_nullish());
    assert!(evaluate(&context, "[1]").is_array());
    assert!(evaluate(&context, "Symbol()").to_text().is_err());
    assert_eq!(
        context
            .parse_json("[1, {\"a\": 2}]")
            .unwrap()
            .get_index(1)
            .unwrap()
            .get("a")
            .unwrap()
            .to_number()
            .unwrap(),
        2.0
    );
    assert!(context.parse_json("{").is_none());
}

#[test]
fn functions_get_arguments_and_throw() {
    let context = Context::new();
    let add = context.function(|call| Ok(call.number(0)? + call.number(1)?));
    let result = add
        .call(None, [Arg::Number(1.0), Arg::Number(2.0)])
        .unwrap();
    assert_eq!(result.to_number().unwrap(), 3.0);

    let fail = context.function(|call: &Call<'_>| -> Result<(), Exception> {
        Err(call.context().type_error("no such thing"))
    });
    context.global().set("fail", &fail).unwrap();
    let seen = evaluate(
        &context,
        "try { fail() } catch (e) { `${e instanceof TypeError} ${e.message}` }",
    );
    assert_eq!(seen.to_text().unwrap(), "true no such thing");
    let exception = context.evaluate("fail()", "test.js").unwrap_err();
    assert_eq!(exception.to_string(), "TypeError: no such thing");
    assert!(!exception.is_termination());
}

#[test]
fn a_program_cannot_change_how_errors_are_made() {
    let context = Context::new();
    evaluate(
        &context,
        "globalThis.TypeError = null; Reflect.get = null; delete DataView.prototype.buffer",
    );
    assert_eq!(context.type_error("x").to_string(), "TypeError: x");
    let view = evaluate(
        &context,
        "new DataView(new Uint8Array([1, 2, 3]).buffer, 1)",
    );
    assert_eq!(view.with_bytes(<[u8]>::to_vec).unwrap(), [2, 3]);
}

#[test]
fn a_panic_in_a_function_becomes_an_error() {
    let context = Context::new();
    let bad = context.function(|call: &Call<'_>| -> Result<(), Exception> {
        assert!(call.is_empty(), "told to panic");
        Ok(())
    });
    let exception = bad.call(None, [Arg::Null]).unwrap_err();
    assert!(exception.to_string().contains("panicked"), "{exception}");
    assert!(bad.call(None, []).unwrap().is_undefined());
}

#[test]
fn syntax_errors_and_stacks_name_the_script() {
    let context = Context::new();
    let exception = context.evaluate("function f( {", "broken.js").unwrap_err();
    assert!(
        exception.to_string().starts_with("SyntaxError"),
        "{exception}"
    );
    let exception = context
        .evaluate(
            "\n\nfunction f() { throw new Error('x') }\nf()",
            "thrower.js",
        )
        .unwrap_err();
    assert!(
        exception.stack().unwrap().contains("f@thrower.js:3:"),
        "{:?}",
        exception.stack()
    );
}

#[test]
fn promises_settle_and_jobs_run_before_the_call_returns() {
    let context = Context::new();
    let log = Rc::new(RefCell::new(Vec::new()));
    let sink = log.clone();
    let write = context.function(move |call: &Call<'_>| {
        sink.borrow_mut().push(call.string(0)?);
        Ok(())
    });
    context.global().set("write", &write).unwrap();
    let (promise, deferred) = context.promise().unwrap();
    evaluate(
        &context,
        "(async (p) => { try { write('got ' + await p) } catch (e) { write('lost ' + e) } })",
    )
    .call(None, [Arg::Value(&promise)])
    .unwrap();
    assert!(log.borrow().is_empty());
    deferred.resolve("mail").unwrap();
    assert_eq!(*log.borrow(), ["got mail"]);

    let (promise, deferred) = context.promise().unwrap();
    evaluate(&context, "(p) => p.catch(e => write('lost ' + e))")
        .call(None, [Arg::Value(&promise)])
        .unwrap();
    deferred.reject(&context.string("it")).unwrap();
    assert_eq!(*log.borrow(), ["got mail", "lost it"]);
}

#[test]
fn unhandled_rejections_are_reported_and_handled_ones_are_not() {
    let context = Context::new();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let sink = seen.clone();
    context
        .on_unhandled_rejection(move |_, reason| sink.borrow_mut().push(reason.to_text().unwrap()))
        .unwrap();
    evaluate(
        &context,
        "Promise.reject('handled').catch(() => {}); Promise.reject('lost')",
    );
    evaluate(&context, "0");
    assert_eq!(*seen.borrow(), ["lost"]);
}

#[test]
fn bytes_are_shared_not_copied() {
    let context = Context::new();
    let array = context.uint8_array(vec![1, 2, 3]).unwrap();
    evaluate(&context, "(a) => { a[1] = 9 }")
        .call(None, [Arg::Value(&array)])
        .unwrap();
    assert_eq!(array.with_bytes(<[u8]>::to_vec).unwrap(), [1, 9, 3]);
    let cases = [
        ("new Uint16Array([1, 2, 3]).subarray(1)", vec![2, 0, 3, 0]),
        ("new Uint8Array([1, 2, 3]).buffer", vec![1, 2, 3]),
        (
            "new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)",
            vec![2, 3],
        ),
        ("new Uint8Array(0)", vec![]),
        ("new ArrayBuffer(0)", vec![]),
    ];
    for (script, expected) in cases {
        let value = evaluate(&context, script);
        assert_eq!(
            value.with_bytes(<[u8]>::to_vec).unwrap(),
            expected,
            "{script}"
        );
    }
    for script in [
        "'text'",
        "({})",
        "[1]",
        "({buffer: 1, byteOffset: 0, byteLength: 9})",
    ] {
        assert!(
            evaluate(&context, script).with_bytes(|_| ()).is_err(),
            "{script}"
        );
    }
    assert!(context.uint8_array(Vec::new()).unwrap().is_bytes());
}

#[test]
#[should_panic(expected = "memory was borrowed")]
fn entering_the_engine_while_its_memory_is_lent_panics() {
    let context = Context::new();
    let array = context.uint8_array(vec![1]).unwrap();
    let _ = array.with_bytes(|_| context.evaluate("1", "test.js"));
}

#[test]
fn the_time_limit_stops_a_loop_and_leaves_the_engine_usable() {
    let context = Context::new();
    context.set_time_limit(Duration::from_millis(50));
    let started = Instant::now();
    let exception = context
        .evaluate("try { while (true); } catch { 'caught' }", "loop.js")
        .unwrap_err();
    assert!(exception.is_termination());
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(evaluate(&context, "1 + 1").to_number().unwrap(), 2.0);
    let exception = context
        .evaluate(
            "Promise.resolve().then(() => { while (true); }); 1",
            "job.js",
        )
        .unwrap_err();
    assert!(exception.is_termination());
    let inner = context
        .evaluate("() => { while (true); }", "inner.js")
        .unwrap();
    let nest = context.function(move |_| inner.call(None, []));
    context.global().set("nest", &nest).unwrap();
    let exception = context
        .evaluate("try { nest() } catch {} 'went on'", "nested.js")
        .unwrap_err();
    assert!(exception.is_termination());
    let exception = context.evaluate("throw 1", "throw.js").unwrap_err();
    assert!(!exception.is_termination());
    context.clear_time_limit();
}

#[test]
fn values_survive_and_closures_are_freed_under_heavy_collection() {
    let context = Context::new();
    let token = Rc::new(());
    let mut kept = Vec::new();
    for round in 0..200_u32 {
        let token = token.clone();
        let function = context.function(move |call: &Call<'_>| {
            let _held = &token;
            call.context().collect_garbage();
            Ok(call.string(0)? + "!")
        });
        let object = context.object();
        object.set("name", format!("value {round}")).unwrap();
        object.set("bytes", vec![round as u8; 1000]).unwrap();
        object.set("function", &function).unwrap();
        if round % 10 == 0 {
            kept.push((round, object));
        }
        context.suggest_collection();
    }
    context.collect_garbage();
    for (round, object) in &kept {
        assert_eq!(
            object.get("name").unwrap().to_text().unwrap(),
            format!("value {round}")
        );
        let bytes = object.get("bytes").unwrap();
        assert_eq!(
            bytes.with_bytes(|b| (b.len(), b[999])).unwrap(),
            (1000, *round as u8)
        );
        let said = object
            .get("function")
            .unwrap()
            .call(None, [Arg::String("hey")])
            .unwrap();
        assert_eq!(said.to_text().unwrap(), "hey!");
    }
    drop(kept);
    for _ in 0..5 {
        context.collect_garbage();
        evaluate(&context, "[...Array(1000)].map((_, i) => ({ i }))");
    }
    // The collector is conservative: a stray word on the stack may keep a few alive.
    assert!(
        Rc::strong_count(&token) < 20,
        "{} closures left",
        Rc::strong_count(&token)
    );
}

#[test]
fn a_returned_value_is_not_collected_on_its_way_out() {
    let context = Context::new();
    let make = context.function(|call: &Call<'_>| {
        let object = call.context().object();
        object.set(
            "deep",
            call.context().array(&[call.context().string("kept")])?,
        )?;
        call.context().collect_garbage();
        Ok(object)
    });
    context.global().set("make", &make).unwrap();
    let text = evaluate(
        &context,
        "let out = []; for (let i = 0; i < 100; i++) out.push(make().deep[0]); out.join() ",
    );
    assert_eq!(text.to_text().unwrap(), ["kept"; 100].join(","));
}

#[test]
fn webassembly_compiled_in_the_background_arrives() {
    let context = Context::new();
    evaluate(
        &context,
        "globalThis.done = 'no'; \
         WebAssembly.compile(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])) \
           .then(m => { done = String(m) }, e => { done = 'failed ' + e })",
    );
    let deadline = Instant::now() + Duration::from_secs(20);
    while context.global().get("done").unwrap().to_text().unwrap() == "no" {
        assert!(Instant::now() < deadline, "compilation never finished");
        assert!(quire_jsc::engine_descriptor().is_some() || quire_jsc::engine_timeout().is_some());
        std::thread::sleep(Duration::from_millis(1));
        context.run_pending();
    }
    assert_eq!(
        context.global().get("done").unwrap().to_text().unwrap(),
        "[object WebAssembly.Module]"
    );
}

#[test]
fn contexts_on_many_threads_do_not_meet() {
    let threads: Vec<_> = (0..4)
        .map(|n| {
            std::thread::spawn(move || {
                let context = Context::new();
                context.global().set("n", n as f64).unwrap();
                for _ in 0..50 {
                    evaluate(
                        &context,
                        "globalThis.list = [...Array(100)].map((_, i) => n + i)",
                    );
                }
                context.collect_garbage();
                evaluate(&context, "list[99]").to_number().unwrap()
            })
        })
        .collect();
    for (n, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().unwrap(), n as f64 + 99.0);
    }
}

#[test]
fn memory_figures_follow_what_is_allocated() {
    let context = Context::new();
    context.collect_garbage();
    let before = context.memory();
    evaluate(
        &context,
        "globalThis.big = [...Array(200000)].map((_, i) => ({ i }))",
    );
    context.collect_garbage();
    let after = context.memory();
    assert!(before.heap_bytes > 0);
    assert!(
        after.heap_bytes > before.heap_bytes + 1_000_000,
        "{before:?} {after:?}"
    );
    assert!(after.objects > before.objects);
}
