//! What becomes of async functions in projects that use `AsyncLocalStorage`.

use crate::project::{assert_contains, function};
use crate::source_map::origin;
use sourcemap::SourceMap;

fn lowered(body: &str) -> String {
    let mut project = function(&format!(
        "import {{ AsyncLocalStorage }} from 'node:async_hooks';\nconst als = new AsyncLocalStorage();\n{body}\nexport const onRequest = () => als.getStore();"
    ));
    project.node_compat = true;
    project.bundle().script
}

#[test]
fn only_projects_that_import_async_hooks_are_changed() {
    let text = "export const onRequest = async ({ next }) => { try { return await next(); } catch { return null; } };";
    let mut project = function(text);
    project.node_compat = true;
    assert!(!project.script().contains("__quire_"));
    // A dynamic import in a package is enough.
    project.write(
        "node_modules/trace/index.js",
        b"export const load = () => import('async_hooks');",
    );
    project.write(
        "functions/other.js",
        b"import { load } from 'trace'; export const onRequest = load;",
    );
    let script = project.script();
    assert_contains(&script, "quire.asyncContext()");
    assert_contains(
        &script,
        "__quire_await.resume(await __quire_await.suspend( next()))",
    );
    assert_contains(&script, "catch {__quire_await.recover();");
}

#[test]
fn each_kind_of_suspension() {
    let script = lowered(
        "export async function* each(list) { outer: for await (const x of list) { if (await x) continue outer; yield x; yield; yield* list; return x; } }\n\
         export const onRequestGet = [async () => await 1, async (x) => x.y, async () => ({ a: 1 })];\n\
         for await (const x of each([])) als; for (const f of onRequestGet) f();",
    );
    assert_contains(
        &script,
        "try {outer: for await (const x of  __quire_await.iterate(list))",
    );
    assert_contains(&script, "finally { __quire_await.recover(); }");
    assert_contains(
        &script,
        "__quire_await.yielded(yield  __quire_await.yielding(await __quire_await.suspend(x)))",
    );
    assert_contains(
        &script,
        "__quire_await.yielded(yield __quire_await.yielding(__quire_await.suspend()))",
    );
    assert_contains(
        &script,
        "__quire_await.resume(yield*  __quire_await.delegate(list))",
    );
    assert_contains(
        &script,
        "return  __quire_await.done((__quire_await.resume(await __quire_await.suspend((x)))))",
    );
    assert_contains(
        &script,
        "async () => {const __quire_await = new __quire_suspension();return __quire_await.done(__quire_suspension.thenable(__quire_await.resume(await __quire_await.suspend( 1))));}",
    );
    // What never pauses needs no object.
    assert_contains(
        &script,
        "async (x) => {return __quire_suspension.thenable(x.y);}",
    );
}

#[test]
fn minified_programs_stay_valid() {
    let mut project = function(
        "import 'node:async_hooks';\nexport async function* onRequest(x) { for await (const y of [x]) { yield [y]; yield* [y]; if (y) return [y]; } try { return; } catch { return `a`; } }\nexport const onRequestGet = async (x) => { if (x) return [await x]; return {}; };",
    );
    project.node_compat = true;
    project.minify = true;
    // Reading it as a parser does is part of this.
    assert_contains(&project.script(), "__quire_await");
}

#[test]
fn plain_functions_stay_as_they_are() {
    let script = lowered(
        "export function onRequestGet() { try { return 1; } catch { return 2; } finally { als; } }\nfunction* numbers() { yield 1; }\nnumbers();",
    );
    assert_contains(&script, "catch {\n");
    assert_contains(&script, "yield 1;");
    assert!(!script.contains("recover"));
}

#[test]
fn the_source_map_stays_exact() {
    for minify in [false, true] {
        let mut project = function(
            "import { AsyncLocalStorage } from 'node:async_hooks';\nexport const onRequest = async (x) => {\n  return [new AsyncLocalStorage(), await first(x), await second(await third(x)), fourth(x)];\n};\n",
        );
        project.node_compat = true;
        project.minify = minify;
        let bundle = project.bundle();
        let map = SourceMap::from_slice(bundle.source_map.as_bytes()).unwrap();
        for (name, column) in [("first", 42), ("second", 58), ("third", 71), ("fourth", 82)] {
            let (place, text) = origin(&bundle.script, &map, &format!("{name}("));
            assert_eq!(place, format!("functions/index.ts:3:{column}"), "{minify}");
            assert!(
                text.starts_with(&format!("{name}(x")) || name == "second",
                "{text}"
            );
        }
    }
}
