//! Why a cryptographic operation failed.

use crate::core::error::OpError;
use openssl::error::ErrorStack;

/// The names are those of the `DOMException`s that programs get.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CryptoError {
    /// What was given is not what it should be: no key, a key of another kind, a damaged one.
    #[error("{0}")]
    Data(String),
    /// The operation cannot be done with these parameters or on this data.
    #[error("{0}")]
    Operation(String),
    /// Neither this library nor the original can do that.
    #[error("{0}")]
    NotSupported(String),
    /// OpenSSL refused, for a reason that no check before it foresaw.
    #[error("The cryptographic operation failed: {0}")]
    Library(#[from] ErrorStack),
}

impl CryptoError {
    /// For `map_err` where a failure of the library means that the data is wrong.
    pub(crate) fn data<E>(message: &str) -> impl FnOnce(E) -> Self {
        move |_| Self::Data(message.into())
    }

    /// For `map_err` where a failure of the library has one cause that programs should know.
    pub(crate) fn operation<E>(message: &str) -> impl FnOnce(E) -> Self {
        move |_| Self::Operation(message.into())
    }
}

impl From<CryptoError> for OpError {
    fn from(error: CryptoError) -> Self {
        let name = match error {
            CryptoError::Data(_) => "DataError",
            CryptoError::Operation(_) | CryptoError::Library(_) => "OperationError",
            CryptoError::NotSupported(_) => "NotSupportedError",
        };
        Self::Dom(name, error.to_string())
    }
}
