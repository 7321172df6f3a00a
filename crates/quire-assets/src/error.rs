//! Why a folder cannot be served, and why a file cannot be read.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a directory of assets cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// Nothing exists at the path.
    #[error(
        "the output directory `{}` does not exist; build the project first, or name the directory that holds the built site",
        .0.display()
    )]
    Missing(PathBuf),

    /// The path names a file.
    #[error("`{}` is not a directory; name the directory that holds the built site, not a file in it", .0.display())]
    NotADirectory(PathBuf),

    /// The directory exists but cannot be read.
    #[error("cannot read the output directory `{}`: {source}; check its permissions", .path.display())]
    Unreadable {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// A file or folder that is there, and what the operating system said when it was to be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`: {source}", .path.display())]
pub(crate) struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

impl Unreadable {
    /// Adds to an error what it is about.
    pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> io::Error {
        |source| {
            let path = path.into();
            io::Error::new(source.kind(), Self { path, source })
        }
    }
}

/// Why a file's content is not to be had.
#[derive(Debug, Clone)]
pub(crate) enum LoadError {
    /// The file was replaced or changed since it was looked up.
    Changed,
    Failed(Arc<io::Error>),
}

impl From<io::Error> for LoadError {
    fn from(error: io::Error) -> Self {
        Self::Failed(Arc::new(error))
    }
}

impl From<LoadError> for io::Error {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Changed => Self::other("the file was replaced or changed while it was read"),
            LoadError::Failed(error) => Self::new(error.kind(), error),
        }
    }
}
