//! Packages of npm: those that a project's Functions import, and those that build a project.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::program;

/// Brings what the project's `package-lock.json` names, or else its `package.json`, if there is one and that has not happened yet.
pub fn install(project: &Path) {
    let (manifest, lock) = (
        project.join("package.json"),
        project.join("package-lock.json"),
    );
    let (wanted, how): (_, &[&str]) = match lock.exists() {
        true => (lock, &["ci"]),
        false => (manifest, &["install", "--no-package-lock"]),
    };
    let installed = project.join("node_modules/.package-lock.json");
    if !wanted.exists() || is_newer(&installed, &wanted) {
        return;
    }
    let quietly = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    npm(project, &[how, &quietly].concat());
}

/// Builds the project by its own script `build`, if it has one. What was built before and is newer than all sources stays.
pub fn build(project: &Path) {
    let manifest = std::fs::read_to_string(project.join("package.json")).unwrap_or_default();
    if !manifest.contains("\"build\":") {
        return;
    }
    let built = project.join("node_modules/.built");
    if newest_source(project)
        .is_some_and(|newest| modified(&built).is_ok_and(|built| built > newest))
    {
        return;
    }
    npm(project, &["run", "build", "--loglevel=error"]);
    std::fs::write(&built, "").expect("the packages are there");
}

/// Runs `npm` below the program's own guard: what builds a site may leave servers behind (adapters start workerd), which end with it.
fn npm(project: &Path, arguments: &[&str]) {
    let mut guard = Command::new(program::quire())
        .args(["guard", "--", "npm"])
        .args(arguments)
        .current_dir(project)
        .env("ASTRO_TELEMETRY_DISABLED", "1")
        .env("NUXT_TELEMETRY_DISABLED", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program under test runs");
    // At whose end the guard ends everything: also when the test is killed. Waiting would close it.
    let lifeline = guard.stdin.take();
    let output = (guard.wait_with_output()).expect("the system reports on child processes");
    drop(lifeline);
    assert!(
        output.status.code() != Some(127),
        "`npm` is not installed, and this test needs it: install the package `npm`"
    );
    assert!(
        output.status.success(),
        "`npm {}` in `{}` failed with {}\n{}{}",
        arguments.join(" "),
        project.display(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

/// When the last of the files that git knows of was changed.
fn newest_source(project: &Path) -> Option<SystemTime> {
    let files = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(project)
        .output()
        .ok()?;
    let files = String::from_utf8(files.stdout).ok()?;
    let files = files.split('\0').filter(|file| !file.is_empty());
    files
        .filter_map(|file| modified(&project.join(file)).ok())
        .max()
}

fn modified(path: &Path) -> std::io::Result<SystemTime> {
    path.metadata()?.modified()
}

fn is_newer(file: &Path, than: &Path) -> bool {
    matches!((modified(file), modified(than)), (Ok(file), Ok(than)) if file >= than)
}
