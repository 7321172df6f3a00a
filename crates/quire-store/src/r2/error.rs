//! What can go wrong with a bucket, with the original's texts and codes.

use super::R2Algorithm;
use crate::StoreError;

/// Why a bucket did not do what it was asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum R2Error {
    /// The key is too long.
    #[error("The specified object name is not valid.")]
    ObjectName,
    /// A page cannot have so many objects.
    #[error("MaxKeys params must be positive integer <= 1000.")]
    Limit,
    /// Nothing of the object is in the range.
    #[error("The requested range is not satisfiable")]
    Range,
    /// The content is too long.
    #[error("Your proposed upload exceeds the maximum allowed object size.")]
    TooLarge,
    /// The content is not what the checksum was made of.
    #[error(
        "The {algorithm} checksum you specified did not match what we received.\n\
         You provided a {algorithm} checksum with value: {given}\nActual {algorithm} was: {actual}"
    )]
    Digest {
        /// How the checksum is made
        algorithm: R2Algorithm,
        /// What it should be, in hexadecimal digits
        given: String,
        /// What it is
        actual: String,
    },
    /// The content is encrypted, and this is not the key.
    #[error(
        "The object is encrypted with a key of your own: give the `ssecKey` that it was stored with."
    )]
    CustomerKey,
    /// There is no such upload, or it has ended.
    #[error("The specified multipart upload does not exist.")]
    NoSuchUpload,
    /// The upload was never begun, or a part is named twice.
    #[error("We encountered an internal error. Please try again.")]
    Internal,
    /// A part was never stored, or was replaced.
    #[error("One or more of the specified parts could not be found.")]
    NoSuchPart,
    /// A part that is not the last one is too short.
    #[error("Your proposed upload is smaller than the minimum allowed object size.")]
    PartTooSmall,
    /// The parts are not equally long.
    #[error("There was a problem with the multipart upload.")]
    PartSizes,
    /// The data folder failed.
    #[error(transparent)]
    Store(StoreError),
}

impl R2Error {
    /// The code that programs find in the message.
    pub fn code(&self) -> u32 {
        match self {
            Self::Internal | Self::Store(_) => 10001,
            Self::CustomerKey => 10002,
            Self::PartTooSmall => 10011,
            Self::ObjectName => 10020,
            Self::Limit => 10022,
            Self::NoSuchUpload => 10024,
            Self::NoSuchPart => 10025,
            Self::Digest { .. } => 10037,
            Self::Range => 10039,
            Self::PartSizes => 10048,
            Self::TooLarge => 100_100,
        }
    }
}

impl From<StoreError> for R2Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooLarge { .. } => Self::TooLarge,
            error => Self::Store(error),
        }
    }
}
