//! What git knows about a folder.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};

/// The commit that a project is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    pub branch: String,
    pub sha: String,
    pub short_sha: String,
}

impl Commit {
    /// Asks git; what the original says where it cannot tell.
    pub fn of(folder: &Path) -> Commit {
        // Both at once: a start has other things to wait for.
        let branch = start(folder, &["--abbrev-ref", "HEAD"]);
        let commit = start(folder, &["HEAD", "--short", "HEAD"]);
        let branch = answer(branch).unwrap_or_else(|| "local".to_owned());
        let commit = answer(commit).and_then(|text| {
            let (sha, short_sha) = text.split_once('\n')?;
            Some((sha.to_owned(), short_sha.to_owned()))
        });
        let (sha, short_sha) = commit.unwrap_or_else(|| ("0".repeat(40), "0".repeat(8)));
        Commit {
            branch,
            sha,
            short_sha,
        }
    }
}

fn start(folder: &Path, arguments: &[&str]) -> Option<Child> {
    Command::new("git")
        .arg("rev-parse")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

fn answer(child: Option<Child>) -> Option<String> {
    let output = child?.wait_with_output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn outside_a_repository() {
        let folder = tempfile::tempdir().unwrap();
        let commit = Commit::of(folder.path());
        assert_eq!(
            (commit.branch.as_str(), commit.short_sha.as_str()),
            ("local", "00000000")
        );
        assert_eq!(commit.sha, "0000000000000000000000000000000000000000");
    }

    #[test]
    fn in_a_repository() {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let settings = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
            let output = Command::new("git")
                .args(settings)
                .args(arguments)
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
        };
        git(&["init", "--quiet", "--initial-branch", "topic"]);
        assert_eq!(
            Commit::of(folder.path()).sha,
            "0".repeat(40),
            "no commit yet"
        );
        git(&["commit", "--quiet", "--allow-empty", "--message", "first"]);
        let commit = Commit::of(folder.path());
        assert_eq!(commit.branch, "topic");
        assert_eq!(commit.sha.len(), 40);
        assert!(commit.sha.starts_with(&commit.short_sha) && commit.short_sha.len() < 40);
    }
}
