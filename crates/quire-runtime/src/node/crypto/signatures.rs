//! Signing and verifying, and RSA's ways of encrypting.

use super::failure::Failure;
use super::hashing::message_digest;
use crate::web::crypto::keys::Half;
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::encrypt::{Decrypter, Encrypter};
use openssl::pkey::{Id, PKey, PKeyRef, Private, Public};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer, Verifier};

const PSS: i32 = 6;
const OAEP: i32 = 4;

/// How to sign.
pub(super) struct Manner {
    /// Nothing for the key's own
    pub(super) hash: Option<String>,
    pub(super) padding: i32,
    /// -1: as long as the digest; -2: as long as can be, or as it is found
    pub(super) salt: Option<i32>,
    /// r and s side by side rather than in DER
    pub(super) is_plain: bool,
}

impl Manner {
    fn salt_length(&self, otherwise: i32) -> RsaPssSaltlen {
        match self.salt.unwrap_or(otherwise) {
            -1 => RsaPssSaltlen::DIGEST_LENGTH,
            -2 | -3 => RsaPssSaltlen::MAXIMUM_LENGTH,
            length => RsaPssSaltlen::custom(length),
        }
    }

    fn digest(&self) -> Result<openssl::hash::MessageDigest, Failure> {
        message_digest(self.hash.as_deref().unwrap_or("sha256"))
    }

    fn padding(&self, id: Id) -> Option<Padding> {
        match id {
            Id::RSA_PSS => Some(Padding::PKCS1_PSS),
            Id::RSA if self.padding == PSS => Some(Padding::PKCS1_PSS),
            Id::RSA => Some(Padding::PKCS1),
            _ => None,
        }
    }
}

fn signs_at_once(id: Id) -> bool {
    id == Id::ED25519 || id == Id::ED448
}

/// The length of r and of s.
fn half_length(bits: u32) -> i32 {
    (bits as i32 + 7) / 8
}

pub(super) fn sign(
    key: &PKeyRef<Private>,
    data: &[u8],
    manner: &Manner,
) -> Result<Vec<u8>, Failure> {
    if signs_at_once(key.id()) {
        return Ok(Signer::new_without_digest(key)?.sign_oneshot_to_vec(data)?);
    }
    let mut signer = Signer::new(manner.digest()?, key)?;
    if let Some(padding) = manner.padding(key.id()) {
        signer.set_rsa_padding(padding)?;
        if padding == Padding::PKCS1_PSS {
            signer.set_rsa_pss_saltlen(manner.salt_length(-2))?;
        }
    }
    let signature = signer.sign_oneshot_to_vec(data)?;
    if key.id() == Id::EC && manner.is_plain {
        let numbers = EcdsaSig::from_der(&signature)?;
        let length = half_length(key.ec_key()?.group().degree());
        let mut plain = numbers.r().to_vec_padded(length)?;
        plain.extend(numbers.s().to_vec_padded(length)?);
        return Ok(plain);
    }
    Ok(signature)
}

pub(super) fn verify(
    key: &PKeyRef<Public>,
    data: &[u8],
    signature: &[u8],
    manner: &Manner,
) -> Result<bool, Failure> {
    if signs_at_once(key.id()) {
        let mut verifier = Verifier::new_without_digest(key)?;
        return Ok(verifier.verify_oneshot(signature, data).unwrap_or(false));
    }
    let mut verifier = Verifier::new(manner.digest()?, key)?;
    if let Some(padding) = manner.padding(key.id()) {
        verifier.set_rsa_padding(padding)?;
        if padding == Padding::PKCS1_PSS {
            // -2 is "whatever it is" for those who verify.
            verifier.set_rsa_pss_saltlen(manner.salt_length(-2))?;
        }
    }
    let in_der;
    let signature = if key.id() == Id::EC && manner.is_plain {
        let length = half_length(key.ec_key()?.group().degree()) as usize;
        if signature.len() != 2 * length {
            return Ok(false);
        }
        let (r, s) = signature.split_at(length);
        let numbers =
            EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
        in_der = numbers.to_der()?;
        &in_der
    } else {
        signature
    };
    // What is malformed is not valid; the reasons stay on OpenSSL's list, which is emptied by this.
    Ok(verifier.verify_oneshot(signature, data).unwrap_or(false))
}

/// How to encrypt with RSA.
pub(super) struct RsaManner {
    pub(super) padding: i32,
    pub(super) oaep_hash: String,
    pub(super) oaep_label: Option<Vec<u8>>,
}

fn padding(number: i32) -> Result<Padding, Failure> {
    Ok(match number {
        1 => Padding::PKCS1,
        3 => Padding::NONE,
        OAEP => Padding::PKCS1_OAEP,
        _ => {
            return Err(Failure::new(
                "ERR_OSSL_ILLEGAL_OR_UNSUPPORTED_PADDING_MODE",
                "error:1C8000A5:Provider routines::illegal or unsupported padding mode",
            ));
        }
    })
}

pub(super) fn public_encrypt(
    key: &PKey<Public>,
    data: &[u8],
    manner: &RsaManner,
) -> Result<Vec<u8>, Failure> {
    let mut encrypter = Encrypter::new(key)?;
    encrypter.set_rsa_padding(padding(manner.padding)?)?;
    if manner.padding == OAEP {
        let digest = message_digest(&manner.oaep_hash)?;
        encrypter.set_rsa_oaep_md(digest)?;
        encrypter.set_rsa_mgf1_md(digest)?;
        if let Some(label) = &manner.oaep_label {
            encrypter.set_rsa_oaep_label(label)?;
        }
    }
    let mut output = vec![0; encrypter.encrypt_len(data)?];
    let length = encrypter.encrypt(data, &mut output)?;
    output.truncate(length);
    Ok(output)
}

pub(super) fn private_decrypt(
    key: &PKey<Private>,
    data: &[u8],
    manner: &RsaManner,
) -> Result<Vec<u8>, Failure> {
    let mut decrypter = Decrypter::new(key)?;
    decrypter.set_rsa_padding(padding(manner.padding)?)?;
    if manner.padding == OAEP {
        let digest = message_digest(&manner.oaep_hash)?;
        decrypter.set_rsa_oaep_md(digest)?;
        decrypter.set_rsa_mgf1_md(digest)?;
        if let Some(label) = &manner.oaep_label {
            decrypter.set_rsa_oaep_label(label)?;
        }
    }
    let mut output = vec![0; decrypter.decrypt_len(data)?];
    let length = decrypter.decrypt(data, &mut output)?;
    output.truncate(length);
    Ok(output)
}

/// The raw operations that signatures are made of: with the private half, or (`Half::Public`) back.
pub(super) fn raw(half: &Half, data: &[u8], number: i32) -> Result<Vec<u8>, Failure> {
    let padding = padding(number)?;
    let (mut output, length) = match half {
        Half::Private(key) => {
            let rsa = key.rsa()?;
            let mut output = vec![0; rsa.size() as usize];
            let length = rsa.private_encrypt(data, &mut output, padding)?;
            (output, length)
        }
        Half::Public(key) => {
            let rsa = key.rsa()?;
            let mut output = vec![0; rsa.size() as usize];
            let length = rsa.public_decrypt(data, &mut output, padding)?;
            (output, length)
        }
    };
    output.truncate(length);
    Ok(output)
}
