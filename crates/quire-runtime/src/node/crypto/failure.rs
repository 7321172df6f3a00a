//! What went wrong, as node:crypto tells it: a code and a text, which its JavaScript half makes an error of.

use crate::core::error::OpError;
use crate::web::crypto::error::CryptoError;
use openssl::error::ErrorStack;

/// A code of Node's and the text; the code may be empty.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn new(code: &str, message: &str) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }

    pub(super) fn unsupported(what: &str) -> Self {
        Self::new("ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", what)
    }

    /// One text, which survives the way through an exception.
    pub(super) fn text(&self) -> String {
        format!("node:crypto\n{}\n{}", self.code, self.message)
    }
}

impl From<ErrorStack> for Failure {
    fn from(stack: ErrorStack) -> Self {
        let Some(error) = stack.errors().first() else {
            return Self::new("", "Unsupported state or unable to authenticate data");
        };
        let reason = error.reason().unwrap_or("operation failed");
        let library = error.library().unwrap_or("lib(0)");
        Self {
            code: format!(
                "ERR_OSSL_{}",
                reason.to_uppercase().replace([' ', '-'], "_")
            ),
            message: format!("error:{:08X}:{library}::{reason}", error.code()),
        }
    }
}

impl From<CryptoError> for Failure {
    fn from(error: CryptoError) -> Self {
        Self::new("ERR_CRYPTO_OPERATION_FAILED", &error.to_string())
    }
}

impl From<Failure> for OpError {
    fn from(failure: Failure) -> Self {
        Self::Error(failure.text())
    }
}
