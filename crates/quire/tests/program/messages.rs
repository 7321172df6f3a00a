//! Help, mistakes on the command line, and projects that cannot be used.

use super::{HANDLER, Project, command};

#[test]
fn help_and_version() {
    let project = Project::new(&[]);
    let help = project.run(&["--help"]).output();
    for word in ["dev", "serve", "build", "routes", "Examples:"] {
        assert!(help.contains(word), "`{word}` is missing:\n{help}");
    }
    assert!(!help.contains("worker"), "an inner command shows:\n{help}");
    let help = project.run(&["dev", "--help"]).output();
    for option in [
        "--port",
        "--ip",
        "-b, --binding",
        "--compatibility-date",
        "--compatibility-flags",
        "--log-level",
    ] {
        assert!(help.contains(option), "`{option}` is missing:\n{help}");
    }
    for hidden in ["--env ", "--node-compat"] {
        assert!(!help.contains(hidden), "`{hidden}` shows:\n{help}");
    }
    assert!(
        project
            .run(&["serve", "--help"])
            .output()
            .contains("--workers")
    );
    assert_eq!(
        project.run(&["--version"]).output(),
        concat!("quire ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn mistakes_on_the_command_line() {
    let project = Project::new(&[("functions/x.js", HANDLER)]);
    for (arguments, wanted) in [
        (vec![], "Usage"),
        (vec!["devel"], "devel"),
        (vec!["dev", "--kv", "=1"], "--kv NAME[=ID]"),
        (vec!["dev", "--r2", "ASSETS"], "--r2"),
        (vec!["types", "env.ts"], ".d.ts"),
        (vec!["secret", "put"], "NAME"),
        (vec!["serve", "--env=preview"], "env.production"),
        (
            vec!["build", "--outdir", "out", "--node-compat"],
            "nodejs_compat",
        ),
        (vec!["serve", "--port", "70000"], "70000"),
        (vec!["serve", "--ip", "example.com"], "IP address"),
        (vec!["serve", "--compatibility-date", "today"], "2026-06-01"),
        (vec!["build"], "--outdir"),
        (vec!["routes", "--explain", "nonsense"], "nonsense"),
    ] {
        let ended = project.run(&arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains(wanted), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn nothing_to_serve() {
    let project = Project::new(&[("index.html", "")]);
    for command in ["serve", "dev", "routes"] {
        let complaint = project.run(&[command]).complaint();
        assert!(
            complaint.starts_with("error: there is nothing to serve in `"),
            "{complaint}"
        );
        assert!(
            complaint.contains("\n  help: build the site first, for example with `npm run build`"),
            "{complaint}"
        );
    }
    assert_eq!(
        project.run(&["serve", "dist"]).complaint(),
        "error: `dist` does not exist\n  help: build the site first, for example with `npm run build`, or name the folder \
         that holds the built site\n"
    );
}

#[test]
fn a_folder_for_a_program_without_the_program() {
    let project = Project::new(&[("dist/_worker.js/other.js", "export default {}")]);
    let complaint = project
        .run(&["build", "dist", "--outdir", "out"])
        .complaint();
    assert!(complaint.contains("_worker.js"), "{complaint}");
}

#[test]
fn every_fault_in_the_functions_with_its_place() {
    let project = Project::new(&[
        ("public/index.html", ""),
        (
            "functions/a.js",
            "export const onRequest = () => {\n\treturn 'x;\n};\n",
        ),
        ("functions/b.ts", "export const onRequest = (;\n"),
    ]);
    let complaint = project.run(&["build", "--outdir", "out"]).complaint();
    let first = "functions/a.js:2:9: error: ";
    assert!(complaint.starts_with(first), "{complaint}");
    assert!(
        complaint.contains("\n   2 | \treturn 'x;\n     | \t       ^"),
        "{complaint}"
    );
    assert!(
        complaint.contains("\nfunctions/b.ts:1:27: error: "),
        "{complaint}"
    );
    assert!(
        !project.path().join("out").exists(),
        "a failed build leaves something"
    );
}

#[test]
fn faults_in_the_configuration() {
    let text = "name = \"x\"\npages_build_output_dir = \"public\"\nmain = \"worker.js\"\n";
    let project = Project::new(&[("public/index.html", ""), ("wrangler.toml", text)]);
    let complaint = project.run(&["build", "--outdir", "out"]).complaint();
    assert!(
        complaint.starts_with("wrangler.toml:3:1: error: "),
        "{complaint}"
    );
    // Looking is allowed all the same.
    assert_eq!(
        project.run(&["routes"]).output(),
        "No routes: every request is answered by the static files\n"
    );
}

#[test]
fn faults_in_the_rules() {
    let rules =
        "{\n  \"version\": 1,\n  \"include\": [\"/a/*\", \"/a/b\"],\n  \"exclude\": []\n}\n";
    let project = Project::new(&[("public/_routes.json", rules), ("functions/x.js", HANDLER)]);
    for command in [
        vec!["routes"],
        vec!["build", "--outdir", "out"],
        vec!["serve", "--port", "0"],
    ] {
        let complaint = project.run(&command).complaint();
        assert!(
            complaint.starts_with("public/_routes.json:3:23: error: "),
            "{complaint}"
        );
    }
    // Without functions the file means nothing.
    std::fs::remove_dir_all(project.path().join("functions")).unwrap();
    project.run(&["routes"]).output();
}

#[test]
fn a_reader_that_goes_away() {
    let project = Project::new(&[("functions/x.js", HANDLER)]);
    let mut child = command(project.path(), &["routes"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), b"".as_slice())
    );
}
