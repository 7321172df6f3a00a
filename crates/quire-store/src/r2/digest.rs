//! Checksums of content on its way.

use openssl::error::ErrorStack;
use openssl::hash::{Hasher, MessageDigest};
use std::fmt;

/// How a checksum is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum R2Algorithm {
    /// MD5, which every object in one piece has.
    Md5,
    /// SHA-1
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl R2Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
    ];

    /// Its name in options and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The one of this name.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.key() == key)
    }

    fn method(self) -> MessageDigest {
        match self {
            Self::Md5 => MessageDigest::md5(),
            Self::Sha1 => MessageDigest::sha1(),
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }
}

impl fmt::Display for R2Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

/// The MD5 of content, and another checksum if one is wanted.
pub(super) struct Digests {
    md5: Hasher,
    other: Option<(R2Algorithm, Hasher)>,
}

/// What came out.
pub(super) struct Digested {
    pub(super) md5: Vec<u8>,
    pub(super) other: Option<(R2Algorithm, Vec<u8>)>,
}

impl Digests {
    pub(super) fn new(wanted: Option<R2Algorithm>) -> Result<Self, ErrorStack> {
        let other = wanted.filter(|algorithm| *algorithm != R2Algorithm::Md5);
        let other = other.map(|algorithm| Ok((algorithm, Hasher::new(algorithm.method())?)));
        Ok(Self {
            md5: Hasher::new(MessageDigest::md5())?,
            other: other.transpose()?,
        })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) -> Result<(), ErrorStack> {
        self.md5.update(bytes)?;
        match &mut self.other {
            Some((_, hasher)) => hasher.update(bytes),
            None => Ok(()),
        }
    }

    pub(super) fn finish(mut self) -> Result<Digested, ErrorStack> {
        let other = self
            .other
            .map(|(algorithm, mut hasher)| Ok((algorithm, hasher.finish()?.to_vec())));
        Ok(Digested {
            md5: self.md5.finish()?.to_vec(),
            other: other.transpose()?,
        })
    }
}

/// The MD5 of bytes.
pub(super) fn md5(bytes: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    Ok(openssl::hash::hash(MessageDigest::md5(), bytes)?.to_vec())
}

/// In hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
