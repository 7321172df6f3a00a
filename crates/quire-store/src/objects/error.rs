//! What can go wrong with an object's state.

use crate::StoreError;
use rusqlite::ffi::{self, ErrorCode};
use std::path::{Path, PathBuf};

/// Why an object's state did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The program's SQL, or what it does to the data, is at fault. The text is what the program sees.
    #[error("{0}")]
    Sql(String),
    /// Another process works with the object.
    #[error("`{path}` is in use by another process; end that one, or use another data folder", path = path.display())]
    Busy {
        /// The object's database
        path: PathBuf,
    },
    /// The database is no database, or parts of it were overwritten.
    #[error("the database `{path}` is damaged: {source}; restore it from a backup, or move it away, together with files of the same name, to begin with an empty object", path = path.display())]
    Damaged {
        /// The object's database
        path: PathBuf,
        /// What SQLite says
        source: rusqlite::Error,
    },
    /// The disk is full, broken or read-only. What was not committed is gone.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An earlier write failed. What was not committed then is gone.
    #[error("the object's storage failed before and works again once the object was started anew")]
    Broken,
}

impl ObjectError {
    /// Whether the object must be started anew, because what it believes to have written may be gone.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::Sql(_))
    }

    /// Whether the time for it was over.
    pub(crate) fn is_interruption(&self) -> bool {
        match self {
            Self::Store(StoreError::Database { source, .. }) => {
                source.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
            }
            _ => false,
        }
    }

    /// For a failure that is not the program's.
    pub(super) fn own(path: &Path) -> impl Fn(rusqlite::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy { path: path.clone() }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged {
                path: path.clone(),
                source,
            },
            _ => Self::Store(StoreError::database(&path)(source)),
        }
    }

    /// For a failure of the program's SQL.
    pub(crate) fn of_program(path: &Path) -> impl Fn(rusqlite::Error) -> Self + use<> {
        let own = Self::own(path);
        move |source| match source.sqlite_error_code() {
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::OutOfMemory
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::DatabaseBusy
                | ErrorCode::OperationInterrupted,
            ) => own(source),
            _ => Self::Sql(program_text(&source)),
        }
    }
}

/// `<what SQLite says>: SQLITE_<CODE>`, as programs know it.
fn program_text(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => {
            let fallback = || ffi::code_to_str(code.extended_code).to_owned();
            with_code(&message.clone().unwrap_or_else(fallback), code)
        }
        rusqlite::Error::SqlInputError {
            error, msg, offset, ..
        } => match offset {
            ..0 => with_code(msg, error),
            offset => with_code(&format!("{msg} at offset {offset}"), error),
        },
        other => other.to_string(),
    }
}

fn with_code(message: &str, code: &ffi::Error) -> String {
    let primary = primary_name(code.extended_code & 0xff);
    match extended_name(code.extended_code) {
        Some(extended) => format!("{message}: {primary} (extended: {extended})"),
        None => format!("{message}: {primary}"),
    }
}

fn primary_name(code: i32) -> &'static str {
    match code {
        ffi::SQLITE_INTERNAL => "SQLITE_INTERNAL",
        ffi::SQLITE_PERM => "SQLITE_PERM",
        ffi::SQLITE_ABORT => "SQLITE_ABORT",
        ffi::SQLITE_LOCKED => "SQLITE_LOCKED",
        ffi::SQLITE_NOTFOUND => "SQLITE_NOTFOUND",
        ffi::SQLITE_PROTOCOL => "SQLITE_PROTOCOL",
        ffi::SQLITE_EMPTY => "SQLITE_EMPTY",
        ffi::SQLITE_SCHEMA => "SQLITE_SCHEMA",
        ffi::SQLITE_TOOBIG => "SQLITE_TOOBIG",
        ffi::SQLITE_CONSTRAINT => "SQLITE_CONSTRAINT",
        ffi::SQLITE_MISMATCH => "SQLITE_MISMATCH",
        ffi::SQLITE_MISUSE => "SQLITE_MISUSE",
        ffi::SQLITE_NOLFS => "SQLITE_NOLFS",
        ffi::SQLITE_AUTH => "SQLITE_AUTH",
        ffi::SQLITE_FORMAT => "SQLITE_FORMAT",
        ffi::SQLITE_RANGE => "SQLITE_RANGE",
        _ => "SQLITE_ERROR",
    }
}

fn extended_name(code: i32) -> Option<&'static str> {
    Some(match code {
        ffi::SQLITE_CONSTRAINT_CHECK => "SQLITE_CONSTRAINT_CHECK",
        ffi::SQLITE_CONSTRAINT_COMMITHOOK => "SQLITE_CONSTRAINT_COMMITHOOK",
        ffi::SQLITE_CONSTRAINT_DATATYPE => "SQLITE_CONSTRAINT_DATATYPE",
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => "SQLITE_CONSTRAINT_FOREIGNKEY",
        ffi::SQLITE_CONSTRAINT_FUNCTION => "SQLITE_CONSTRAINT_FUNCTION",
        ffi::SQLITE_CONSTRAINT_NOTNULL => "SQLITE_CONSTRAINT_NOTNULL",
        ffi::SQLITE_CONSTRAINT_PINNED => "SQLITE_CONSTRAINT_PINNED",
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY => "SQLITE_CONSTRAINT_PRIMARYKEY",
        ffi::SQLITE_CONSTRAINT_ROWID => "SQLITE_CONSTRAINT_ROWID",
        ffi::SQLITE_CONSTRAINT_TRIGGER => "SQLITE_CONSTRAINT_TRIGGER",
        ffi::SQLITE_CONSTRAINT_UNIQUE => "SQLITE_CONSTRAINT_UNIQUE",
        ffi::SQLITE_CONSTRAINT_VTAB => "SQLITE_CONSTRAINT_VTAB",
        ffi::SQLITE_ERROR_MISSING_COLLSEQ => "SQLITE_ERROR_MISSING_COLLSEQ",
        ffi::SQLITE_ERROR_RETRY => "SQLITE_ERROR_RETRY",
        _ => return None,
    })
}
