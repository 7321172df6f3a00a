//! Packages of npm that a project's Functions import.

use std::path::Path;
use std::process::Command;

/// Brings what the project's `package-lock.json` names, if there is one and that has not happened yet.
pub fn install(project: &Path) {
    let lock = project.join("package-lock.json");
    let installed = project.join("node_modules/.package-lock.json");
    if !lock.exists() || is_newer(&installed, &lock) {
        return;
    }
    let status = Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(project)
        .status()
        .expect("`npm` is not installed, and this test needs it: install the package `npm`");
    assert!(
        status.success(),
        "`npm ci` in `{}` failed with {status}",
        project.display()
    );
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let written = |path: &Path| path.metadata().and_then(|metadata| metadata.modified());
    matches!((written(file), written(than)), (Ok(file), Ok(than)) if file >= than)
}
