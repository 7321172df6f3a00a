//! Names and numbers that nobody else has.

use crate::StoreError;
use std::path::Path;

/// 32 random hexadecimal digits. `path` is what an error is about.
pub(crate) fn hex(path: &Path) -> Result<String, StoreError> {
    bytes(path).map(|bytes| format!("{:032x}", u128::from_le_bytes(bytes)))
}

/// 16 random bytes. `path` is what an error is about.
pub(crate) fn bytes(path: &Path) -> Result<[u8; 16], StoreError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| {
        StoreError::file(path)(std::io::Error::other(format!(
            "no random numbers to be had: {error}"
        )))
    })?;
    Ok(random)
}
