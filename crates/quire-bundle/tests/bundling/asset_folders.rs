//! `assets:` imports.

use crate::project::{Project, assert_contains};

#[test]
fn a_folder_becomes_a_handler_that_asks_for_its_files() {
    let project = Project::new(&[
        (
            "functions/docs/_middleware.js",
            "export { onRequest } from 'assets:../../docs';",
        ),
        ("docs/index.html", "<title>docs</title>"),
    ]);
    let bundle = project.bundle();
    let [folder] = bundle.asset_folders.as_slice() else {
        panic!("{:?}", bundle.asset_folders);
    };
    assert_eq!(
        folder.path,
        project.path().canonicalize().unwrap().join("docs")
    );
    assert_contains(
        &bundle.script,
        &format!("/cdn-cgi/pages-plugins/{}/", folder.name),
    );
    // Its name says where it lies in the project, and nothing of this machine.
    let again = Project::new(&[
        (
            "functions/index.js",
            "export { onRequest } from 'assets:../docs';",
        ),
        ("docs/index.html", ""),
    ]);
    assert_eq!(again.bundle().asset_folders[0].name, folder.name);
}

#[test]
fn a_package_brings_its_own_folder() {
    let project = Project::new(&[(
        "functions/index.js",
        "import plugin from 'plugin';\nexport const onRequest = plugin();",
    )]);
    project.write(
        "node_modules/plugin/package.json",
        br#"{"exports":"./dist/index.js"}"#,
    );
    project.write(
        "node_modules/plugin/dist/index.js",
        b"import { onRequest } from 'assets:./../static';\nexport default () => onRequest;",
    );
    project.write("node_modules/plugin/static/index.html", b"");
    let folders = project.bundle().asset_folders;
    assert!(
        folders[0].path.ends_with("node_modules/plugin/static"),
        "{folders:?}"
    );
}

#[test]
fn a_folder_that_nothing_uses_is_not_served() {
    let project = Project::new(&[
        (
            "functions/index.js",
            "import { onRequest as files } from 'assets:../docs';\nexport const onRequest = () => new Response();",
        ),
        ("docs/index.html", ""),
    ]);
    assert_eq!(project.bundle().asset_folders, []);
}

#[test]
fn folders_that_cannot_be_meant() {
    let project = Project::new(&[
        (
            "functions/a.js",
            "export { onRequest } from 'assets:../nowhere';",
        ),
        (
            "functions/b.js",
            "export { onRequest } from 'assets:./c.js';",
        ),
        ("functions/c.js", "export const onRequest = () => {};"),
    ]);
    assert_eq!(
        project.failure_lines(),
        [
            "functions/a.js:1:27 cannot find the folder `../nowhere` of static files | write its path relative to the file that imports it",
            "functions/b.js:1:27 cannot find the folder `./c.js` of static files | write its path relative to the file that imports it",
        ]
    );
    let project = Project::new(&[
        (
            "functions/a.js",
            "import files from 'assets:../docs';\nexport const onRequest = files;",
        ),
        ("docs/index.html", ""),
    ]);
    assert_eq!(
        project.failure_lines(),
        ["functions/a.js:1:8 an `assets:` import has one export, `onRequest`"]
    );
}
