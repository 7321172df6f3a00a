//! Copies the static files of a project, and only what belongs to a site.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::site_files::{self, Unreadable};
use crate::site_limits::SiteLimits;

/// Work that takes less shows no progress.
const PATIENCE: Duration = Duration::from_millis(500);

/// What was copied.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Copied {
    pub files: u64,
    pub bytes: u64,
    /// Symbolic links that lead out of the folder. They are not served either.
    pub left_out: Vec<PathBuf>,
    /// How the files stand to what the platform takes.
    pub limits: SiteLimits,
}

impl std::ops::AddAssign for Copied {
    fn add_assign(&mut self, other: Copied) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.left_out.extend(other.left_out);
    }
}

/// A file or folder that cannot be copied.
#[derive(Debug, thiserror::Error)]
#[error("cannot copy `{}`: {source}", .path.display())]
pub struct CopyError {
    path: PathBuf,
    source: io::Error,
}

impl From<Unreadable> for CopyError {
    fn from(Unreadable { path, source }: Unreadable) -> Self {
        Self { path, source }
    }
}

/// Copies the site in `from` into the existing folder `to`, without the folders `except`.
pub fn copy_site(from: &Path, to: &Path, except: &[&Path]) -> Result<Copied, CopyError> {
    let mut copied = Copied::default();
    let mut progress = Progress::new();
    copied.left_out = site_files::walk(from, except, |entry| {
        let to = to.join(entry.place);
        let failed = |source| CopyError {
            path: entry.path.to_owned(),
            source,
        };
        if entry.metadata.is_dir() {
            return std::fs::create_dir(&to).map_err(failed);
        }
        copied.bytes += copy(entry.path, &to, entry.metadata).map_err(failed)?;
        copied.files += 1;
        copied.limits.count(entry.key, entry.metadata.len());
        progress.tell(copied.files);
        Ok::<_, CopyError>(())
    })?;
    Ok(copied)
}

/// Copies a file with the time of its last change, by which a compressed form beside it is known to be of this version.
fn copy(from: &Path, to: &Path, metadata: &Metadata) -> io::Result<u64> {
    let bytes = std::fs::copy(from, to)?;
    let modified = metadata.modified()?;
    // A file system that keeps no times knows no older and newer either; nor is one lost that may not be written to.
    let _ = File::options()
        .write(true)
        .open(to)
        .and_then(|file| file.set_modified(modified));
    Ok(bytes)
}

/// A counter on the terminal, once there has been something to wait for.
struct Progress {
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    fn new() -> Progress {
        Progress {
            started: Instant::now(),
            bar: None,
        }
    }

    fn tell(&mut self, files: u64) {
        if self.bar.is_none() && self.started.elapsed() > PATIENCE {
            // It draws on stderr, and nothing where that is no terminal.
            let style = ProgressStyle::with_template("{spinner} copying static files: {pos}");
            self.bar = Some(
                ProgressBar::new_spinner()
                    .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner())),
            );
        }
        if let Some(bar) = &self.bar {
            bar.set_position(files);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn write(root: &Path, name: &str) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, name).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut pending = vec![folder.to_owned()];
        while let Some(next) = pending.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    pending.push(path);
                } else {
                    found.push(path.strip_prefix(folder).unwrap().display().to_string());
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn only_what_belongs_to_a_site() {
        let (site, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in [
            "index.html",
            "a/b/c.txt",
            "_headers",
            "_redirects",
            "_routes.json",
            ".dev.vars",
            "functions/x.js",
            "a/node_modules/y/z.js",
            ".git/config",
            "release/old.html",
            ".well-known/x",
        ] {
            write(site.path(), name);
        }
        let copied = copy_site(
            site.path(),
            out.path(),
            &[&site.path().join("release"), Path::new("/none")],
        )
        .unwrap();
        assert_eq!(
            names(out.path()),
            [
                ".well-known/x",
                "_headers",
                "_redirects",
                "a/b/c.txt",
                "index.html"
            ]
        );
        assert_eq!((copied.files, copied.left_out.len()), (5, 0));
        assert_eq!(copied.bytes, 13 + 8 + 10 + 9 + 10);
    }

    #[test]
    fn copies_are_as_old_as_the_files() {
        let (site, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(site.path(), "a.js");
        let past = std::time::SystemTime::now() - Duration::from_secs(86_400);
        let file = File::options().write(true).open(site.path().join("a.js"));
        file.unwrap().set_modified(past).unwrap();
        copy_site(site.path(), out.path(), &[]).unwrap();
        let copied = out.path().join("a.js").metadata().unwrap();
        assert_eq!(copied.modified().unwrap(), past);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_only() {
        use std::os::unix::fs::symlink;
        let (site, out, outside) = (
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
        );
        write(outside.path(), "secret");
        write(site.path(), "real/file.txt");
        symlink(outside.path().join("secret"), site.path().join("leak")).unwrap();
        symlink("real", site.path().join("alias")).unwrap();
        symlink("..", site.path().join("real/loop")).unwrap();
        symlink("nowhere", site.path().join("dangling")).unwrap();
        let copied = copy_site(site.path(), out.path(), &[]).unwrap();
        assert_eq!(names(out.path()), ["alias/file.txt", "real/file.txt"]);
        assert_eq!(
            copied.left_out,
            [site.path().canonicalize().unwrap().join("leak")]
        );
    }
}
