//! What can go wrong with a store.

use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a store did not do what it was asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder could not be used.
    #[error("cannot use `{path}`: {source}; {advice}", path = path.display(), advice = file_advice(source))]
    File {
        /// The file or folder
        path: PathBuf,
        /// What the system says
        source: Arc<io::Error>,
    },
    /// The database refused.
    #[error("the database `{path}` failed: {source}; {advice}", path = path.display(), advice = database_advice(source))]
    Database {
        /// The database's file
        path: PathBuf,
        /// What SQLite says
        source: Arc<rusqlite::Error>,
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
    /// The thread that writes has ended, which it does only when the program ends.
    #[error("`{path}` is being closed; try again", path = path.display())]
    Closed {
        /// The database's file
        path: PathBuf,
    },
}

const FULL: &str = "the disk is full: make room, or use another data folder";
const READ_ONLY: &str = "quire may not write there: check the owner and the permissions of the data folder, and that its disk is not \
     mounted read-only";
const DAMAGED: &str = "it is damaged: stop quire, then restore it from a backup, or save what is readable with `sqlite3 FILE .recover`, or \
     move it away to start with an empty one";

fn file_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            FULL
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => READ_ONLY,
        _ => "check that the disk has room and that quire may write there",
    }
}

fn database_advice(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => FULL,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => READ_ONLY,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DAMAGED,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program holds it: end that one, or try again"
        }
        _ => "check that the disk has room and that quire may write there",
    }
}

impl StoreError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File {
            path,
            source: Arc::new(source),
        }
    }

    pub(crate) fn database(path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Database {
            path,
            source: Arc::new(source),
        }
    }

    /// Whether there was no room, so that something smaller may still fit.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Database { source, .. } => {
                source.sqlite_error_code() == Some(ErrorCode::DiskFull)
            }
            _ => false,
        }
    }
}
