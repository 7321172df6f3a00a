//! Projects that cannot be served: the program says why, where and what to do, and gives up.
#![allow(clippy::unwrap_used)]

use quire_end_to_end::{Command, Project, run};

/// `serve`, `dev` and `build` all refuse the project, and name all of `wanted`.
fn refused(project: &Project, wanted: &[&str]) {
    let folder = project.path().to_string_lossy().into_owned();
    let out = tempfile::tempdir().unwrap();
    let build = run(
        project.path(),
        &[
            "build",
            &folder,
            "--outdir",
            &out.path().join("out").to_string_lossy(),
        ],
    );
    let serve = Command::serve(project.path()).workers(1).fails_to_start();
    let dev = Command::dev(project.path()).fails_to_start();
    for (command, (status, printed)) in [("build", build), ("serve", serve), ("dev", dev)] {
        assert!(
            status.code().is_some_and(|code| code != 0),
            "`quire {command}` ended with {status}\n{printed}"
        );
        for text in wanted {
            assert!(
                printed.contains(text),
                "`quire {command}` does not mention `{text}`:\n{printed}"
            );
        }
        assert!(
            !printed.contains("panicked at"),
            "`quire {command}` panicked:\n{printed}"
        );
    }
}

const HANDLER: &str = "export const onRequest = () => new Response(\"ok\");\n";

#[test]
fn a_placeholder_with_a_space() {
    let project = Project::new();
    project.function("users/[user name].js", HANDLER);
    refused(&project, &["[user name]", "users"]);
}

#[test]
fn a_placeholder_with_a_dash() {
    let project = Project::new();
    project.function("[user-name].js", HANDLER);
    refused(&project, &["[user-name]"]);
}

#[test]
fn a_catch_all_with_a_dash() {
    let project = Project::new();
    project.function("files/[[the-path]].js", HANDLER);
    refused(&project, &["the-path"]);
}

/// The original answers every request with 500 for these; here they are refused at the start.
#[test]
fn names_that_no_pattern_can_be_made_of() {
    for name in ["[a][b].js", "pre[[x]].js"] {
        let project = Project::new();
        project.function(name, HANDLER);
        refused(&project, &[name.trim_end_matches(".js")]);
    }
}

#[test]
fn a_missing_output_folder() {
    let project = Project::bare();
    project.write(
        "wrangler.toml",
        "name = \"test\"\npages_build_output_dir = \"dist\"\ncompatibility_date = \"2026-06-01\"\n",
    );
    project.function("ok.js", HANDLER);
    refused(&project, &["dist"]);
}

#[test]
fn a_syntax_error() {
    let project = Project::new();
    project.function(
        "broken.js",
        "export const onRequest = () => {\n  return new Response(\"ok\";\n};\n",
    );
    refused(&project, &["broken.js", "2", "return new Response"]);
}

#[test]
fn an_unknown_import() {
    let project = Project::new();
    project.function(
        "importing.js",
        &format!("import {{ nothing }} from \"./no-such-file.js\";\nnothing();\n{HANDLER}"),
    );
    refused(&project, &["./no-such-file.js", "importing.js"]);
}

#[test]
fn an_unknown_package() {
    let project = Project::new();
    project.function(
        "importing.js",
        &format!("import nothing from \"no-such-package\";\nnothing();\n{HANDLER}"),
    );
    refused(&project, &["no-such-package", "importing.js"]);
}

#[test]
fn invalid_routes() {
    for (routes, wanted) in [
        ("{ not json", "_routes.json"),
        (
            r#"{"version": 2, "include": ["/*"], "exclude": []}"#,
            "version",
        ),
        (r#"{"version": 1, "include": [], "exclude": []}"#, "include"),
        (
            r#"{"version": 1, "include": ["api/*"], "exclude": []}"#,
            "api/*",
        ),
        (
            r#"{"version": 1, "include": ["/a/*", "/a/b"], "exclude": []}"#,
            "/a/b",
        ),
    ] {
        let project = Project::new();
        project.function("ok.js", HANDLER);
        project.write("public/_routes.json", routes);
        refused(&project, &["_routes.json", wanted]);
    }
}

#[test]
fn invalid_settings() {
    let project = Project::new();
    project.function("ok.js", HANDLER);
    project.write(
        "wrangler.toml",
        "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \n",
    );
    refused(&project, &["wrangler.toml", "3"]);
}

#[test]
fn a_folder_that_is_not_there() {
    let (status, printed) = run(
        &std::env::temp_dir(),
        &["serve", "/no/such/folder", "--port", "0"],
    );
    assert!(
        status.code().is_some_and(|code| code != 0),
        "{status}\n{printed}"
    );
    assert!(printed.contains("/no/such/folder"), "{printed}");
}

#[test]
fn a_port_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let project = Project::new();
    project.function("ok.js", HANDLER);
    for command in ["serve", "dev"] {
        let (status, printed) = run(
            project.path(),
            &[command, ".", "--ip", "127.0.0.1", "--port", &port],
        );
        assert!(
            status.code().is_some_and(|code| code != 0),
            "`quire {command}` ended with {status}\n{printed}"
        );
        assert!(
            printed.contains(&port) && printed.contains("in use"),
            "{printed}"
        );
    }
}

/// Several faults are reported together, so that nobody has to find them one by one.
#[test]
fn several_faults_are_reported_together() {
    let project = Project::new();
    project.function("one-[a-b].js", HANDLER);
    project.function("two-[c d].js", HANDLER);
    refused(&project, &["[a-b]", "[c d]"]);
}
