//! What the author of a project is told, and where.

use crate::project::{Project, function, lines};

#[test]
fn a_missing_file_with_the_one_that_was_probably_meant() {
    let project = function(
        "import a from './helpre';\nimport b from \"../lib/nothing-like-it\";\n\nexport const onRequest = () => [a, b];",
    );
    project.write("functions/helper.ts", b"export default 1;");
    assert_eq!(
        project.failure_lines(),
        [
            "functions/index.ts:1:15 cannot find `./helpre` | did you mean `./helper.ts`?",
            "functions/index.ts:2:15 cannot find `../lib/nothing-like-it`",
        ]
    );
}

#[test]
fn missing_packages() {
    let project = function(
        "import a from 'hono';\nimport b from '@scope/pkg/deep';\nimport c from 'installed/gone';\nexport const onRequest = () => [a, b, c];",
    );
    project.write(
        "node_modules/installed/package.json",
        br#"{"exports":{".":"./index.js"}}"#,
    );
    let lines = project.failure_lines();
    assert_eq!(
        lines[..2],
        [
            "functions/index.ts:1:15 cannot find the package `hono` | run `npm install hono`",
            "functions/index.ts:2:15 cannot find the package `@scope/pkg` | run `npm install @scope/pkg`",
        ]
    );
    assert!(lines[2].starts_with("functions/index.ts:3:15 the package `installed` does not export `./gone` | see `exports` in "), "{lines:?}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn missing_packages_and_files_are_reported_together() {
    let project = function(
        "import a from 'hono';\nimport b from './gone';\nexport const onRequest = () => [a, b];",
    );
    assert_eq!(
        project.failure_lines(),
        [
            "functions/index.ts:1:15 cannot find the package `hono` | run `npm install hono`",
            "functions/index.ts:2:15 cannot find `./gone`",
        ]
    );
}

#[test]
fn a_bare_node_module_without_the_flag() {
    let project = function("import { x } from './x';\nexport const onRequest = () => x;");
    project.write(
        "functions/x.ts",
        b"// first\nimport fs from 'fs';\nexport const x = fs;",
    );
    assert_eq!(
        project.failure_lines(),
        [
            "functions/x.ts:2:16 cannot find `fs`, a module of Node.js | add `nodejs_compat` to `compatibility_flags`"
        ]
    );
}

#[test]
fn urls_and_assets() {
    let project = function(
        "import a from 'https://esm.sh/preact';\nexport { onRequest } from 'assets:../static';\nexport const onRequestGet = () => a;",
    );
    assert_eq!(
        project.failure_lines(),
        [
            "functions/index.ts:1:15 cannot import `https://esm.sh/preact`: only files are bundled | install the package from npm, or save the file in the project",
            "functions/index.ts:2:27 cannot find the folder `../static` of static files | write its path relative to the file that imports it",
        ]
    );
}

#[test]
fn other_kinds_of_files() {
    let project = function(
        "import './style.css';\nimport x from '../LICENSE';\nexport const onRequest = () => x;",
    );
    project.write("functions/style.css", b"a {}");
    project.write("LICENSE", b"text");
    let lines = project.failure_lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("functions/index.ts:1:8 cannot import `functions/style.css`: files with the extension `.css` cannot be imported | a program can import "), "{lines:?}");
    assert!(lines[1].starts_with("functions/index.ts:2:15 cannot import `LICENSE`: files without an extension cannot be imported | "), "{lines:?}");
}

#[test]
fn invalid_json_and_encodings() {
    let project = function(
        "import a from '../a.json';\nimport b from '../b';\nexport const onRequest = () => [a, b];",
    );
    project.write("a.json", "{\n  \"ü\": 1,\n  oops\n}".as_bytes());
    project.write("b.ts", b"// ok\nexport default '\xff';");
    assert_eq!(
        project.failure_lines(),
        [
            "a.json:3:3 invalid JSON: key must be a string",
            "functions/index.ts:2:15 `b.ts` is not valid UTF-8 (line 2) | save the file with the encoding UTF-8",
        ]
    );
}

#[test]
fn syntax_errors_in_imported_files() {
    let project = function("import { a } from '../lib/a';\nexport const onRequest = () => a;");
    project.write(
        "lib/a.ts",
        "export const ü = 1; export const a = {;\n".as_bytes(),
    );
    let lines = project.failure_lines();
    assert_eq!(lines, ["lib/a.ts:1:39 unexpected token"]);
}

#[test]
fn semantic_errors_in_imported_files() {
    let project = function("import { a } from '../lib/a';\nexport const onRequest = () => a;");
    project.write(
        "lib/a.ts",
        b"export const a = 1;\nconst a = 2;\nclass X { #x; y() { return this.#y; } }\n",
    );
    let lines = project.failure_lines();
    assert!(
        lines[0].starts_with("lib/a.ts:1:14 identifier `a` has already been declared"),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.starts_with("lib/a.ts:3:")),
        "{lines:?}"
    );
}

#[test]
fn a_name_that_is_not_exported() {
    let project = function(
        "import {\n  getUsr,\n  other,\n} from '../lib/user';\nexport const onRequest = () => [getUsr, other];",
    );
    project.write(
        "lib/user.ts",
        b"export const getUser = 1;\nexport type other = string;\n",
    );
    assert_eq!(
        project.failure_lines(),
        [
            "functions/index.ts:2:3 `lib/user.ts` does not export `getUsr` | did you mean `getUser`?",
            "functions/index.ts:3:3 `lib/user.ts` does not export `other` | it exports `getUser`",
        ]
    );
}

#[test]
fn decorators_need_the_setting_of_typescript() {
    let text = "const log = (x: unknown) => x;\n\nclass A {\n  @log method() {}\n}\nexport const onRequest = () => new A();";
    let project = function(text);
    let lines = project.failure_lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].ends_with(
            "decorators can only be used with `experimentalDecorators` in `tsconfig.json`"
        ),
        "{lines:?}"
    );
    assert!(lines[0].starts_with("functions/index.ts:4:"), "{lines:?}");

    project.write(
        "tsconfig.json",
        br#"{"compilerOptions":{"experimentalDecorators":true}}"#,
    );
    assert!(!project.script().contains("@log"));
}

#[test]
fn requiring_a_module_that_awaits() {
    let project = Project::new(&[
        (
            "functions/index.js",
            "const x = require('../lib.js');\nexport const onRequest = () => x;",
        ),
        ("lib.js", "export const value = await 1;"),
    ]);
    let lines = project.failure_lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("functions/index.js:1:11 this require call is not allowed"),
        "{lines:?}"
    );
}

#[test]
fn a_handler_whose_file_is_gone() {
    let project = function("export const onRequest = 1;");
    let input = project.input().unwrap();
    std::fs::remove_file(project.path().join("functions/index.ts")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let errors = runtime.block_on(quire_bundle::bundle(&input)).unwrap_err();
    assert_eq!(
        lines(&errors.problems),
        ["cannot find `functions/index.ts`"]
    );
}

#[test]
fn a_handler_that_is_no_longer_exported() {
    let project = function("export const onRequest = 1;");
    let input = project.input().unwrap();
    project.write("functions/index.ts", b"export const onRequestGet = 1;");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let errors = runtime.block_on(quire_bundle::bundle(&input)).unwrap_err();
    let lines = lines(&errors.problems);
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0] == "`functions/index.ts` does not export `onRequest` any more",
        "{lines:?}"
    );
}

#[test]
fn a_handler_that_is_passed_on_from_where_it_is_not() {
    let project = function("export { other as onRequestGet,\n  gone as onRequest } from '../lib';");
    project.write("lib.ts", b"export const other = 1;");
    assert_eq!(
        project.failure_lines(),
        ["functions/index.ts:2:3 `lib.ts` does not export `gone` | it exports `other`"]
    );
}

#[test]
fn what_failed_is_watched() {
    let project = function("import { a } from '../lib/a';\nexport const onRequest = () => a;");
    project.write("lib/a.ts", b"export const a = {;");
    let errors = project.try_bundle().unwrap_err();
    assert!(errors.watched.iter().any(|path| path.ends_with("lib/a.ts")));
    assert_eq!(errors.to_string(), "the build failed with 1 error");
    assert_eq!(
        format!("{errors:#}"),
        "the build failed with 1 error\nlib/a.ts:1:19: unexpected token"
    );
}

#[test]
fn a_missing_project() {
    let project = function("export const onRequest = 1;");
    let mut input = project.input().unwrap();
    input.project_dir = project.path().join("nowhere");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let errors = runtime.block_on(quire_bundle::bundle(&input)).unwrap_err();
    assert!(errors.problems[0].message.starts_with("cannot find `"));
}
