//! `quire build`.

use std::path::Path;

use serde_json::Value;

use super::{HANDLER, Project};

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn project() -> Project {
    Project::new(&[
        (
            "wrangler.toml",
            "name = \"site\"\npages_build_output_dir = \"web\"\ncompatibility_date = \"2026-06-01\"\n\n[vars]\nA = \"a\"\n",
        ),
        (".dev.vars", "SECRET=swordfish\n"),
        ("web/index.html", "<p>index</p>"),
        ("web/_headers", "/*\n  x-y: z\n"),
        ("web/sub/page.html", "<p>page</p>"),
        ("functions/api/[id].ts", HANDLER),
    ])
}

fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                files.push(path.strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    files.sort();
    files
}

#[test]
fn all_that_is_needed_and_nothing_secret() {
    let project = project();
    assert_eq!(
        project.run(&["build", "--outdir", "out"]).output(),
        "Built 1 route and 3 static files into `out`; serve it with `quire serve out`\n"
    );
    let out = project.path().join("out");
    assert_eq!(
        files(&out),
        [
            "_headers",
            "_routes.json",
            "functions.js",
            "functions.js.map",
            "public/_headers",
            "public/index.html",
            "public/sub/page.html",
            "quire.json",
        ]
    );
    for file in files(&out) {
        assert!(
            !read(out.join(&file)).contains("swordfish"),
            "`{file}` holds a secret"
        );
    }
    let manifest: Value = serde_json::from_str(&read(out.join("quire.json"))).unwrap();
    assert_eq!(manifest["name"], "site");
    assert_eq!(manifest["vars"]["A"], "a");
    assert_eq!(manifest["compatibility_date"], "2026-06-01");
    let rules: Value = serde_json::from_str(&read(out.join("_routes.json"))).unwrap();
    assert_eq!(rules["include"], serde_json::json!(["/api/*"]));
}

#[test]
fn the_projects_own_rules_are_kept() {
    let project = project();
    let rules = "{ \"version\": 1, \"include\": [\"/api/*\"], \"exclude\": [\"/api/x\"] }";
    project.write("web/_routes.json", rules);
    project.run(&["build", "--outdir", "out"]).output();
    assert_eq!(read(project.path().join("out/_routes.json")), rules);
    let story = project
        .run(&["routes", "out", "--explain", "/api/x"])
        .output();
    assert!(story.contains("`exclude` has `/api/x`"), "{story}");
}

#[test]
fn another_build_takes_the_place_of_the_last() {
    let project = project();
    project.run(&["build", "--outdir", "out"]).output();
    std::fs::remove_file(project.path().join("web/sub/page.html")).unwrap();
    project.run(&["build", "--outdir", "out"]).output();
    assert!(!project.path().join("out/public/sub/page.html").exists());
    assert!(read(project.path().join("out/functions.js")).contains("ok"));
    // One that fails changes nothing.
    project.write("functions/api/[id].ts", "export const onRequest = (;");
    project.run(&["build", "--outdir", "out"]).complaint();
    assert!(read(project.path().join("out/functions.js")).contains("ok"));
    let left: Vec<String> = std::fs::read_dir(project.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("quire"))
        .collect();
    assert_eq!(left, [""; 0], "drafts are left");
}

#[test]
fn nothing_else_is_overwritten() {
    let project = project();
    for folder in ["web", ".", "functions"] {
        let complaint = project.run(&["build", "--outdir", folder]).complaint();
        assert!(
            complaint.contains("`quire build` did not make it"),
            "{complaint}"
        );
    }
    assert!(project.path().join("web/index.html").exists());
    project.run(&["build", "--outdir", "out"]).output();
    let complaint = project
        .run(&["build", "out", "--outdir", "again"])
        .complaint();
    assert!(complaint.contains("that `quire build` made"), "{complaint}");
}

#[test]
fn into_the_folder_that_is_served() {
    let project = Project::new(&[("index.html", "x"), ("functions/x.js", HANDLER)]);
    for _ in 0..2 {
        project.run(&["build", ".", "--outdir", "out"]).output();
    }
    assert_eq!(files(&project.path().join("out/public")), ["index.html"]);
}

#[test]
fn static_files_alone_and_functions_alone() {
    let project = Project::new(&[("dist/index.html", "x")]);
    let printed = project.run(&["build", "--outdir", "out"]).output();
    assert!(
        printed.starts_with("Built 0 routes and 1 static file into"),
        "{printed}"
    );
    assert_eq!(
        files(&project.path().join("out")),
        ["public/index.html", "quire.json"]
    );
    let project = Project::new(&[("functions/x.js", HANDLER)]);
    let printed = project.run(&["build", "--outdir", "a/b/out"]).output();
    assert!(
        printed.starts_with("Built 1 route and 0 static files into `a/b/out`"),
        "{printed}"
    );
    assert!(!project.path().join("a/b/out/public").exists());
}

#[test]
fn functions_without_a_handler() {
    let project = Project::new(&[
        ("public/index.html", "x"),
        ("functions/x.js", "export const y = 1;"),
    ]);
    let ended = project.run(&["build", "--outdir", "out"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended
            .stderr
            .starts_with("warning: no file in `functions/` exports a handler"),
        "{ended:?}"
    );
}

#[test]
fn a_build_of_another_program_version_is_refused() {
    let project = project();
    project.run(&["build", "--outdir", "out"]).output();
    let manifest = read(project.path().join("out/quire.json"));
    project.write(
        "out/quire.json",
        &manifest.replacen("\"format\": 1", "\"format\": 99", 1),
    );
    let complaint = project.run(&["serve", "out", "--port", "0"]).complaint();
    assert!(
        complaint.contains("format 99") && complaint.contains("quire build"),
        "{complaint}"
    );
}

#[test]
fn the_settings_of_production() {
    let project = project();
    project.write(
        "wrangler.toml",
        "pages_build_output_dir = \"web\"\n[vars]\nA = \"top\"\nB = \"top\"\n[env.production.vars]\nA = \"production\"\n\
         [env.production.limits]\ncpu_ms = 50\n[env.preview.vars]\nA = \"preview\"\n",
    );
    let ended = project.run(&["build", "--outdir", "out"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stderr.contains("warning: ") && ended.stderr.contains("`vars.B`"),
        "{ended:?}"
    );
    let manifest: Value =
        serde_json::from_str(&read(project.path().join("out/quire.json"))).unwrap();
    assert_eq!(manifest["vars"], serde_json::json!({ "A": "production" }));
    assert_eq!(manifest["cpu_limit_ms"], 50);
    let mut preview = super::command(project.path(), &["build", "--outdir", "out"]);
    assert!(
        preview
            .env("PAGES_ENVIRONMENT", "preview")
            .output()
            .unwrap()
            .status
            .success()
    );
    let manifest: Value =
        serde_json::from_str(&read(project.path().join("out/quire.json"))).unwrap();
    assert_eq!(manifest["vars"], serde_json::json!({ "A": "preview" }));
    assert_eq!(manifest["cpu_limit_ms"], 30_000);
}
