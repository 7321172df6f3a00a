//! What `quire types` writes, checked by the TypeScript compiler with `@cloudflare/workers-types`.

use std::process::Command;

use quire_end_to_end::{Project, checkout, packages, run};

#[test]
fn functions_type_check() {
    let source = checkout().join("tests/end-to-end/projects/types");
    packages::install(&source);
    let project = Project::bare();
    for file in ["wrangler.toml", "tsconfig.json", "functions/index.ts"] {
        let content = std::fs::read(source.join(file)).expect("the project is there");
        project.write(file, content);
    }
    project.write(".dev.vars", "SECRET=x\n");
    let modules = project.path().join("node_modules");
    std::os::unix::fs::symlink(source.join("node_modules"), modules).expect("a link can be made");
    let checked = || {
        let output = Command::new("node_modules/.bin/tsc")
            .args(["-p", "."])
            .current_dir(project.path())
            .output()
            .expect("`npm ci` installed TypeScript");
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    assert!(!checked().0, "without the types there is no `Env`");
    let (status, printed) = run(project.path(), &["types"]);
    assert!(status.success(), "{printed}");
    assert_eq!(checked(), (true, String::new()));
    // What is not in the configuration is an error.
    project.write(
        "functions/wrong.ts",
        "export const onRequest: PagesFunction<Env> = ({ env }) => env.NOTHING;\n",
    );
    let (passes, complaints) = checked();
    assert!(!passes && complaints.contains("NOTHING"), "{complaints}");
}
