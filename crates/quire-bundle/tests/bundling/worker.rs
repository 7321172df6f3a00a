//! `_worker.js`: a file or a folder of modules, bundled or as it is.

use crate::project::{Project, assert_contains};

const COMPUTED: &str = "export default { fetch: async (request) => new Response((await import(new URL(request.url).pathname)).value) };";

#[test]
fn a_folder_that_computes_its_imports_gets_all_of_its_modules() {
    let project = Project::new(&[
        ("_worker.js/index.js", COMPUTED),
        (
            "_worker.js/lib/deep/a.mjs",
            "export const value = 'found by name';",
        ),
        ("_worker.js/note.txt", "a note"),
        ("_worker.js/readme.md", "no module"),
        ("_worker.js/index.js.map", "{}"),
    ]);
    let script = project.script();
    assert_contains(&script, "found by name");
    assert_contains(&script, "a note");
    assert_contains(&script, "\"lib/deep/a.mjs\": () =>");
    assert_contains(
        &script,
        "__quire_import(\"index.js\")(new URL(request.url).pathname)",
    );
    assert!(!script.contains("no module"));
}

#[test]
fn the_importer_of_a_computed_import_is_the_module_it_stands_in() {
    let project = Project::new(&[
        (
            "_worker.js/index.js",
            "import { load } from './lib/load.js';\nexport default { fetch: () => load('x') };",
        ),
        (
            "_worker.js/lib/load.js",
            "export const load = (name) => import(`./${name}.js`);",
        ),
        ("_worker.js/lib/x.js", "export const value = 1;"),
    ]);
    let script = project.script();
    assert_contains(&script, "__quire_import(\"lib/load.js\")(");
    assert_contains(&script, "\"lib/x.js\": () =>");
}

#[test]
fn other_folders_hold_what_is_imported_and_no_more() {
    let project = Project::new(&[
        (
            "_worker.js/index.js",
            "export default { fetch: async () => new Response((await import('./a.js')).value) };",
        ),
        ("_worker.js/a.js", "export const value = 'imported';"),
        ("_worker.js/b.js", "this is no JavaScript"),
    ]);
    let script = project.script();
    assert_contains(&script, "imported");
    assert!(!script.contains("__quire_files"));
}

#[test]
fn a_file_computes_names_of_runtime_modules_only() {
    let project = Project::new(&[
        ("_worker.js", COMPUTED),
        ("a.js", "export const value = 1;"),
    ]);
    let script = project.script();
    assert_contains(
        &script,
        "await __quire_import(new URL(request.url).pathname)",
    );
    assert!(!script.contains("__quire_files"));
}

#[test]
fn a_module_that_is_only_found_by_name_must_still_be_one() {
    let project = Project::new(&[
        ("_worker.js/index.js", COMPUTED),
        ("_worker.js/b.js", "this is no JavaScript"),
    ]);
    let lines = project.failure_lines();
    assert!(lines[0].starts_with("_worker.js/b.js:1:"), "{lines:?}");
}

fn unbundled(files: &[(&str, &str)]) -> Project {
    let mut project = Project::new(files);
    project.bundled = false;
    project
}

#[test]
fn what_is_not_bundled_may_import_modules_of_the_runtime() {
    let source = "import { env } from 'cloudflare:workers';\nimport { Buffer } from 'node:buffer';\n\
                  export default { fetch: () => new Response(Buffer.from(`${env.A}${process.env.NODE_ENV}`)) };";
    let mut project = unbundled(&[("_worker.js", source)]);
    project.node_compat = true;
    let script = project.script();
    assert_contains(&script, "quire.module(\"node:buffer\")");
    assert_contains(&script, "process.env.NODE_ENV");

    project.node_compat = false;
    assert_eq!(
        project.failure_lines(),
        [
            "_worker.js:2:24 `_worker.js` is not bundled, but imports `node:buffer` | \
          bundle it with your build tool, remove the import, or let it be bundled here with `--bundle`"
        ]
    );
}

#[test]
fn what_is_not_bundled_imports_no_files_and_no_packages() {
    let project = unbundled(&[
        (
            "_worker.js",
            "import { a } from './a.js';\nimport 'preact';\nexport default { fetch: async () => [a, await import('./b.js'), require('c')] };",
        ),
        ("a.js", "export const a = 1;"),
    ]);
    let lines = project.failure_lines();
    let starts: Vec<&str> = lines
        .iter()
        .map(|line| line.split(" | ").next().unwrap())
        .collect();
    assert_eq!(
        starts,
        [
            "_worker.js:1:19 `_worker.js` is not bundled, but imports `./a.js`",
            "_worker.js:2:8 `_worker.js` is not bundled, but imports `preact`",
            "_worker.js:3:54 `_worker.js` is not bundled, but imports `./b.js`",
            "_worker.js:3:73 `_worker.js` is not bundled, but imports `c`",
        ]
    );
}

#[test]
fn an_unbundled_folder_is_its_own_modules() {
    let project = unbundled(&[
        (
            "_worker.js/index.js",
            "import { a } from './lib/a.js';\nexport default { fetch: () => new Response(a) };",
        ),
        (
            "_worker.js/lib/a.js",
            "import text from '../text.txt';\nexport const a = text;",
        ),
        ("_worker.js/text.txt", "from a file"),
    ]);
    assert_contains(&project.script(), "from a file");
    project.write(
        "_worker.js/lib/a.js",
        b"import { b } from '../../b.js';\nexport const a = b;",
    );
    project.write("b.js", b"export const b = 1;");
    assert_eq!(
        project.failure_lines()[0].split(" | ").next().unwrap(),
        "_worker.js/lib/a.js:1:19 `_worker.js/lib/a.js` is not bundled, but imports `../../b.js`"
    );
}

#[test]
fn requests_are_answered_by_a_default_export() {
    const HELP: &str = " | export what answers the requests: `export default { async fetch(request, env, ctx) { … } }`";
    for (source, message) in [
        (
            "addEventListener('fetch', (event) => event.respondWith(new Response()));",
            "`_worker.js` exports nothing: it must be a module, not a script that calls `addEventListener`",
        ),
        (
            "export const onRequest = () => new Response();",
            "`_worker.js` has no default export",
        ),
        ("import './other.js';", "`_worker.js` has no default export"),
        (
            "export * from './other.js';",
            "`_worker.js` has no default export",
        ),
    ] {
        let project = Project::new(&[("_worker.js", source), ("other.js", "export default {};")]);
        assert_eq!(project.failure_lines(), [format!("{message}{HELP}")]);
    }
    for source in [
        "export default { fetch() {} };",
        "const worker = {};\nexport { worker as default };",
        "export { default } from './other.js';",
        "export { a as 'default' } from './other.js';",
        "module.exports = { fetch() {} };",
    ] {
        let other = "export default {};\nexport const a = {};";
        Project::new(&[("_worker.js", source), ("other.js", other)]).bundle();
    }
}
