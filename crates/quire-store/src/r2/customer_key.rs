//! Content that is encrypted with a key which whoever stores it keeps (SSE-C): AES-256 in counter mode, so that any range can be read.

use super::digest::{hex, md5};
use crate::StoreError;
use openssl::error::ErrorStack;
use openssl::symm::{Cipher, Crypter, Mode};
use std::path::Path;

/// The size of a block of AES.
const BLOCK_BYTES: u64 = 16;

/// The number that a piece of content begins to count from.
pub(super) type Nonce = [u8; BLOCK_BYTES as usize];

/// A key that the store never keeps.
#[derive(Clone)]
pub struct R2CustomerKey([u8; 32]);

impl std::fmt::Debug for R2CustomerKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("R2CustomerKey")
    }
}

impl R2CustomerKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What tells it from other keys, in hexadecimal digits.
    pub(super) fn md5(&self) -> Result<String, StoreError> {
        md5(&self.0).map(|digest| hex(&digest)).map_err(failed)
    }

    /// A cipher for a piece, from an offset in it on. Encrypting and decrypting are the same.
    pub(super) fn cipher(&self, nonce: &Nonce, offset: u64) -> Result<CustomerCipher, StoreError> {
        let blocks = u128::from(offset / BLOCK_BYTES);
        let counter = u128::from_be_bytes(*nonce).wrapping_add(blocks);
        let crypter = Crypter::new(
            Cipher::aes_256_ctr(),
            Mode::Encrypt,
            &self.0,
            Some(&counter.to_be_bytes()),
        );
        let mut cipher = CustomerCipher(crypter.map_err(failed)?);
        let skipped = (offset % BLOCK_BYTES) as usize;
        cipher.apply(&[0; BLOCK_BYTES as usize][..skipped])?;
        Ok(cipher)
    }
}

/// Encrypts or decrypts what comes in its order.
pub(super) struct CustomerCipher(Crypter);

impl CustomerCipher {
    pub(super) fn apply(&mut self, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut output = vec![0; bytes.len() + BLOCK_BYTES as usize];
        let length = self.0.update(bytes, &mut output).map_err(failed)?;
        output.truncate(length);
        Ok(output)
    }
}

/// OpenSSL fails only without memory.
pub(super) fn failed(error: ErrorStack) -> StoreError {
    StoreError::file(Path::new("an object"))(std::io::Error::other(error))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn any_part_can_be_read() {
        let key = R2CustomerKey::new([7; 32]);
        // The counter overflows into every byte.
        for nonce in [[0; 16], [0xff; 16], *b"0123456789abcdef"] {
            let plain: Vec<u8> = (0..200).collect();
            let sealed = key.cipher(&nonce, 0).unwrap().apply(&plain).unwrap();
            assert_eq!(sealed.len(), plain.len());
            assert_ne!(sealed, plain);
            for offset in [0, 1, 15, 16, 17, 31, 32, 100, 199] {
                let mut cipher = key.cipher(&nonce, offset as u64).unwrap();
                let (first, rest) = sealed[offset..].split_at(1);
                let mut read = cipher.apply(first).unwrap();
                read.extend(cipher.apply(rest).unwrap());
                assert_eq!(read, plain[offset..]);
            }
        }
        assert_eq!(format!("{key:?}"), "R2CustomerKey");
    }
}
