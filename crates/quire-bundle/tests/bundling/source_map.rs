//! Positions of the script lead back to the project's files.

use sourcemap::SourceMap;

use crate::project::{Project, function};

/// The `file:line:column` (from 1) that the place of `needle` in the script leads to, and the text found there.
pub fn origin(script: &str, map: &SourceMap, needle: &str) -> (String, String) {
    let offset = script
        .find(needle)
        .unwrap_or_else(|| panic!("no {needle:?} in\n{script}"));
    let line = script[..offset].matches('\n').count();
    let start = script[..offset]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let column = script[start..offset].encode_utf16().count();
    let token = map.lookup_token(line as u32, column as u32).unwrap();
    let text = token
        .get_source_view()
        .unwrap()
        .get_line(token.get_src_line())
        .unwrap()
        .to_owned();
    let units: Vec<u16> = text
        .encode_utf16()
        .skip(token.get_src_col() as usize)
        .collect();
    (
        format!(
            "{}:{}:{}",
            token.get_source().unwrap(),
            token.get_src_line() + 1,
            token.get_src_col() + 1
        ),
        String::from_utf16(&units).unwrap(),
    )
}

fn project() -> Project {
    let project = function(
        "import { env } from 'cloudflare:workers';\nimport fs, { join } from 'node:path';\nimport { fail } from '../lib/fail';\n\nexport const onRequest = async (x: number) => {\n  return [env, fs, join, await fail('😀', await import('node:os'), throwHere(x)), await import(name), afterwards(x)];\n};\n",
    );
    project.write("lib/fail.ts", b"type Unused = string;\n\nexport function fail(...rest: unknown[]) {\n  throw new TypeError('failed');\n}\n");
    project
}

#[test]
fn positions_are_exact() {
    let bundle = project().bundle();
    let map = SourceMap::from_slice(bundle.source_map.as_bytes()).unwrap();
    let at = |needle: &str| origin(&bundle.script, &map, needle);
    assert_eq!(
        at("new TypeError(\"failed\")"),
        (
            "lib/fail.ts:4:9".to_owned(),
            "new TypeError('failed');".to_owned()
        )
    );
    assert_eq!(at("throwHere(x)").0, "functions/index.ts:6:68");
    assert!(at("throwHere(x)").1.starts_with("throwHere(x)"));
    assert!(at("afterwards(x)").1.starts_with("afterwards(x)"));
}

#[test]
fn positions_are_exact_on_one_line() {
    // `import(` becomes a longer call, which moves everything after it on the same line.
    let mut project = project();
    project.minify = true;
    let bundle = project.bundle();
    let map = SourceMap::from_slice(bundle.source_map.as_bytes()).unwrap();
    let at = |needle: &str| origin(&bundle.script, &map, needle);
    assert!(at("throwHere(").1.starts_with("throwHere(x)"));
    assert!(at("afterwards(").1.starts_with("afterwards(x)"));
    assert!(
        at("__quire_import(`node:os`")
            .1
            .starts_with("import('node:os')")
    );
    assert_eq!(at("TypeError(`failed`)").0, "lib/fail.ts:4:13");
}

#[test]
fn sources_are_relative_to_the_project_and_included() {
    let bundle = project().bundle();
    let map = SourceMap::from_slice(bundle.source_map.as_bytes()).unwrap();
    let sources: Vec<_> = map.sources().collect();
    assert_eq!(sources, ["lib/fail.ts", "functions/index.ts"]);
    for index in 0..map.get_source_count() {
        let text = map.get_source_contents(index).unwrap();
        assert!(text.contains("export"), "{text}");
    }
    assert!(!bundle.source_map.contains("\\u0000"));
}

#[test]
fn no_token_lies_outside_the_script() {
    let bundle = project().bundle();
    let map = SourceMap::from_slice(bundle.source_map.as_bytes()).unwrap();
    let lines: Vec<&str> = bundle.script.split('\n').collect();
    let mut last = (0, 0);
    for token in map.tokens() {
        assert!(token.get_dst_line() >= 1, "the first line is the wrapper's");
        let line = lines[token.get_dst_line() as usize];
        assert!(token.get_dst_col() as usize <= line.encode_utf16().count());
        assert!(token.get_dst() >= last);
        last = token.get_dst();
    }
}

/// Both handlers get another name in the script, and the map mentions their old one twice.
#[test]
fn names_that_several_files_use_keep_the_map_readable() {
    let project = function(
        "export { onRequest } from '../lib/a';\nexport { onRequest as onRequestGet } from '../lib/b';\n",
    );
    project.write(
        "lib/a.ts",
        b"export function onRequest() { return a }\nlet a = 1;\n",
    );
    project.write(
        "lib/b.ts",
        b"export function onRequest() { return a }\nlet a = 2;\n",
    );
    let bundle = project.bundle();
    let map = SourceMap::from_slice(bundle.source_map.as_bytes()).unwrap();
    assert!(
        map.tokens()
            .any(|token| token.get_name() == Some("onRequest"))
    );
}
