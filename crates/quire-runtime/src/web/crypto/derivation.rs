//! Keys and bits derived from secrets: HKDF, PBKDF2 and scrypt.

use super::digest::Hash;
use super::error::CryptoError;
use aws_lc_rs::pbkdf2::{
    self as fast, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA384, PBKDF2_HMAC_SHA512,
};
use openssl::nid::Nid;
use std::num::NonZeroU32;

/// HKDF (RFC 5869).
pub(crate) fn hkdf(
    hash: Hash,
    secret: &[u8],
    salt: &[u8],
    info: &[u8],
    length: usize,
) -> Result<Vec<u8>, CryptoError> {
    if length > 255 * hash.size() {
        return Err(CryptoError::Operation("HKDF deriveBits failed.".into()));
    }
    // Two lines of the standard, and OpenSSL's own refuses an empty secret.
    let extracted = hash.hmac(salt, secret)?;
    let mut output = Vec::with_capacity(length + hash.size());
    let mut block = Vec::new();
    for count in 1..=length.div_ceil(hash.size()) {
        block.extend_from_slice(info);
        block.push(count as u8);
        block = hash.hmac(&extracted, &block)?;
        output.extend_from_slice(&block);
    }
    output.truncate(length);
    Ok(output)
}

/// PBKDF2 (RFC 8018) with HMAC.
pub(crate) fn pbkdf2(
    hash: Hash,
    password: &[u8],
    salt: &[u8],
    iterations: usize,
    length: usize,
) -> Result<Vec<u8>, CryptoError> {
    let mut output = vec![0; length];
    // Several times as fast as OpenSSL before 3.2, which looks everything up anew for each application of the hash function.
    let algorithm = match hash.message_digest().type_() {
        Nid::SHA1 => Some(PBKDF2_HMAC_SHA1),
        Nid::SHA256 => Some(PBKDF2_HMAC_SHA256),
        Nid::SHA384 => Some(PBKDF2_HMAC_SHA384),
        Nid::SHA512 => Some(PBKDF2_HMAC_SHA512),
        _ => None,
    };
    let count = u32::try_from(iterations).ok().and_then(NonZeroU32::new);
    if let (Some(algorithm), Some(count), 1..) = (algorithm, count, length) {
        fast::derive(algorithm, count, salt, password, &mut output);
    } else if length > 0 {
        openssl::pkcs5::pbkdf2_hmac(
            password,
            salt,
            iterations,
            hash.message_digest(),
            &mut output,
        )
        .map_err(CryptoError::operation("PBKDF2 deriveBits failed."))?;
    }
    Ok(output)
}

/// How much computing a PBKDF2 is: in applications of the hash function, of which a core does about two million a second.
pub(crate) fn pbkdf2_cost(hash: Hash, iterations: usize, length: usize) -> usize {
    iterations.saturating_mul(length.div_ceil(hash.size()))
}

/// scrypt (RFC 7914), within `memory` bytes.
#[allow(dead_code, reason = "for node:crypto")]
pub(crate) fn scrypt(
    password: &[u8],
    salt: &[u8],
    (n, r, p): (u64, u64, u64),
    memory: u64,
    length: usize,
) -> Result<Vec<u8>, CryptoError> {
    let mut output = vec![0; length];
    if length > 0 {
        openssl::pkcs5::scrypt(password, salt, n, r, p, memory, &mut output)
            .map_err(CryptoError::operation("Scrypt failed."))?;
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{hex, unhex};
    use super::*;

    #[test]
    fn derivations_give_what_their_standards_say() {
        let hash = |name| Hash::named(name).unwrap();
        // RFC 5869 A.1 and A.3
        let secret = [0x0b; 22];
        let derived = hkdf(
            hash("SHA-256"),
            &secret,
            &unhex("000102030405060708090a0b0c"),
            &unhex("f0f1f2f3f4f5f6f7f8f9"),
            42,
        );
        assert_eq!(
            hex(&derived.unwrap()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        );
        let derived = hkdf(hash("SHA-256"), &secret, b"", b"", 42).unwrap();
        assert!(hex(&derived).starts_with("8da4e775a563c18f715f802a063c5a31"));
        assert!(hkdf(hash("SHA-256"), &secret, b"", b"", 255 * 32 + 1).is_err());
        assert_eq!(hkdf(hash("SHA-1"), b"", b"", b"", 0).unwrap(), b"");
        // RFC 6070, test case 2
        let derived = pbkdf2(hash("SHA-1"), b"password", b"salt", 2, 20).unwrap();
        assert_eq!(hex(&derived), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
        assert_eq!(
            pbkdf2(hash("SHA-256"), b"", b"", 1, 0).unwrap(),
            Vec::<u8>::new()
        );
        assert_eq!(
            hex(&pbkdf2(hash("SHA-256"), b"", b"", 1, 4).unwrap()).len(),
            8
        );
        // RFC 7914 §11
        let derived = pbkdf2(hash("SHA-256"), b"passwd", b"salt", 1, 64).unwrap();
        assert!(hex(&derived).starts_with("55ac046e56e3089fec1691c22544b605"));
        // RFC 7914 §12
        let derived = scrypt(b"", b"", (16, 1, 1), 32 << 20, 64).unwrap();
        assert!(hex(&derived).starts_with("77d6576238657b203b19ca42c18a0497"));
        assert!(scrypt(b"", b"", (15, 1, 1), 32 << 20, 64).is_err());
    }

    #[test]
    fn both_libraries_derive_the_same() {
        for name in ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"] {
            let hash = Hash::named(name).unwrap();
            for (password, length) in [(&b"a password"[..], 100), (b"", 1)] {
                let mut expected = vec![0; length];
                let digest = hash.message_digest();
                openssl::pkcs5::pbkdf2_hmac(password, b"salt", 3, digest, &mut expected).unwrap();
                let derived = pbkdf2(hash, password, b"salt", 3, length).unwrap();
                assert_eq!(derived, expected, "{name}");
            }
            assert!(pbkdf2(hash, b"", b"", 0, 1).is_err());
        }
    }
}
