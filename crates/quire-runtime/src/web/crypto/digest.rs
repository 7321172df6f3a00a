//! Hash functions and the message authentication code made of them.

use super::error::CryptoError;
use openssl::hash::{Hasher as OpensslHasher, MessageDigest};
use openssl::md::{Md, MdRef};
use openssl::md_ctx::MdCtx;
use openssl::pkey::PKey;

/// A hash function.
#[derive(Clone, Copy)]
pub(crate) struct Hash(MessageDigest);

impl Hash {
    /// One of those of the Web Cryptography API, and MD5, which Workers know too, by its name there.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(Self(match name {
            "MD5" => MessageDigest::md5(),
            "SHA-1" => MessageDigest::sha1(),
            "SHA-256" => MessageDigest::sha256(),
            "SHA-384" => MessageDigest::sha384(),
            "SHA-512" => MessageDigest::sha512(),
            _ => return None,
        }))
    }

    /// Any that OpenSSL knows, by a name of OpenSSL: `sha256`, `RSA-SHA256`, `sha3-512`, `ripemd160` …
    #[allow(dead_code, reason = "for node:crypto")]
    pub(crate) fn named_by_openssl(name: &str) -> Option<Self> {
        MessageDigest::from_name(name).map(Self)
    }

    /// The length of a digest in bytes.
    pub(crate) fn size(self) -> usize {
        self.0.size()
    }

    pub(crate) fn message_digest(self) -> MessageDigest {
        self.0
    }

    /// As the newer half of OpenSSL's interface wants it.
    pub(crate) fn md(self) -> Result<&'static MdRef, CryptoError> {
        Md::from_nid(self.0.type_())
            .ok_or_else(|| CryptoError::NotSupported("The digest algorithm is not known.".into()))
    }

    pub(crate) fn digest(self, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(openssl::hash::hash(self.0, data)?.to_vec())
    }

    pub(crate) fn hmac(self, key: &[u8], data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let mut hmac = Hmac::new(self, key)?;
        hmac.update(data)?;
        hmac.finish()
    }
}

/// A digest over data that comes in pieces.
#[derive(Clone)]
pub(crate) struct Hasher(OpensslHasher);

impl Hasher {
    pub(crate) fn new(hash: Hash) -> Result<Self, CryptoError> {
        Ok(Self(OpensslHasher::new(hash.0)?))
    }

    pub(crate) fn update(&mut self, data: &[u8]) -> Result<(), CryptoError> {
        Ok(self.0.update(data)?)
    }

    /// The digest; the hasher starts anew.
    pub(crate) fn finish(&mut self) -> Result<Vec<u8>, CryptoError> {
        Ok(self.0.finish()?.to_vec())
    }
}

/// HMAC (RFC 2104) over data that comes in pieces.
pub(crate) struct Hmac(MdCtx);

impl Hmac {
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Result<Self, CryptoError> {
        // OpenSSL 3.0 takes no empty key. Keys are filled up with zeros: one more changes nothing.
        let key = PKey::hmac(if key.is_empty() { &[0] } else { key })?;
        let mut context = MdCtx::new()?;
        // The context keeps a reference of its own to the key.
        context.digest_sign_init(Some(hash.md()?), &key)?;
        Ok(Self(context))
    }

    pub(crate) fn update(&mut self, data: &[u8]) -> Result<(), CryptoError> {
        Ok(self.0.digest_sign_update(data)?)
    }

    pub(crate) fn finish(mut self) -> Result<Vec<u8>, CryptoError> {
        let mut code = Vec::new();
        self.0.digest_sign_final_to_vec(&mut code)?;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::hex;
    use super::*;
    use proptest::prelude::*;

    const ALL: [&str; 5] = ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

    fn digest(name: &str, data: &[u8]) -> String {
        hex(&Hash::named(name).unwrap().digest(data).unwrap())
    }

    fn hmac(name: &str, key: &[u8], data: &[u8]) -> String {
        hex(&Hash::named(name).unwrap().hmac(key, data).unwrap())
    }

    #[test]
    fn digests_are_those_of_the_standards() {
        // RFC 1321 A.5, FIPS 180 examples.
        assert_eq!(digest("MD5", b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            digest("SHA-1", b"abc"),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert_eq!(
            digest("SHA-256", b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(digest("SHA-384", b"abc").starts_with("cb00753f45a35e8bb5a03d699ac65007"));
        assert!(digest("SHA-512", b"abc").starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!(
            digest("SHA-1", b""),
            "da39a3ee5e6b4b0d3255bfef95601890afd80709"
        );
        assert!(Hash::named("sha256").is_none() && Hash::named_by_openssl("sha256").is_some());
    }

    #[test]
    fn authentication_codes_are_those_of_the_standards() {
        // RFC 2202 and RFC 4231, test case 2.
        let (key, data) = (b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hmac("MD5", key, data), "750c783e6ab0b503eaa86e310a5db738");
        assert_eq!(
            hmac("SHA-1", key, data),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(
            hmac("SHA-256", key, data),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hmac("SHA-256", b"", b""),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        );
    }

    proptest! {
        #[test]
        fn pieces_have_the_digest_of_the_whole(
            data in proptest::collection::vec(any::<u8>(), 0..500),
            cut in 0usize..500,
        ) {
            let cut = cut.min(data.len());
            for hash in ALL.map(|name| Hash::named(name).unwrap()) {
                let mut hasher = Hasher::new(hash).unwrap();
                hasher.update(&data[..cut]).unwrap();
                hasher.update(&data[cut..]).unwrap();
                prop_assert_eq!(hasher.finish().unwrap(), hash.digest(&data).unwrap());
                hasher.update(&data).unwrap();
                prop_assert_eq!(hasher.finish().unwrap(), hash.digest(&data).unwrap());
            }
        }
    }
}
