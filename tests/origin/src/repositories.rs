//! Bare repositories below the root: creating them, and reading a file of a revision.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::layout::Layout;

/// Why a repository could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// The name cannot be a repository here.
    #[error(
        "`{0}` is no repository name: use `namespace/name.git` of letters, digits, `.`, `_` and `-`"
    )]
    Name(String),
    /// `git` is missing, or the disk refused.
    #[error("cannot run `git {command}`: {source}; is git installed?")]
    Start {
        /// The subcommand.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// `git` ran and failed.
    #[error("`git {command}` failed: {message}")]
    Git {
        /// The subcommand.
        command: String,
        /// What it printed.
        message: String,
    },
    /// The finished repository could not be moved into place.
    #[error("cannot store the repository: {0}")]
    Disk(#[from] io::Error),
}

/// Creates the bare repository `name` (as `namespace/name.git`) that accepts pushes, unless it exists; gives its folder.
pub async fn create_repository(layout: &Layout, name: &str) -> Result<PathBuf, RepositoryError> {
    if !is_repository_name(name) {
        return Err(RepositoryError::Name(name.to_owned()));
    }
    let target = layout.repositories().join(name);
    if target.exists() {
        return Ok(target);
    }
    // Made aside and then renamed, so that nobody meets half a repository.
    let draft = tempfile::tempdir_in(layout.incoming())?;
    let bare = draft.path().join("bare.git");
    run(
        Path::new("."),
        &[
            "init",
            "--quiet",
            "--bare",
            "--initial-branch=main",
            &bare.to_string_lossy(),
        ],
        b"",
    )
    .await?;
    for (key, value) in [
        ("http.receivepack", "true"),
        // Keeps what was pushed as the pack it came in, however few objects it holds.
        ("receive.unpackLimit", "1"),
        ("uploadpack.allowFilter", "true"),
        ("uploadpack.allowAnySHA1InWant", "true"),
    ] {
        run(&bare, &["config", key, value], b"").await?;
    }
    if let Some(folder) = target.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    tokio::fs::rename(&bare, &target).await?;
    Ok(target)
}

/// Whether `name` is one to three plain segments, the last ending in `.git`; only then it may become a path.
pub(crate) fn is_repository_name(name: &str) -> bool {
    let plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with(['.', '-'])
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    name.ends_with(".git") && name.split('/').count() <= 3 && name.split('/').all(plain)
}

/// The content of `file` at `revision`, or `None` if either is not there.
pub(crate) async fn read_blob(repository: &Path, revision: &str, file: &str) -> Option<Vec<u8>> {
    if revision.starts_with('-') || revision.contains(':') || !repository.is_dir() {
        return None;
    }
    run(
        repository,
        &["cat-file", "blob", &format!("{revision}:{file}")],
        b"",
    )
    .await
    .ok()
}

/// Runs git in `folder` with `input`; gives what it printed.
pub(crate) async fn run(
    folder: &Path,
    arguments: &[&str],
    input: &[u8],
) -> Result<Vec<u8>, RepositoryError> {
    let name = || arguments.first().copied().unwrap_or_default().to_owned();
    let start = |source| RepositoryError::Start {
        command: name(),
        source,
    };
    let mut child = command()
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(start)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A git that ends early says why on stderr.
        let _ = stdin.write_all(input).await;
    }
    let output = child.wait_with_output().await.map_err(start)?;
    if !output.status.success() {
        return Err(RepositoryError::Git {
            command: name(),
            message: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    Ok(output.stdout)
}

/// A git that sees neither the user's settings nor the environment of whoever started us.
pub(crate) fn command() -> Command {
    let mut command = Command::new("git");
    command.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.envs([
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("LC_ALL", "C"),
    ]);
    command
}

#[cfg(test)]
mod tests {
    use super::is_repository_name;

    #[test]
    fn repository_names() {
        for name in ["a.git", "a/b.git", "models/a/b-c_d.1.git"] {
            assert!(is_repository_name(name), "{name}");
        }
        for name in [
            "a",
            "../b.git",
            "a/../b.git",
            ".git",
            "a//b.git",
            "a/-b.git",
            "a%2fb.git",
            "a/b/c/d.git",
            "a/.b.git",
            "",
        ] {
            assert!(!is_repository_name(name), "{name}");
        }
    }
}
