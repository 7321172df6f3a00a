//! Finding the program under test, and building it when it is missing or older than its sources.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

/// The program: `QUIRE_BIN`, or the workspace's own of the profile that these tests were built with.
pub fn quire() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        if let Some(path) = std::env::var_os("QUIRE_BIN") {
            let path = PathBuf::from(path);
            assert!(path.is_file(), "`QUIRE_BIN` names `{}`, which is no file", path.display());
            return path;
        }
        let folder = target_folder();
        let path = folder.join("quire");
        if !is_fresh(&path) {
            build(&folder);
        }
        assert!(
            path.is_file(),
            "there is no `{}`; build it with `cargo build -p quire`, or set `QUIRE_BIN` to the program",
            path.display()
        );
        path
    })
}

/// `target/{profile}`: the folder above the one this test lies in.
fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the system tells where this test lies");
    let folder = test.parent().expect("a program lies in a folder");
    if folder.ends_with("deps") {
        folder.parent().map(Path::to_owned).unwrap_or_default()
    } else {
        folder.to_owned()
    }
}

/// Whether the program is there and none of the sources that cargo noted beside it is newer.
fn is_fresh(path: &Path) -> bool {
    let modified = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    let (Some(built), Ok(noted)) = (
        modified(path),
        std::fs::read_to_string(path.with_extension("d")),
    ) else {
        return false;
    };
    let sources = noted
        .split_once(": ")
        .map(|(_, sources)| sources)
        .unwrap_or_default();
    sources.split_whitespace().all(|source| {
        modified(Path::new(source)).is_some_and(|changed: SystemTime| changed <= built)
    })
}

fn build(folder: &Path) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "-p", "quire"])
        .current_dir(crate::checkout());
    if let Some(target) = folder.parent() {
        cargo.arg("--target-dir").arg(target);
    }
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo
        .status()
        .expect("`cargo` runs; set `QUIRE_BIN` where it is not installed");
    assert!(
        status.success(),
        "`cargo build -p quire` failed; its messages are above"
    );
}

/// Runs the program to its end, in `folder`; gives its exit status and what it printed on both outputs.
pub fn run(folder: &Path, arguments: &[&str]) -> (std::process::ExitStatus, String) {
    let output = Command::new(quire())
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("cannot start `{}`: {error}", quire().display()));
    let printed = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status, printed)
}
