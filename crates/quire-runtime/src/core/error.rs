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

impl OpError {
    /// For a native object that another request owns; `kind` is what it is.
    pub(crate) fn cross_request(kind: &str) -> Self {
        Self::Error(format!(
            "Cannot perform I/O on behalf of a different request. I/O objects (such as streams, request/response \
             bodies, and others) created in the context of one request handler cannot be accessed from a different \
             request's handler. This is a limitation of Cloudflare Workers which allows us to improve overall \
             performance. (I/O type: {kind})"
        ))
    }
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
