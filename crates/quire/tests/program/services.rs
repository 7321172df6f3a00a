//! Services: programs that run beside the project's own.

use serde_json::Value;

use super::{HANDLER, Project};

const WORKER: &str = "export default { fetch: () => new Response('ok') };\nexport class Login {}\n";

/// A project that binds `auth`, of which there are these further files.
fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::new(&[
        (
            "wrangler.toml",
            "name = \"site\"\npages_build_output_dir = \"web\"\ncompatibility_date = \"2026-06-01\"\n\
             [[services]]\nbinding = \"AUTH\"\nservice = \"auth\"\n",
        ),
        ("web/index.html", "<p>index</p>"),
        ("functions/index.ts", HANDLER),
    ]);
    for (name, content) in files {
        project.write(name, content);
    }
    project
}

fn manifest(project: &Project) -> Value {
    let text = std::fs::read_to_string(project.path().join("out/quire.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn build(project: &Project, arguments: &[&str]) -> (Value, String) {
    let arguments = [&["build", "--outdir", "out"], arguments].concat();
    let ended = project.run(&arguments);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    (manifest(project), ended.stderr)
}

#[test]
fn folders_beside_the_project_are_found_by_name_and_bundled_with_their_own_settings() {
    let project = project(&[
        ("services/auth/src/index.ts", WORKER),
        (
            "services/auth/wrangler.jsonc",
            r#"{ "vars": { "A": [1] }, "main": "src/index.ts", "compatibility_date": "2025-01-01",
                 "durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Room", "script_name": "chat" }] } }"#,
        ),
        ("services/auth/.dev.vars", "SECRET=swordfish\n"),
        // Bound by the one above.
        ("services/rooms/index.js", "export class Room {}\n"),
        (
            "services/rooms/wrangler.toml",
            "name = \"chat\"\n[[migrations]]\ntag = \"v1\"\nnew_classes = [\"Room\"]\n",
        ),
        // Bound by nobody: not even looked at closely.
        ("services/unused/index.js", "this is no JavaScript"),
        ("services/shared/readme.txt", "no program"),
    ]);
    let (manifest, _) = build(&project, &[]);
    let services = &manifest["services"];
    assert_eq!(services.as_object().unwrap().len(), 2, "{services}");
    assert_eq!(services["auth"]["vars"]["A"], serde_json::json!([1]));
    assert_eq!(services["auth"]["compatibility_date"], "2025-01-01");
    let room = &services["auth"]["bindings"][0];
    assert_eq!(room["kind"], "durable_object");
    assert_eq!(
        (&room["script"], &room["sqlite"]),
        (&"chat".into(), &false.into())
    );
    let binding = &manifest["bindings"][0];
    assert_eq!(
        (&binding["kind"], &binding["script"]),
        (&"service".into(), &"auth".into())
    );
    let out = project.path().join("out/services");
    let script = std::fs::read_to_string(out.join("auth/worker.js")).unwrap();
    assert!(script.contains("quire.worker("), "{script}");
    assert!(out.join("chat/worker.js.map").is_file());
    let everything = format!("{manifest}{script}");
    assert!(!everything.contains("swordfish"));
}

#[test]
fn configuration_files_of_the_command_line() {
    let project = project(&[
        (
            "other/auth/wrangler.toml",
            "name = \"auth\"\nmain = \"w.js\"\n",
        ),
        ("other/auth/w.js", WORKER),
        (
            "other/idle/wrangler.json",
            "{ \"name\": \"idle\", \"main\": \"w.js\" }",
        ),
        ("other/idle/w.js", WORKER),
    ]);
    let files = [
        "-c",
        "wrangler.toml",
        "-c",
        "other/auth/wrangler.toml",
        "-c",
        "other/idle/wrangler.json",
    ];
    let (manifest, told) = build(&project, &files);
    assert!(manifest["services"]["auth"].is_object(), "{manifest}");
    assert!(
        told.contains("`idle` is not started: nothing binds it"),
        "{told}"
    );
    let refused = project.run(&["build", "--outdir", "out", "-c", "other/auth/wrangler.toml"]);
    let complaint = refused.complaint();
    assert!(
        complaint.contains("the project's own configuration file"),
        "{complaint}"
    );
    assert!(complaint.contains("`wrangler.toml`"), "{complaint}");
}

#[test]
fn an_environment_of_a_service_is_a_program_of_its_own() {
    let project = project(&[
        ("services/auth/index.js", WORKER),
        (
            "services/auth/wrangler.toml",
            "name = \"auth\"\nvars.A = \"top\"\n[env.staging.vars]\nA = \"staging\"\n",
        ),
        (
            "wrangler.toml",
            "pages_build_output_dir = \"web\"\nservices = [\n{ binding = \"ONE\", service = \"auth\" },\n\
             { binding = \"TWO\", service = \"auth\", environment = \"staging\", entrypoint = \"Login\", props = { a = 1 } }\n]\n",
        ),
    ]);
    let (manifest, _) = build(&project, &[]);
    assert_eq!(manifest["services"]["auth"]["vars"]["A"], "top");
    assert_eq!(manifest["services"]["auth-staging"]["vars"]["A"], "staging");
    let two = &manifest["bindings"][1];
    assert_eq!(two["script"], "auth-staging");
    assert_eq!(
        (&two["entrypoint"], &two["props"]["a"]),
        (&"Login".into(), &1.into())
    );
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let missing = project(&[]);
    let (_, told) = build(&missing, &[]);
    assert!(told.contains("there is no service `auth`"), "{told}");
    assert!(told.contains("`services/auth/`"), "{told}");
    for (files, words) in [
        (
            &[("services/auth/wrangler.toml", "main = \"gone.ts\"\n")][..],
            &["services/auth/gone.ts", "does not exist"][..],
        ),
        (
            &[("services/auth/wrangler.toml", "name = \"auth\"\n")],
            &["the service in `services/auth` has no program"],
        ),
        (
            &[
                ("services/auth/index.js", WORKER),
                ("services/b/index.js", WORKER),
                ("services/b/wrangler.toml", "name = \"auth\""),
            ],
            &["two services are called `auth`"],
        ),
        (
            &[("services/auth/index.js", "export default {")],
            &["services/auth/index.js:1:17: error: "],
        ),
        (
            &[
                ("services/auth/index.js", WORKER),
                ("services/auth/wrangler.toml", "[[migrations]]\ntag = 1"),
            ],
            &["services/auth/wrangler.toml:2:7: error: "],
        ),
    ] {
        let complaint = project(files).run(&["build", "--outdir", "out"]).stderr;
        for word in words {
            assert!(complaint.contains(word), "{word}: {complaint}");
        }
    }
}
