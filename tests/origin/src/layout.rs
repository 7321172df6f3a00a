//! Where things lie below the root folder, and which names may become paths.

use std::io;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

/// The folders of one origin.
#[derive(Clone, Debug)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Uses `root`, creating what is missing.
    pub fn create(root: &Path) -> io::Result<Layout> {
        for folder in ["repositories", "objects", "incoming", "files"] {
            std::fs::create_dir_all(root.join(folder))?;
        }
        Ok(Layout {
            root: root.canonicalize()?,
        })
    }

    /// Bare repositories, as `{namespace}/{name}.git`.
    pub fn repositories(&self) -> PathBuf {
        self.root.join("repositories")
    }

    /// LFS objects, by their SHA-256.
    pub fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    /// Uploads under way; on the same file system as what they become.
    pub fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    /// Files for downloads, as `{kind}/{namespace}/{name}/{revision}/{file}`.
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }
}

/// The decoded segments of a percent-encoded path, or `None` if one of them could escape the folder it is joined to.
pub(crate) fn safe_segments(path: &str) -> Option<Vec<String>> {
    path.trim_start_matches('/')
        .split('/')
        .map(|segment| {
            let decoded = percent_decode_str(segment).decode_utf8().ok()?.into_owned();
            let safe = !decoded.is_empty()
                && decoded != "."
                && decoded != ".."
                && !decoded.contains(['/', '\\', '\0']);
            safe.then_some(decoded)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::safe_segments;

    #[test]
    fn decodes_segments() {
        assert_eq!(
            safe_segments("/a/b%20c"),
            Some(vec!["a".to_owned(), "b c".to_owned()])
        );
    }

    #[test]
    fn refuses_what_could_escape() {
        for path in [
            "/a/../b",
            "/a/%2e%2e/b",
            "/a/%2E./b",
            "/a//b",
            "/a/b%2fc",
            "/a/%00",
            "/a/.",
            "/a\\b",
            "/a/%ff",
        ] {
            assert_eq!(safe_segments(path), None, "{path}");
        }
    }
}
