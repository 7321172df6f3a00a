//! Which files and which of their exports count.

use quire_bundle::functions_files;

use crate::project::{Project, lines};

/// `path: exports` of every file that was found.
fn found(project: &Project) -> Vec<String> {
    functions_files(&project.path().join("functions"))
        .unwrap()
        .into_iter()
        .map(|file| format!("{}: {}", file.path, file.exports.join(" ")))
        .collect()
}

/// The exports found in one file.
fn exports(path: &str, text: &str) -> Vec<String> {
    let project = Project::new(&[(&format!("functions/{path}"), text)]);
    functions_files(&project.path().join("functions"))
        .unwrap()
        .into_iter()
        .flat_map(|file| file.exports)
        .collect()
}

const HANDLER: &str = "export const onRequest = () => {};";

#[test]
fn files_are_found_breadth_first_in_bytewise_order() {
    let project = Project::new(&[
        ("functions/b.js", HANDLER),
        ("functions/a/z.js", HANDLER),
        ("functions/a/b/c.js", HANDLER),
        ("functions/Z.js", HANDLER),
        ("functions/a.js", HANDLER),
        ("functions/[id].js", HANDLER),
        ("functions/_middleware.js", HANDLER),
    ]);
    assert_eq!(
        found(&project),
        [
            "Z.js: onRequest",
            "[id].js: onRequest",
            "_middleware.js: onRequest",
            "a.js: onRequest",
            "b.js: onRequest",
            "a/z.js: onRequest",
            "a/b/c.js: onRequest",
        ]
    );
}

#[test]
fn extensions_are_matched_exactly_and_no_name_is_special() {
    let project = Project::new(&[
        ("functions/a.js", HANDLER),
        ("functions/b.mjs", HANDLER),
        ("functions/c.ts", HANDLER),
        ("functions/d.tsx", HANDLER),
        ("functions/e.jsx", HANDLER),
        ("functions/f.cjs", HANDLER),
        ("functions/g.mts", HANDLER),
        ("functions/h.JS", HANDLER),
        ("functions/i", HANDLER),
        ("functions/j.json", "{}"),
        ("functions/k.test.ts", HANDLER),
        ("functions/.hidden/x.js", HANDLER),
        ("functions/node_modules/pkg/index.js", HANDLER),
    ]);
    assert_eq!(
        found(&project),
        [
            "a.js: onRequest",
            "b.mjs: onRequest",
            "c.ts: onRequest",
            "d.tsx: onRequest",
            "e.jsx: onRequest",
            "k.test.ts: onRequest",
            ".hidden/x.js: onRequest",
            "node_modules/pkg/index.js: onRequest",
        ]
    );
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_skipped() {
    let project = Project::new(&[("functions/a.js", HANDLER), ("elsewhere/b.js", HANDLER)]);
    let functions = project.path().join("functions");
    std::os::unix::fs::symlink(project.path().join("elsewhere"), functions.join("dir")).unwrap();
    std::os::unix::fs::symlink(
        project.path().join("elsewhere/b.js"),
        functions.join("b.js"),
    )
    .unwrap();
    assert_eq!(found(&project), ["a.js: onRequest"]);
}

#[test]
fn every_handler_name_counts_and_nothing_else() {
    let text = "
        export const onRequest = 1, onRequestGet = 2;
        export function onRequestPost() {}
        export async function* onRequestPut() {}
        export class onRequestPatch {}
        export let onRequestDelete;
        export var { a: onRequestOptions, ...onRequestHead } = {};
        export const onRequestTrace = 1, onRequestFoo = 1, onrequest = 1, helper = 1;
        export default function onRequestX() {}
    ";
    assert_eq!(
        exports("a.js", text),
        [
            "onRequest",
            "onRequestDelete",
            "onRequestGet",
            "onRequestHead",
            "onRequestOptions",
            "onRequestPatch",
            "onRequestPost",
            "onRequestPut",
        ]
    );
}

#[test]
fn renamed_exports_and_reexports_count() {
    assert_eq!(
        exports("a.js", "const q = 1; export { q as onRequest };"),
        ["onRequest"]
    );
    assert_eq!(
        exports("a.js", "export { onRequest } from './x';"),
        ["onRequest"]
    );
    assert_eq!(
        exports("a.js", "export { default as onRequestGet } from './x';"),
        ["onRequestGet"]
    );
    assert_eq!(
        exports(
            "a.js",
            "import { y } from './x'; export { y as onRequest };"
        ),
        ["onRequest"]
    );
    assert_eq!(
        exports("a.js", "export * as onRequest from './x';"),
        ["onRequest"]
    );
    assert_eq!(
        exports("a.js", "const q = 1; export { q as 'onRequest' };"),
        ["onRequest"]
    );
}

#[test]
fn stars_and_commonjs_and_defaults_do_not() {
    assert!(exports("a.js", "export * from './x';").is_empty());
    assert!(exports("a.js", "exports.onRequest = () => {};").is_empty());
    assert!(exports("a.js", "module.exports = { onRequest() {} };").is_empty());
    assert!(exports("a.js", "export default { onRequest() {} };").is_empty());
    assert!(exports("a.js", "const onRequest = 1;").is_empty());
    assert!(exports("a.js", "").is_empty());
}

#[test]
fn types_do_not_count() {
    for text in [
        "export type onRequest = string;",
        "export interface onRequest {}",
        "export type { onRequest } from './x';",
        "export { type onRequest } from './x';",
        "interface onRequest {} export { onRequest };",
        "type X = 1; export { X as onRequest };",
        "import type { onRequest } from './x'; export { onRequest };",
        "import { type onRequest } from './x'; export { onRequest };",
        "export declare const onRequest: string;",
        "export declare function onRequest(): void;",
    ] {
        assert!(exports("a.ts", text).is_empty(), "{text}");
    }
    assert!(exports("a.d.ts", "export declare const onRequest: string;").is_empty());
    assert_eq!(
        exports(
            "a.ts",
            "interface onRequest {} const onRequest = 1; export { onRequest };"
        ),
        ["onRequest"]
    );
    assert_eq!(
        exports(
            "a.ts",
            "export const onRequest: PagesFunction<Env> = async () => new Response();"
        ),
        ["onRequest"]
    );
}

#[test]
fn jsx_is_read_in_every_kind_of_javascript() {
    let text = "export const onRequest = () => <p>hi</p>;";
    for path in ["a.js", "a.mjs", "a.jsx", "a.tsx"] {
        assert_eq!(exports(path, text), ["onRequest"], "{path}");
    }
    assert_eq!(
        exports("a.ts", "export const onRequest = <T,>(x: T) => <any>x;"),
        ["onRequest"]
    );
}

#[test]
fn a_sloppy_helper_script_is_no_error() {
    assert!(exports("a.js", "with (Math) { module.exports = floor(010); }").is_empty());
    assert!(exports("a.js", "#!/usr/bin/env node\nmodule.exports = 1;").is_empty());
}

#[test]
fn syntax_errors_of_all_files_are_reported_with_their_places() {
    let project = Project::new(&[
        ("functions/good.ts", HANDLER),
        (
            "functions/api/bad.ts",
            "export const onRequest = () => {\n  const x = ;\n};\n",
        ),
        (
            "functions/helper.js",
            "// é\nlet a = 1; let a = 2;\nexport {};\n",
        ),
    ]);
    let errors = functions_files(&project.path().join("functions")).unwrap_err();
    assert_eq!(
        lines(&errors.problems),
        [
            "functions/api/bad.ts:2:13 unexpected token",
            "functions/helper.js:2:5 identifier `a` has already been declared",
        ]
    );
    assert_eq!(errors.to_string(), "the build failed with 2 errors");
    let watched: Vec<_> = errors
        .watched
        .iter()
        .map(|path| path.file_name().unwrap())
        .collect();
    assert_eq!(watched, ["good.ts", "helper.js", "bad.ts"]);
}

#[test]
fn the_code_frame_shows_the_line() {
    let project = Project::new(&[(
        "functions/bad.ts",
        "export const a = 1;\nexport const b = (;\n",
    )]);
    let errors = functions_files(&project.path().join("functions")).unwrap_err();
    let mut frame = String::new();
    miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
        .render_report(&mut frame, &errors)
        .unwrap();
    for part in [
        "[functions/bad.ts:2:19]",
        "2 │ export const b = (;",
        "unexpected token",
    ] {
        assert!(frame.contains(part), "no {part:?} in\n{frame}");
    }
}

#[test]
fn a_missing_directory_and_other_encodings_are_named() {
    let project = Project::new(&[]);
    let errors = functions_files(&project.path().join("functions")).unwrap_err();
    assert!(
        errors.problems[0]
            .message
            .starts_with("cannot read the directory `")
    );

    project.write("functions/a.js", b"// \xff\n");
    let errors = functions_files(&project.path().join("functions")).unwrap_err();
    assert_eq!(
        lines(&errors.problems),
        ["`functions/a.js` is not valid UTF-8 (line 1) | save the file with the encoding UTF-8"]
    );
}
