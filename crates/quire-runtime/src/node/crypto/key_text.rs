//! Keys as PEM and DER, with and without a passphrase.

use super::failure::Failure;
use super::keys::public_of;
use crate::web::crypto::keys::Half;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use openssl::x509::X509;

/// How a key is written.
pub(super) struct Encoding {
    pub(super) is_pem: bool,
    /// `spki`, `pkcs1`, `pkcs8`, `sec1`, or nothing where it can be seen
    pub(super) kind: String,
    pub(super) passphrase: Option<Vec<u8>>,
    /// The cipher to write with
    pub(super) cipher: Option<String>,
}

fn unreadable<E>(_: E) -> Failure {
    Failure::new(
        "ERR_OSSL_UNSUPPORTED",
        "error:1E08010C:DECODER routines::unsupported",
    )
}

fn missing_passphrase() -> Failure {
    Failure::new(
        "ERR_MISSING_PASSPHRASE",
        "Passphrase required for encrypted key",
    )
}

pub(super) fn read_private(bytes: &[u8], encoding: &Encoding) -> Result<PKey<Private>, Failure> {
    if encoding.is_pem {
        if let Some(passphrase) = &encoding.passphrase {
            return Ok(PKey::private_key_from_pem_passphrase(bytes, passphrase)?);
        }
        let mut asked = false;
        let key = PKey::private_key_from_pem_callback(bytes, |_| {
            asked = true;
            Ok(0)
        });
        return key.map_err(|error| {
            if asked {
                missing_passphrase()
            } else {
                unreadable(error)
            }
        });
    }
    if let Some(passphrase) = &encoding.passphrase
        && let Ok(key) = PKey::private_key_from_pkcs8_passphrase(bytes, passphrase)
    {
        return Ok(key);
    }
    PKey::private_key_from_der(bytes).map_err(unreadable)
}

pub(super) fn read_public(bytes: &[u8], encoding: &Encoding) -> Result<PKey<Public>, Failure> {
    if !encoding.is_pem {
        let key = match encoding.kind.as_str() {
            "pkcs1" => Rsa::public_key_from_der_pkcs1(bytes).and_then(PKey::from_rsa),
            _ => PKey::public_key_from_der(bytes),
        };
        return match key {
            Ok(key) => Ok(key),
            Err(_) => public_of(&Half::Private(read_private(bytes, encoding)?)),
        };
    }
    let has = |label: &[u8]| bytes.windows(label.len()).any(|window| window == label);
    if has(b"BEGIN PUBLIC KEY") {
        PKey::public_key_from_pem(bytes).map_err(unreadable)
    } else if has(b"BEGIN RSA PUBLIC KEY") {
        Rsa::public_key_from_pem_pkcs1(bytes)
            .and_then(PKey::from_rsa)
            .map_err(unreadable)
    } else if has(b"BEGIN CERTIFICATE") {
        Ok(X509::from_pem(bytes)
            .map_err(unreadable)?
            .public_key()
            .map_err(unreadable)?)
    } else {
        public_of(&Half::Private(read_private(bytes, encoding)?))
    }
}

pub(super) fn write(half: &Half, encoding: &Encoding) -> Result<Vec<u8>, Failure> {
    match half {
        Half::Public(key) => write_public(key, encoding),
        Half::Private(key) => write_private(key, encoding),
    }
}

fn write_public(key: &PKey<Public>, encoding: &Encoding) -> Result<Vec<u8>, Failure> {
    Ok(match (encoding.kind.as_str(), encoding.is_pem) {
        ("pkcs1", true) => key.rsa()?.public_key_to_pem_pkcs1()?,
        ("pkcs1", false) => key.rsa()?.public_key_to_der_pkcs1()?,
        (_, true) => key.public_key_to_pem()?,
        (_, false) => key.public_key_to_der()?,
    })
}

fn write_private(key: &PKey<Private>, encoding: &Encoding) -> Result<Vec<u8>, Failure> {
    let lock = match (&encoding.cipher, &encoding.passphrase) {
        (Some(name), Some(passphrase)) => Some((cipher(name)?, passphrase.as_slice())),
        _ => None,
    };
    Ok(match (encoding.kind.as_str(), encoding.is_pem, lock) {
        ("pkcs1", true, None) => key.rsa()?.private_key_to_pem()?,
        ("pkcs1", true, Some((cipher, passphrase))) => key
            .rsa()?
            .private_key_to_pem_passphrase(cipher, passphrase)?,
        ("pkcs1", false, _) => key.rsa()?.private_key_to_der()?,
        ("sec1", true, None) => key.ec_key()?.private_key_to_pem()?,
        ("sec1", true, Some((cipher, passphrase))) => key
            .ec_key()?
            .private_key_to_pem_passphrase(cipher, passphrase)?,
        ("sec1", false, _) => key.ec_key()?.private_key_to_der()?,
        (_, true, None) => key.private_key_to_pem_pkcs8()?,
        (_, true, Some((cipher, passphrase))) => {
            key.private_key_to_pem_pkcs8_passphrase(cipher, passphrase)?
        }
        (_, false, None) => key.private_key_to_pkcs8()?,
        (_, false, Some((cipher, passphrase))) => {
            key.private_key_to_pkcs8_passphrase(cipher, passphrase)?
        }
    })
}

fn cipher(name: &str) -> Result<Cipher, Failure> {
    let found = match name.to_ascii_lowercase().as_str() {
        "aes-128-cbc" | "aes128" => Cipher::aes_128_cbc(),
        "aes-192-cbc" | "aes192" => Cipher::aes_192_cbc(),
        "aes-256-cbc" | "aes256" => Cipher::aes_256_cbc(),
        "des-ede3-cbc" | "des3" => Cipher::des_ede3_cbc(),
        _ => return Err(Failure::new("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher")),
    };
    Ok(found)
}
