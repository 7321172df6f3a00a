//! Copies the static files of a project, and only what belongs to a site.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Work that takes less shows no progress.
const PATIENCE: Duration = Duration::from_millis(500);

/// Files of rules for the static files: never served, but needed to serve.
const RULES: [&str; 2] = ["_headers", "_redirects"];

/// What was copied.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Copied {
    pub files: u64,
    pub bytes: u64,
    /// Symbolic links that lead out of the folder. They are not served either.
    pub left_out: Vec<PathBuf>,
}

/// A file or folder that cannot be copied.
#[derive(Debug, thiserror::Error)]
#[error("cannot copy `{}`: {source}", .path.display())]
pub struct CopyError {
    path: PathBuf,
    source: io::Error,
}

/// Copies `from` into the existing folder `to`, without the folders `except` and what is no part of a site.
pub fn copy_site(from: &Path, to: &Path, except: &[&Path]) -> Result<Copied, CopyError> {
    let root = from.canonicalize().map_err(failed(from))?;
    // A folder that does not exist yet cannot be met on the way.
    let except = except
        .iter()
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    let mut walk = Walk {
        root: root.clone(),
        except,
        above: Vec::new(),
        copied: Copied::default(),
        progress: Progress::new(),
    };
    walk.folder(&root, "", to)?;
    Ok(walk.copied)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> CopyError {
    let path = path.to_owned();
    move |source| CopyError { path, source }
}

struct Walk {
    root: PathBuf,
    except: Vec<PathBuf>,
    /// The folders around the present one, links resolved: one that comes again would never end.
    above: Vec<PathBuf>,
    copied: Copied,
    progress: Progress,
}

impl Walk {
    fn folder(&mut self, folder: &Path, key: &str, to: &Path) -> Result<(), CopyError> {
        self.above.push(folder.to_owned());
        let entries: Result<Vec<_>, _> = std::fs::read_dir(folder)
            .and_then(Iterator::collect)
            .map(Ok)
            .unwrap_or_else(Err);
        for entry in entries.map_err(failed(folder))? {
            let name = entry.file_name();
            let key = match key {
                "" => name.to_string_lossy().into_owned(),
                key => format!("{key}/{}", name.to_string_lossy()),
            };
            if quire_assets::is_hidden(&key) && !RULES.contains(&key.as_str()) {
                continue;
            }
            let path = folder.join(&name);
            // Links are followed as far as they stay inside, which is how the folder would be served.
            let target = match path.canonicalize() {
                Ok(target) => target,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(failed(&path)(error)),
            };
            if !target.starts_with(&self.root) {
                self.copied.left_out.push(path);
                continue;
            }
            if self.except.contains(&target) || self.above.contains(&target) {
                continue;
            }
            let metadata = target.metadata().map_err(failed(&target))?;
            let to = to.join(&name);
            if metadata.is_dir() {
                std::fs::create_dir(&to).map_err(failed(&to))?;
                self.folder(&target, &key, &to)?;
            } else if metadata.is_file() {
                self.copied.bytes += std::fs::copy(&target, &to).map_err(failed(&target))?;
                self.copied.files += 1;
                self.progress.tell(self.copied.files);
            }
        }
        self.above.pop();
        Ok(())
    }
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
