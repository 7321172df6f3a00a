//! `quire types`.

use super::Project;

fn project() -> Project {
    Project::new(&[
        (
            "wrangler.toml",
            "[vars]\nA = \"a\"\n[[kv_namespaces]]\nbinding = \"KV\"\nid = \"1\"\n",
        ),
        (".dev.vars", "SECRET=swordfish\n"),
    ])
}

#[test]
fn a_file_that_stays_up_to_date() {
    let project = project();
    let complaint = project.run(&["types", "--check"]).complaint();
    assert!(
        complaint.contains("`worker-configuration.d.ts` is not up to date"),
        "{complaint}"
    );
    assert!(complaint.contains("`quire types`"), "{complaint}");
    let told = project.run(&["types"]).output();
    assert!(
        told.starts_with("Wrote `worker-configuration.d.ts`"),
        "{told}"
    );
    project.run(&["types", "--check"]).output();
    let file = project.path().join("worker-configuration.d.ts");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.contains("interface Env {\n\tSECRET: string;\n\tA: \"a\";\n\tKV: KVNamespace;\n"),
        "{text}"
    );
    assert!(!text.contains("swordfish"));
    project.write("wrangler.toml", "[vars]\nA = \"b\"\n");
    project.run(&["types", "--check"]).complaint();
}

#[test]
fn options_of_the_original() {
    let project = project();
    let arguments = [
        "types",
        "env.d.ts",
        "--env-interface",
        "Bindings",
        "--strict-vars",
        "false",
    ];
    project.run(&arguments).output();
    let text = std::fs::read_to_string(project.path().join("env.d.ts")).unwrap();
    assert!(
        text.contains("interface Bindings {\n\tSECRET: string;\n\tA: string;\n"),
        "{text}"
    );
    let refused = project.run(&["types", "--env-interface", "no-name"]);
    assert_eq!(refused.code, Some(2));
    let complaint = project.run(&["types", "nowhere/env.d.ts"]).complaint();
    assert!(
        complaint.contains("cannot write `nowhere/env.d.ts`"),
        "{complaint}"
    );
}
