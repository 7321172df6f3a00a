//! Advanced mode, and folders that functions import.

use super::{HANDLER, Project};

const CONFIGURATION: &str =
    "name = \"site\"\npages_build_output_dir = \"web\"\ncompatibility_date = \"2026-06-01\"\n";

fn importing() -> Project {
    Project::new(&[
        ("wrangler.toml", CONFIGURATION),
        ("web/index.html", ""),
        (
            "web/_worker.js",
            "import { text } from './text.js';\nexport default { fetch: () => new Response(text) };",
        ),
        ("web/text.js", "export const text = 'imported';"),
    ])
}

#[test]
fn what_is_not_bundled_imports_nothing() {
    let project = importing();
    let complaint = project
        .run(&["build", "--outdir", "out", "--no-bundle"])
        .complaint();
    assert!(
        complaint.contains("`web/_worker.js` is not bundled, but imports `./text.js`")
            && complaint.contains("web/_worker.js:1:22")
            && complaint.contains("`--bundle`"),
        "{complaint}"
    );
    for bundled in [&["--bundle"][..], &["--no-bundle=false"], &[]] {
        let arguments = [&["build", "--outdir", "out"], bundled].concat();
        let output = project.run(&arguments).output();
        assert!(output.starts_with("Built `_worker.js` and "), "{output}");
    }
}

#[test]
fn the_command_line_wins_over_the_configuration() {
    let project = importing();
    project.write(
        "wrangler.toml",
        &format!("{CONFIGURATION}no_bundle = true\n"),
    );
    let complaint = project.run(&["build", "--outdir", "out"]).complaint();
    assert!(complaint.contains("is not bundled"), "{complaint}");
    project
        .run(&["build", "--outdir", "out", "--bundle"])
        .output();
    let both = project.run(&["build", "--outdir", "out", "--bundle", "--no-bundle"]);
    assert_eq!(both.code, Some(2), "{}", both.stderr);
    assert!(
        both.stderr.contains("cannot be used with"),
        "{}",
        both.stderr
    );
}

#[test]
fn functions_mean_nothing_beside_it() {
    let project = importing();
    project.write("functions/x.js", HANDLER);
    let ended = project.run(&["build", "--outdir", "out"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .contains("`functions/` is ignored: `_worker.js` answers all requests"),
        "{}",
        ended.stderr
    );
}

#[test]
fn imported_folders_are_copied_into_what_is_built() {
    let project = Project::new(&[
        ("wrangler.toml", CONFIGURATION),
        ("web/index.html", ""),
        (
            "functions/docs/_middleware.js",
            "export { onRequest } from 'assets:../../docs';",
        ),
        ("docs/sub/page.html", "a page"),
    ]);
    let output = project.run(&["build", "--outdir", "made"]).output();
    assert!(output.contains("2 static files"), "{output}");
    let plugins = project.path().join("made/public/cdn-cgi/pages-plugins");
    let folders: Vec<_> = std::fs::read_dir(plugins).unwrap().collect();
    assert_eq!(folders.len(), 1);
    let page = folders[0].as_ref().unwrap().path().join("sub/page.html");
    assert_eq!(std::fs::read_to_string(page).unwrap(), "a page");

    std::fs::remove_dir_all(project.path().join("web")).unwrap();
    project.write(
        "wrangler.toml",
        "name = \"site\"\ncompatibility_date = \"2026-06-01\"\n",
    );
    let ended = project.run(&["build", "--outdir", "without"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .contains("without an output folder none are served"),
        "{}",
        ended.stderr
    );
}
