//! What can go wrong with a store.

use std::io;
use std::path::{Path, PathBuf};

/// Why a store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder could not be used.
    #[error("cannot use `{path}`: {source}; check that the disk has room and that quire may write there", path = path.display())]
    File {
        /// The file or folder
        path: PathBuf,
        /// What the system says
        source: io::Error,
    },
    /// The database refused.
    #[error("the database `{path}` failed: {source}; check that the disk has room and that quire may write there", path = path.display())]
    Database {
        /// The database's file
        path: PathBuf,
        /// What SQLite says
        source: rusqlite::Error,
    },
    /// The database is of a newer quire.
    #[error("`{path}` was written by a newer version of quire; use that version, or another data folder", path = path.display())]
    TooNew {
        /// The database's file
        path: PathBuf,
    },
    /// Somebody else wrote this together with other things, and failed.
    #[error("{text}")]
    Group {
        /// Why
        text: String,
    },
    /// A body is longer than the store takes.
    #[error("a body of more than {max} bytes is not stored")]
    TooLarge {
        /// The limit in bytes
        max: u64,
    },
}

impl StoreError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }

    pub(crate) fn database(path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Database { path, source }
    }
}
