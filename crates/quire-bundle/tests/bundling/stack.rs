//! What becomes of reads of `stack`.

use crate::project::{assert_contains, function};
use crate::source_map::origin;
use sourcemap::SourceMap;

#[test]
fn reads_go_through_the_runtime_in_packages_too() {
    let project = function(
        "import { report } from 'reports';\nexport const onRequest = () => report(new Error('x'));",
    );
    project.write(
        "node_modules/reports/index.js",
        b"export const report = ({ cause, ...error }) => [cause?.stack, error.stack];",
    );
    let script = project.script();
    assert_contains(&script, " const __quire_stack = quire.stack;");
    assert_contains(
        &script,
        "[__quire_stack(cause)?.stack, __quire_stack(error).stack]",
    );
}

#[test]
fn programs_that_read_none_stay_as_they_are() {
    let script = function("export const onRequest = () => { throw new Error('x'); };").script();
    assert!(!script.contains("__quire_stack"));
}

#[test]
fn insertions_of_all_kinds_nest_and_positions_stay_exact() {
    let mut project = function(
        "import { AsyncLocalStorage } from 'node:async_hooks';\n\
         const als = new AsyncLocalStorage();\n\
         export const onRequest = async (e) => { after(await new Promise(run).stack, e.stack); return e.stack; };\n\
         export const other = async (e) => e.stack;\nals.run(other);",
    );
    project.node_compat = true;
    let bundle = project.bundle();
    assert_contains(
        &bundle.script,
        "suspend( __quire_stack(new __quire_promise(run)).stack)), __quire_stack(e).stack)",
    );
    assert_contains(&bundle.script, "(__quire_stack(e).stack)");
    let map = SourceMap::from_slice(bundle.source_map.as_bytes()).unwrap();
    let at = |needle: &str| origin(&bundle.script, &map, needle);
    assert_eq!(at("after(").0, "functions/index.ts:3:41");
    assert!(at("run)).stack").1.starts_with("run).stack"));
    assert!(at("e).stack)").1.starts_with("e.stack"));
}
