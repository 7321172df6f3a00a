//! What each kind of import becomes.

use quire_bundle::Mode;

use crate::project::{Project, assert_contains, function, lines};

#[test]
fn relative_files_in_typescript_and_javascript() {
    let project = Project::new(&[
        (
            "functions/api/[id].ts",
            "import { a } from '../../lib/a';\nimport b from '../../lib/b.js';\nimport c from '../../lib';\nexport const onRequest = (context: { x: string }) => [a, b, c];",
        ),
        ("lib/a.ts", "export const a: string = 'from a';"),
        ("lib/b.ts", "export default 'from b' as const;"),
        ("lib/index.mjs", "export default 'from index';"),
        ("lib/index.js", "export default 'from index.js';"),
    ]);
    let bundle = project.bundle();
    for text in ["from a", "from b", "from index.js"] {
        assert_contains(&bundle.script, text);
    }
    assert!(!bundle.script.contains("string"));
    let root = project.path().canonicalize().unwrap();
    let watched: Vec<_> = bundle
        .watched
        .iter()
        .map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap())
        .collect();
    assert_eq!(
        watched,
        [
            "functions/api/[id].ts",
            "lib/a.ts",
            "lib/b.ts",
            "lib/index.js"
        ]
    );
}

#[test]
fn files_with_question_marks_and_hashes_in_their_names() {
    let project = Project::new(&[
        (
            "functions/what?.ts",
            "export const onRequest = () => 'question';",
        ),
        ("functions/a#b.ts", "export const onRequest = () => 'hash';"),
        (
            "functions/it's \"quoted\".ts",
            "export const onRequest = () => 'quoted';",
        ),
    ]);
    let script = project.script();
    for text in ["question", "hash", "quoted", r#""what?.ts""#, r#""a#b.ts""#] {
        assert_contains(&script, text);
    }
}

#[test]
fn json_whole_and_by_name() {
    let project = Project::new(&[
        (
            "functions/index.ts",
            "import data, { version } from '../data.json';\nexport const onRequest = () => [data, version];",
        ),
        (
            "data.json",
            "\u{feff}{ \"version\": \"1.2.3\", \"list\": [1, null, true] }",
        ),
    ]);
    let script = project.script();
    assert_contains(&script, "\"1.2.3\"");
    assert_contains(&script, "null");
}

#[test]
fn text_files_are_strings() {
    let project = Project::new(&[
        (
            "functions/index.ts",
            "import a from '../a.txt';\nimport b from '../b.html';\nimport c from '../c.sql';\nexport const onRequest = () => [a, b, c];",
        ),
        ("a.txt", "line \"one\"\nline two"),
        ("b.html", "<p>`${x}`</p>"),
        ("c.sql", "select 1;"),
    ]);
    project.write("a.txt", b"caf\xe9 \"one\"\ntwo");
    let script = project.script();
    assert_contains(&script, r#""caf"#);
    assert_contains(&script, r#"\"one\"\ntwo""#);
    assert_contains(&script, "<p>`${x}`</p>");
    assert_contains(&script, "\"select 1;\"");
}

#[test]
fn wasm_and_binary_files_are_made_once_by_the_runtime() {
    let project = Project::new(&[(
        "functions/index.ts",
        "import a from '../m.wasm';\nimport b from '../m.wasm?module';\nimport c from '../d.bin';\nexport const onRequest = () => [a, b, c];",
    )]);
    project.write("m.wasm", b"\0asm\x01\0\0\0");
    project.write("d.bin", &[0xff, 0x00, 0x10]);
    let bundle = project.bundle();
    assert_eq!(
        bundle
            .script
            .matches("quire.wasm(\"AGFzbQEAAAA=\")")
            .count(),
        1,
        "{}",
        bundle.script
    );
    assert_eq!(bundle.script.matches("quire.binary(\"/wAQ\")").count(), 1);
    assert_eq!(bundle.watched.len(), 3);
    // The constants stand before everything else, in the one line that the wrapper adds.
    let first = bundle.script.lines().next().unwrap();
    assert_contains(first, "quire.wasm(");
    assert_contains(first, "quire.binary(");
}

#[test]
fn a_wasm_file_that_is_not_used_is_not_in_the_script() {
    let project = Project::new(&[
        (
            "functions/index.js",
            "import { a } from '../lib.js';\nexport const onRequest = () => a;",
        ),
        (
            "lib.js",
            "import m from './m.wasm';\nexport const a = 1;\nexport const b = m;",
        ),
        ("m.wasm", "x"),
    ]);
    assert!(!project.script().contains("quire.wasm"));
}

#[test]
fn packages_by_the_conditions_of_workers() {
    let project = Project::new(&[
        (
            "functions/index.ts",
            "import a from 'one';\nimport b from 'two';\nimport c from 'three';\nimport d from '@scope/four/deep';\nimport e from 'five';\nexport const onRequest = () => [a, b, c, d, e];",
        ),
        (
            "node_modules/one/package.json",
            r#"{"exports":{".":{"node":"./node.js","workerd":"./workerd.js","default":"./default.js"}}}"#,
        ),
        (
            "node_modules/one/workerd.js",
            "export default 'one-workerd';",
        ),
        (
            "node_modules/two/package.json",
            r#"{"exports":{"require":"./r.js","browser":"./browser.js","import":"./i.js"}}"#,
        ),
        (
            "node_modules/two/browser.js",
            "export default 'two-browser';",
        ),
        (
            "node_modules/three/package.json",
            r#"{"main":"main.js","module":"module.js"}"#,
        ),
        (
            "node_modules/three/module.js",
            "export default 'three-module';",
        ),
        (
            "node_modules/@scope/four/package.json",
            r#"{"exports":{"./deep":{"worker":"./worker.js","default":"./default.js"}}}"#,
        ),
        (
            "node_modules/@scope/four/worker.js",
            "export default 'four-worker';",
        ),
        (
            "node_modules/five/package.json",
            r#"{"main":"main.js","browser":{"./main.js":"./browser.js","./gone.js":false}}"#,
        ),
        (
            "node_modules/five/browser.js",
            "import gone from './gone.js';\nexport default ['five-browser', gone];",
        ),
    ]);
    let script = project.script();
    for text in [
        "one-workerd",
        "two-browser",
        "three-module",
        "four-worker",
        "five-browser",
    ] {
        assert_contains(&script, text);
    }
}

#[test]
fn commonjs_packages() {
    let project = Project::new(&[
        (
            "functions/index.ts",
            "import all, { part } from 'cjs';\nexport const onRequest = () => [all, part];",
        ),
        ("node_modules/cjs/package.json", r#"{"name":"cjs"}"#),
        (
            "node_modules/cjs/index.js",
            "const other = require('./other');\nexports.part = other;\ntry { require('not-there') } catch {}\n",
        ),
        (
            "node_modules/cjs/other.js",
            "module.exports = 'from other';",
        ),
    ]);
    let bundle = project.bundle();
    assert_contains(&bundle.script, "from other");
    assert!(bundle.warnings.is_empty(), "{:?}", lines(&bundle.warnings));
}

#[test]
fn runtime_modules_become_calls() {
    let project = function(
        "import { env, WorkerEntrypoint as Entry } from 'cloudflare:workers';\nimport * as sockets from 'cloudflare:sockets';\nimport 'cloudflare:email';\nimport type { X } from 'cloudflare:types';\nclass E extends Entry {}\nexport const onRequest = async (): Promise<X> => [env, new E(), sockets, sockets.connect, await import('cloudflare:dynamic')];",
    );
    let bundle = project.bundle();
    assert_contains(
        &bundle.script,
        "env } = quire.module(\"cloudflare:workers\")",
    );
    assert_contains(
        &bundle.script,
        "const sockets = quire.module(\"cloudflare:sockets\");",
    );
    assert_contains(&bundle.script, "\nquire.module(\"cloudflare:email\");");
    assert_contains(
        &bundle.script,
        "await __quire_import(\"cloudflare:dynamic\")",
    );
    assert!(!bundle.script.contains("cloudflare:types"));
    assert!(bundle.warnings.is_empty(), "{:?}", lines(&bundle.warnings));
}

#[test]
fn node_modules_with_the_flag() {
    let mut project = function(
        "import fs from 'node:fs';\nimport { Buffer as B, default as d } from 'buffer';\nimport { readFile } from 'fs/promises';\nexport * from './more';\nexport const onRequest = () => [fs, B, d, readFile, process.env.HOME];",
    );
    project.write(
        "functions/more.ts",
        b"export { join as onRequestGet } from 'path';",
    );
    project.write(
        "functions/old.js",
        b"const util = require('util'); export const onRequest = util.inspect;",
    );
    project.node_compat = true;
    let bundle = project.bundle();
    assert_contains(
        &bundle.script,
        "fs = ((module) => \"default\" in module ? module.default : module)(quire.module(\"node:fs\"))",
    );
    assert_contains(
        &bundle.script,
        "{ Buffer: Buffer$1 } = quire.module(\"node:buffer\")",
    );
    assert_contains(
        &bundle.script,
        "{ readFile } = quire.module(\"node:fs/promises\")",
    );
    assert_contains(
        &bundle.script,
        "{ join: onRequestGet } = quire.module(\"node:path\")",
    );
    assert_contains(
        &bundle.script,
        "const runtimeModule = quire.module(\"node:util\")",
    );
    assert!(bundle.warnings.is_empty(), "{:?}", lines(&bundle.warnings));
}

#[test]
fn node_modules_without_the_flag_are_a_warning() {
    let project = function(
        "import crypto from 'node:crypto';\n\nimport { x } from './y';\nexport const onRequest = () => [crypto, x];",
    );
    project.write(
        "functions/y.ts",
        b"export const x = () =>\n  import('node:os');",
    );
    let bundle = project.bundle();
    assert_contains(&bundle.script, "quire.module(\"node:crypto\")");
    let help = "add `nodejs_compat` to `compatibility_flags`";
    let message =
        "will fail at run time: modules of Node.js need the compatibility flag `nodejs_compat`";
    assert_eq!(
        lines(&bundle.warnings),
        [
            format!("functions/index.ts:1:20 `node:crypto` {message} | {help}"),
            format!("functions/y.ts:2:10 `node:os` {message} | {help}"),
        ]
    );
}

#[test]
fn a_package_with_the_name_of_a_node_module_wins_without_the_flag() {
    let mut project = Project::new(&[
        (
            "functions/index.ts",
            "import events from 'events';\nexport const onRequest = () => events;",
        ),
        ("node_modules/events/package.json", "{}"),
        (
            "node_modules/events/index.js",
            "module.exports = 'the package';",
        ),
    ]);
    assert_contains(&project.script(), "the package");
    project.node_compat = true;
    let script = project.script();
    assert_contains(&script, "quire.module(\"node:events\")");
    assert!(!script.contains("the package"));
}

#[test]
fn dynamic_imports_are_part_of_the_script() {
    let project = Project::new(&[
        (
            "functions/index.ts",
            "export const onRequest = async ({ request }) => [await import('../lib/lazy'), await import(request.url)];",
        ),
        ("lib/lazy.ts", "export const value = 'lazy value';"),
    ]);
    let script = project.script();
    assert_contains(&script, "lazy value");
    assert_contains(
        &script,
        "const __quire_import = async (specifier) => quire.module(`${specifier}`);",
    );
    assert_contains(&script, "await __quire_import(request.url)");
}

#[test]
fn jsx_is_classic_unless_the_project_says_otherwise() {
    let jsx = "export const onRequest = () => <p><>{1}</></p>;";
    let project = Project::new(&[("functions/index.jsx", jsx)]);
    assert_contains(
        &project.script(),
        "React.createElement(\"p\", null, /* @__PURE__ */ React.createElement(React.Fragment",
    );

    // In a plain .js file, with a pragma.
    let project = Project::new(&[(
        "functions/index.js",
        &format!(
            "/** @jsx h */\n/** @jsxFrag Fragment */\nimport {{ h, Fragment }} from 'preact';\n{jsx}"
        ),
    )]);
    project.write("node_modules/preact/package.json", b"{}");
    project.write(
        "node_modules/preact/index.js",
        b"export function h() {}\nexport function Fragment() {}",
    );
    let script = project.script();
    assert_contains(&script, "h(\"p\"");
    assert!(!script.contains("React"));

    let runtime = "export const jsx = 'the runtime', jsxs = jsx, Fragment = jsx;";
    for (tsconfig, pragma) in [
        (
            r#"{"compilerOptions":{"jsx":"react-jsx","jsxImportSource":"hono/jsx"}}"#,
            "",
        ),
        (
            "// comment\n{\"compilerOptions\":{\"jsxImportSource\":\"hono/jsx\",},}",
            "",
        ),
        (
            r#"{"compilerOptions":{"jsx":"preserve","jsxImportSource":"hono/jsx"}}"#,
            "",
        ),
        (r#"{"extends":"./base.json"}"#, ""),
        (
            "{}",
            "/** @jsxRuntime automatic */\n/** @jsxImportSource hono/jsx */\n",
        ),
    ] {
        let project = Project::new(&[
            ("functions/index.tsx", &format!("{pragma}{jsx}")),
            ("tsconfig.json", tsconfig),
            (
                "base.json",
                r#"{"compilerOptions":{"jsx":"react-jsx","jsxImportSource":"hono/jsx"}}"#,
            ),
            (
                "node_modules/hono/package.json",
                r#"{"exports":{"./jsx/jsx-runtime":"./runtime.js"}}"#,
            ),
            ("node_modules/hono/runtime.js", runtime),
        ]);
        let bundle = project.bundle();
        assert_contains(&bundle.script, "the runtime");
        assert!(!bundle.script.contains("React"), "{tsconfig}");
        assert!(
            bundle
                .watched
                .iter()
                .any(|path| path.ends_with("tsconfig.json"))
        );
    }
}

#[test]
fn tsconfig_paths_are_followed() {
    let project = Project::new(&[
        (
            "functions/index.ts",
            "import { a } from '@/a';\nexport const onRequest = () => a;",
        ),
        (
            "tsconfig.json",
            r#"{"compilerOptions":{"baseUrl":".","paths":{"@/*":["./src/*"]}}}"#,
        ),
        ("src/a.ts", "export const a = 'by path';"),
    ]);
    assert_contains(&project.script(), "by path");
}

#[test]
fn a_broken_tsconfig_is_a_warning() {
    let project = Project::new(&[
        ("functions/index.ts", "export const onRequest = () => 1;"),
        ("tsconfig.json", r#"{"extends":"@not/installed"}"#),
    ]);
    let bundle = project.bundle();
    let warnings = lines(&bundle.warnings);
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].starts_with("no `tsconfig.json` is used, because one cannot be read: "),
        "{warnings:?}"
    );
}

#[test]
fn node_env_and_other_constants() {
    let text = "export const onRequest = () => [process.env.NODE_ENV, globalThis.process.env.NODE_ENV, process.env.OTHER, VERSION, import.meta.url, import.meta.env, typeof import.meta];";
    let mut project = function(text);
    project
        .define
        .push(("VERSION".to_owned(), "\"1.0\"".to_owned()));
    let script = project.script();
    assert_eq!(script.matches("\"production\"").count(), 2, "{script}");
    assert_contains(&script, "process.env.OTHER");
    assert_contains(&script, "\"1.0\"");
    assert_eq!(script.matches("void 0,").count(), 2, "{script}");
    assert!(!script.contains("import.meta"));
    project.mode = Mode::Development;
    assert_eq!(project.script().matches("\"development\"").count(), 2);
}

#[test]
fn a_worker_hands_over_all_its_exports() {
    let project = Project::new(&[
        (
            "_worker.js",
            "import { Counter } from './counter.js';\nexport { Counter };\nexport const named = 1;\nexport default { fetch: () => new Response('hi') };",
        ),
        ("counter.js", "export class Counter {}"),
    ]);
    let script = project.script();
    assert_contains(&script, "quire.worker(_worker_exports);");
    for export in ["default: () =>", "named: () =>", "Counter: () =>"] {
        assert_contains(&script, export);
    }
}

#[test]
fn a_worker_directory_starts_at_its_index() {
    let project = Project::new(&[
        (
            "_worker.js/index.js",
            "import x from './x.js';\nexport default { fetch: () => x };",
        ),
        ("_worker.js/x.js", "export default 'from x';"),
    ]);
    assert_contains(&project.script(), "from x");
}
