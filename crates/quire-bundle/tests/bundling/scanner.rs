//! The scanner reads whatever lies in a project.

use proptest::prelude::*;
use quire_bundle::functions_files;

use crate::project::Project;

/// Pieces that together come near to real code, and to its errors.
const PIECES: [&str; 36] = [
    "export ",
    "const ",
    "onRequest",
    " = ",
    "(",
    ")",
    "{",
    "}",
    "=> ",
    "async ",
    "await ",
    "function ",
    "class ",
    "type ",
    "import ",
    "from ",
    "'./x'",
    "*",
    " as ",
    ";",
    "\n",
    "<T>",
    "</",
    "@",
    "`${",
    "/",
    "\\u{",
    "é",
    "😀",
    "interface ",
    "default ",
    "declare ",
    "enum ",
    "using ",
    "#!",
    "\u{2028}",
];

fn scan(name: &str, bytes: &[u8]) {
    let project = Project::new(&[]);
    project.write(&format!("functions/{name}"), bytes);
    match functions_files(&project.path().join("functions")) {
        Ok(files) => assert!(files.len() <= 1),
        Err(errors) => {
            assert!(!errors.problems.is_empty());
            for problem in &errors.problems {
                if let Some(place) = &problem.place {
                    assert!(place.line >= 1 && place.line <= place.text().split('\n').count());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), extension in "js|mjs|jsx|ts|tsx") {
        scan(&format!("a.{extension}"), &bytes);
    }

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>(), extension in "js|ts|tsx") {
        scan(&format!("a.{extension}"), text.as_bytes());
    }

    #[test]
    fn arbitrary_code_never_panics(pieces in proptest::collection::vec(0..PIECES.len(), 0..30), extension in "js|ts|tsx") {
        let text: String = pieces.into_iter().map(|index| PIECES[index]).collect();
        scan(&format!("a.{extension}"), text.as_bytes());
    }

    #[test]
    fn what_is_exported_is_found(handlers in proptest::sample::subsequence(quire_bundle::HANDLER_EXPORTS.to_vec(), 0..8), default in any::<bool>()) {
        let mut text: String = handlers.iter().map(|name| format!("export const {name} = () => new Response();\n")).collect();
        if default {
            text.push_str("export default 1;\n");
        }
        let project = Project::new(&[("functions/a.ts", &text)]);
        let found: Vec<String> = functions_files(&project.path().join("functions")).unwrap().into_iter().flat_map(|file| file.exports).collect();
        prop_assert_eq!(found, handlers);
    }
}
