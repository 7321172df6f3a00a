//! Test files: finding them, reading what they say about themselves, and making a program of each.

use crate::expectations::Glob;
use regex::Regex;
use std::path::Path;
use std::sync::LazyLock;
use std::{fs, io};

/// Folders whose scripts are parts of tests, not tests.
const FOLDERS_WITHOUT_TESTS: &[&str] = &["resources", "support", "tools"];
/// Scopes that a worker of quire can stand for.
const SCOPES: &[&str] = &[
    "window",
    "worker",
    "dedicatedworker",
    "sharedworker",
    "serviceworker",
    "default",
    "!default",
];
const DRIVER: &str = include_str!("driver.js");
const TIMEOUT_MS: u64 = 10_000;
const LONG_TIMEOUT_MS: u64 = 60_000;

static META: LazyLock<Regex> = LazyLock::new(|| regex(r"^//\s*META:\s*(\w+)=(.*)$"));
static IMPORT: LazyLock<Regex> = LazyLock::new(|| regex(r"importScripts\(([^)]*)\)"));
static FUNCTION: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?m)^(?:async +)?function *\*? *([A-Za-z_$][\w$]*)"));
static STRING: LazyLock<Regex> = LazyLock::new(|| regex(r#"["']([^"']+)["']"#));
static SCRIPT: LazyLock<Regex> = LazyLock::new(|| regex(r"(?is)<script\b([^>]*)>(.*?)</script>"));
static SOURCE: LazyLock<Regex> = LazyLock::new(|| regex(r#"(?i)\bsrc\s*=\s*["']?([^"'\s>]+)"#));
static HTML_META: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#"(?i)<meta\s+name\s*=\s*["']?(\w+)["']?\s+content\s*=\s*["']?([^"'>]*)"#)
});
static DIRECTIVE: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"^(?s:\s|//[^\n]*\n|/\*.*?\*/)*["']use strict["']"#));

fn regex(pattern: &str) -> Regex {
    #[expect(
        clippy::expect_used,
        reason = "the patterns are constants; a test uses all"
    )]
    Regex::new(pattern).expect("a valid pattern")
}

/// One file to run, with one of its variants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test {
    /// The file, from the checkout's root
    pub path: String,
    /// The query that selects a part of the file, with its `?`; often empty
    pub variant: String,
}

/// What a test file says about itself, and its code.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    scripts: Vec<String>,
    variants: Vec<String>,
    title: Option<String>,
    long: bool,
    code: String,
    applicable: bool,
    /// Whether it expects `window`
    window: bool,
}

impl Page {
    /// Reads a test file's text.
    pub fn parse(name: &str, text: &str) -> Self {
        if name.ends_with(".js") {
            Self::parse_script(name, text)
        } else {
            Self::parse_html(text)
        }
    }

    fn parse_script(name: &str, text: &str) -> Self {
        let mut page = Self {
            code: text.into(),
            applicable: true,
            window: name.ends_with(".window.js"),
            ..Self::default()
        };
        for line in text
            .lines()
            .map_while(|line| META.captures(line.trim_end()))
        {
            let value = line[2].trim();
            match &line[1] {
                "script" => page.scripts.push(value.into()),
                "variant" => page.variants.push(value.into()),
                "title" => page.title = Some(value.into()),
                "timeout" => page.long = value == "long",
                "global" => {
                    page.applicable = value.split(',').any(|scope| SCOPES.contains(&scope.trim()));
                }
                _ => {}
            }
        }
        if name.ends_with(".worker.js") {
            for call in IMPORT.captures_iter(text) {
                let imported = STRING.captures_iter(&call[1]).map(|url| url[1].to_string());
                page.scripts.extend(imported);
            }
        }
        page
    }

    fn parse_html(text: &str) -> Self {
        let mut page = Self {
            applicable: true,
            window: true,
            ..Self::default()
        };
        for meta in HTML_META.captures_iter(text) {
            match &meta[1] {
                "variant" => page.variants.push(meta[2].trim().into()),
                "timeout" => page.long = meta[2].trim() == "long",
                _ => {}
            }
        }
        for script in SCRIPT.captures_iter(text) {
            page.applicable &= !script[1].contains("module");
            match SOURCE.captures(&script[1]) {
                Some(source) => page.scripts.push(source[1].into()),
                None => {
                    page.code.push_str(&script[2]);
                    page.code.push('\n');
                }
            }
        }
        page
    }

    /// How long the tests may take.
    pub fn timeout_ms(&self) -> u64 {
        match self.long {
            true => LONG_TIMEOUT_MS,
            false => TIMEOUT_MS,
        }
    }

    /// The program that runs the tests. `load` gives the text of a file by its path from the
    /// checkout's root.
    pub fn program(
        &self,
        test: &Test,
        origin: &str,
        load: &dyn Fn(&str) -> io::Result<String>,
    ) -> io::Result<String> {
        let job = serde_json::json!({
            "url": format!("{origin}/{}{}", test.path, test.variant),
            "timeout": self.timeout_ms(),
            "title": self.title,
        });
        let mut code = String::new();
        if DIRECTIVE.is_match(&self.code) {
            code.push_str("\"use strict\";\n");
        }
        for script in &self.scripts {
            if !script.contains("/testharness") {
                let text = load(&beside(&test.path, script))?;
                code.push_str(&text);
                code.push_str("\n;\n");
                // As a script its functions would be global.
                for function in FUNCTION.captures_iter(&text) {
                    code.push_str(&format!(
                        "if (typeof {0} === \"function\") globalThis.{0} = {0};\n",
                        &function[1]
                    ));
                }
            }
        }
        code.push_str(&self.code);
        let harness = load("resources/testharness.js")?;
        // What a page finds as a global called `window` is a parameter here, so that no other file sees it.
        let parameter = if self.window { "window" } else { "" };
        Ok(format!(
            "(async function (quire) {{\nconst run = (\n{DRIVER}\n);\n\
             const harness = function () {{\n{harness}\n}};\n\
             const tests = function ({parameter}) {{\n{code}\n}};\n\
             quire.register([[\"wpt.js\", \"onRequest\", run({job}, harness, tests)]]);\n}})"
        ))
    }
}

/// The path that `reference`, found in the file at `path`, points to.
fn beside(path: &str, reference: &str) -> String {
    let reference = reference.split('?').next().unwrap_or_default();
    let mut parts: Vec<&str> = match reference.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => path.split('/').collect(),
    };
    parts.pop();
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// All tests of a suite, a folder of the checkout, in the order of their names. Pages (`.html`) run
/// only if `pages` names them: most need a document.
pub fn discover(checkout: &Path, suite: &str, pages: &[Glob]) -> io::Result<Vec<Test>> {
    let mut tests = Vec::new();
    let mut folders = vec![suite.to_string()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(checkout.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{folder}/{name}");
            if entry.file_type()?.is_dir() {
                if !FOLDERS_WITHOUT_TESTS.contains(&name.as_str()) {
                    folders.push(path);
                }
                continue;
            }
            let is_script = [".any.js", ".worker.js", ".window.js"]
                .iter()
                .any(|ending| name.ends_with(ending));
            let in_suite = path.strip_prefix(&format!("{suite}/")).unwrap_or(&path);
            let is_page = [".html", ".htm"]
                .iter()
                .any(|ending| name.ends_with(ending))
                && pages.iter().any(|glob| glob.matches(in_suite));
            if is_script || is_page {
                let text = String::from_utf8_lossy(&fs::read(entry.path())?).into_owned();
                let page = Page::parse(&name, &text);
                let variants = match page.variants.as_slice() {
                    [] => &[String::new()],
                    variants => variants,
                };
                if page.applicable {
                    tests.extend(variants.iter().map(|variant| Test {
                        path: path.clone(),
                        variant: variant.clone(),
                    }));
                }
            }
        }
    }
    tests.sort();
    Ok(tests)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_script_says_what_it_needs() {
        let text = "// META: global=window,worker\n// META: script=/common/utils.js\n\
                    // META: script=../resources/a.js\n// META: variant=?1-10\n// META: variant=?11-last\n\
                    // META: timeout=long\n// META: title=A title\n'use strict';\n// META: script=ignored.js\n";
        let page = Page::parse("a.any.js", text);
        assert_eq!(page.scripts, ["/common/utils.js", "../resources/a.js"]);
        assert_eq!(page.variants, ["?1-10", "?11-last"]);
        assert_eq!(page.title.as_deref(), Some("A title"));
        assert_eq!(page.timeout_ms(), LONG_TIMEOUT_MS);
        assert!(page.applicable && !page.window);
        assert!(!Page::parse("a.any.js", "// META: global=jsshell,shadowrealm\n").applicable);
    }

    #[test]
    fn a_worker_imports_and_a_page_includes() {
        let worker = Page::parse(
            "a.worker.js",
            "importScripts('/a.js', \"b.js\");\nimportScripts(\"c.js\")",
        );
        assert_eq!(worker.scripts, ["/a.js", "b.js", "c.js"]);
        let page = Page::parse(
            "a.html",
            "<meta name=\"variant\" content=\"?x\"><meta name=timeout content=long>\
             <script src=/resources/testharness.js></script><script src='b.js'></script><script>one()</script>",
        );
        assert_eq!(page.scripts, ["/resources/testharness.js", "b.js"]);
        assert_eq!(page.variants, ["?x"]);
        assert_eq!(page.code, "one()\n");
        assert!(page.long && page.window);
    }

    #[test]
    fn references_are_resolved() {
        assert_eq!(beside("a/b/c.any.js", "../r/x.js"), "a/r/x.js");
        assert_eq!(
            beside("a/b/c.any.js", "/common/x.sub.js?pipe=sub"),
            "common/x.sub.js"
        );
        assert_eq!(beside("a/b/c.any.js", "./x.js"), "a/b/x.js");
    }

    #[test]
    fn strictness_of_the_test_file_is_kept() {
        let test = Test {
            path: "a/b.any.js".into(),
            variant: "?v".into(),
        };
        let program = |text: &str| {
            Page::parse("b.any.js", text)
                .program(&test, "http://localhost:1", &|path| {
                    Ok(format!("/* {path} */\nfunction found() {{}}\n"))
                })
                .unwrap()
        };
        let strict = program("// META: script=x.js\n/* a\n b */\n'use strict';\nlet a;");
        assert!(
            strict.contains("function () {\n\"use strict\";\n/* a/x.js */"),
            "{strict}"
        );
        assert!(strict.contains("http://localhost:1/a/b.any.js?v"));
        assert!(
            strict.contains("if (typeof found === \"function\") globalThis.found = found;"),
            "{strict}"
        );
        assert!(!program("let a; 'use strict';").contains("\"use strict\""));
    }

    #[test]
    fn tests_are_found_in_folders() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("s/a.any.js", "// META: variant=?1\n// META: variant=?2\n"),
            ("s/deep/b.window.js", ""),
            ("s/resources/c.any.js", ""),
            ("s/shell.any.js", "// META: global=jsshell\n"),
            ("s/p.html", ""),
            ("s/q.html", ""),
            ("s/r.js", ""),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let found = discover(root.path(), "s", &[Glob::new("p.*")]).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|test| format!("{}{}", test.path, test.variant))
            .collect();
        assert_eq!(
            found,
            [
                "s/a.any.js?1",
                "s/a.any.js?2",
                "s/deep/b.window.js",
                "s/p.html"
            ]
        );
    }
}
