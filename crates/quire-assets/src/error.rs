//! Why a folder cannot be served.

use std::path::PathBuf;

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
