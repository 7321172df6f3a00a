//! The shape of the script.

use crate::project::{Project, assert_contains, function, lines};

#[test]
fn handlers_are_registered_by_file_and_name() {
    let project = Project::new(&[
        ("functions/index.ts", "export const onRequest = 1;"),
        (
            "functions/api/todos/[id].ts",
            "export const onRequestGet = 2;\nexport const onRequestPost = 3;\nexport const unused = 'dropped';",
        ),
    ]);
    let script = project.script();
    assert!(
        script.starts_with("(async function (quire) { \"use strict\";\n"),
        "{script}"
    );
    assert!(script.ends_with("\n})"), "{script}");
    let register = &script[script.find("quire.register(").unwrap()..].replace(['\n', '\t'], "");
    assert!(
        register.starts_with("quire.register([[\"index.ts\",\"onRequest\",1],[\"api/todos/[id].ts\",\"onRequestGet\",2],[\"api/todos/[id].ts\",\"onRequestPost\",3]]);"),
        "{register}"
    );
    assert!(!script.contains("dropped"));
}

#[test]
fn a_project_may_use_the_wrappers_names() {
    let script = function(
        "const quire = 'mine';\nexport const register = 1;\nexport const onRequest = () => quire;",
    )
    .script();
    assert_contains(&script, "const quire$1 = \"mine\"");
    assert_contains(&script, "=> quire$1");
}

#[test]
fn top_level_await() {
    let project = function(
        "import { config } from '../config';\nconst early = await config;\nfor await (const x of []) console.log(x);\nexport const onRequest = () => early;",
    );
    project.write(
        "config.ts",
        b"export const config = await fetch('http://localhost');",
    );
    let script = project.script();
    assert_contains(&script, "await fetch(\"http://localhost\")");
    assert_contains(&script, "const early = await config;");
    assert_contains(&script, "for await (const x of [])");
}

#[test]
fn resource_management_is_lowered_and_newer_syntax_is_not() {
    let script = function("
        class A { #x = 1; static #count = 0; static { A.#count++; } get x() { return this.#x ?? 2; } }
        export const onRequest = async () => {
            using a = open();
            await using b = open();
            const pattern = /(?<year>\\d+)|(?<year>x)/v;
            let c; c ??= a?.b ** 2n;
            return [new A(), b, pattern, c, 1_000];
        };
    ").script();
    assert!(
        !script.contains("using a") && !script.contains("using b"),
        "{script}"
    );
    assert_contains(&script, "_usingCtx");
    for kept in ["#x = 1", "static {", "??", "??=", "?.b ** 2n", "/v"] {
        assert_contains(&script, kept);
    }
}

#[test]
fn names_survive() {
    let files = [
        (
            "functions/a.ts",
            "function handler() {}\nexport const onRequest = handler;\nexport class Same {}\nexport const onRequestGet = () => new Same();",
        ),
        (
            "functions/b.ts",
            "function handler() {}\nexport const onRequest = handler;\nexport class Same {}\nexport const onRequestGet = () => new Same();",
        ),
    ];
    let mut project = Project::new(&files);
    let script = project.script();
    assert_contains(&script, "__name(handler$1, \"handler\")");
    assert_contains(&script, "__name(this, \"Same\")");
    project.minify = true;
    let minified = project.script();
    assert!(
        minified.len() < script.len() * 2 / 3,
        "{} and {}",
        minified.len(),
        script.len()
    );
    for name in ["`handler`", "`Same`", "`onRequestGet`"] {
        assert_contains(&minified, name);
    }
}

#[test]
fn typescript_that_has_a_meaning_at_run_time() {
    let script = function(
        "
        enum Colour { Red = 'r', Green = 'g' }
        namespace N { export const x = 1; }
        class P { constructor(private readonly y: number) {} get() { return this.y; } }
        abstract class Q<T> { abstract z: T; }
        const assured = (globalThis as any).w! satisfies unknown;
        export const onRequest = () => [Colour, N.x, new P(1), Q, assured];
    ",
    )
    .script();
    for text in ["this.y = y", "Colour[\"Red\"] = \"r\""] {
        assert_contains(&script, text);
    }
    for text in ["abstract", "readonly", "satisfies", "as any"] {
        assert!(!script.contains(text), "{text} in {script}");
    }
}

#[test]
fn equal_projects_give_equal_scripts_wherever_they_are() {
    let files = [
        (
            "functions/index.ts",
            "import w from '../m.wasm';\nimport { a } from '../lib/a';\nimport x from 'pkg';\nexport const onRequest = () => [w, a, x];",
        ),
        ("lib/a.ts", "export const a = 1;"),
        ("m.wasm", "x"),
        ("node_modules/pkg/package.json", "{}"),
        (
            "node_modules/pkg/index.js",
            "module.exports = require('./b');",
        ),
        ("node_modules/pkg/b.js", "module.exports = 1;"),
    ];
    let first = Project::new(&files).bundle();
    for _ in 0..5 {
        let other = Project::new(&files).bundle();
        assert_eq!(first.script, other.script);
        assert_eq!(first.source_map, other.source_map);
    }
}

#[test]
fn either_kind_of_runtime_will_do() {
    let project = function("export const onRequest = () => 'hi';");
    let input = project.input().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let bundle = runtime.block_on(quire_bundle::bundle(&input)).unwrap();
    assert_eq!(bundle.script, project.script());
}

#[test]
fn nothing_is_written() {
    let project = function("export const onRequest = () => 'hi';");
    project.bundle();
    let entries: Vec<_> = std::fs::read_dir(project.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(entries, ["functions"]);
}

#[test]
fn a_project_without_handlers_is_an_empty_program() {
    let project = Project::new(&[("functions/helper.ts", "export const a = 1;")]);
    let bundle = project.bundle();
    assert_contains(&bundle.script, "quire.register([])");
    assert!(bundle.warnings.is_empty(), "{:?}", lines(&bundle.warnings));
}

#[test]
fn what_rolldown_suspects_is_a_warning_with_a_place() {
    let project =
        function("import * as lib from '../lib';\n\nexport const onRequest = () => lib.missing;");
    project.write("lib.ts", b"export const a = 1;");
    let bundle = project.bundle();
    let warnings = lines(&bundle.warnings);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].starts_with("functions/index.ts:3:"),
        "{warnings:?}"
    );
    assert!(warnings[0].contains("missing"), "{warnings:?}");
}

#[test]
fn a_direct_eval_beside_a_module_without_side_effects() {
    // Makes rolldown split the script or, in a debug build, crash; the second attempt without tree shaking must do.
    let project = Project::new(&[
        (
            "functions/index.js",
            "eval('1');\nimport w from '../m.wasm';\nw;\nexport const onRequest = () => 'ran';",
        ),
        ("m.wasm", "x"),
    ]);
    let script = project.script();
    assert_contains(&script, "\"ran\"");
}
