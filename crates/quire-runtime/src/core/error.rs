//! Errors of native operations, with the JavaScript class that the program sees.

use quire_jsc::{Exception, Value};

/// Why a native operation failed.
#[derive(Debug)]
pub(crate) enum OpError {
    /// A `TypeError`.
    Type(String),
    /// A `RangeError`.
    Range(String),
    /// A plain `Error`.
    Error(String),
    /// A `DOMException` of the given name.
    Dom(&'static str, String),
    /// A value that JavaScript threw on the way.
    Thrown(Value),
    /// JavaScript was stopped on the way; nothing may catch this.
    Terminated(Exception),
}

impl From<Exception> for OpError {
    fn from(exception: Exception) -> Self {
        if exception.is_termination() {
            Self::Terminated(exception)
        } else {
            Self::Thrown(exception.value().clone())
        }
    }
}
