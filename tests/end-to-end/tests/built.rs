//! What `quire build` makes of a project gives the same recorded answers, without the project.

use quire_end_to_end::expected::Recording;
use quire_end_to_end::{Command, checkout, is_wrangler, packages, run};

fn check(name: &str) {
    if is_wrangler() {
        println!("the original builds nothing that it serves");
        return;
    }
    let recording =
        Recording::read(&checkout().join(format!("tests/end-to-end/expected/{name}.json")));
    let project = checkout().join(&recording.project);
    packages::install(&project);
    let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
    let out = folder.path().join("out");
    let (status, printed) = run(&project, &["build", "--outdir", &out.to_string_lossy()]);
    assert!(status.success(), "{printed}");
    let server = Command::serve(&out).workers(1).start();
    recording.check(&server, false);
    server.stop();
}

#[test]
fn advanced_mode() {
    check("advanced");
}

#[test]
fn advanced_mode_of_a_folder() {
    check("advanced-folder");
}

#[test]
fn plugins_and_their_assets() {
    check("plugins");
}

#[test]
fn middleware() {
    check("middleware");
}
