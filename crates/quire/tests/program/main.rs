//! The program itself, as its users see it: what it prints, and how it ends.
#![allow(clippy::unwrap_used)]

mod advanced;
mod building;
mod dev;
mod messages;
mod routes;
mod secrets;
mod services;
mod types;

use std::path::Path;
use std::process::{Command, Output};

/// A project in a temporary folder.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// Files with their content.
    fn new(files: &[(&str, &str)]) -> Project {
        let project = Project {
            folder: tempfile::tempdir().unwrap(),
        };
        for (name, content) in files {
            project.write(name, content);
        }
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Runs the program in the project's folder.
    fn run(&self, arguments: &[&str]) -> Ended {
        run(self.path(), arguments)
    }
}

/// A run that has ended.
#[derive(Debug, PartialEq, Eq)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ended {
    /// What it printed; panics unless it succeeded without complaint.
    fn output(self) -> String {
        assert_eq!(
            (self.code, self.stderr.as_str()),
            (Some(0), ""),
            "{}",
            self.stdout
        );
        self.stdout
    }

    /// What it complained about; panics unless it failed in the usual way.
    fn complaint(self) -> String {
        assert_eq!(
            (self.code, self.stdout.as_str()),
            (Some(1), ""),
            "{}",
            self.stderr
        );
        self.stderr
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quire"));
    command.args(arguments).current_dir(folder);
    for name in [
        "CLICOLOR_FORCE",
        "CLOUDFLARE_INCLUDE_PROCESS_ENV",
        "CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV",
        "PAGES_ENVIRONMENT",
    ] {
        command.env_remove(name);
    }
    // No repository around the temporary folder is to be found.
    command.env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder));
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = command(folder, arguments).output().unwrap();
    Ended {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// A function that answers everything.
const HANDLER: &str = "export const onRequest = () => new Response('ok');\n";
