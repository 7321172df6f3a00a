//! RSA: signatures, encryption, key pairs and their numbers. OpenSSL blinds what it computes with private keys.

use super::digest::Hash;
use super::error::CryptoError;
use super::keys::Half;
use openssl::bn::{BigNum, BigNumRef};
use openssl::md_ctx::MdCtx;
use openssl::pkey::{HasPublic, PKey, PKeyRef, Private, Public};
use openssl::pkey_ctx::{PkeyCtx, PkeyCtxRef};
use openssl::rsa::{Padding, Rsa, RsaPrivateKeyBuilder, RsaRef};
use openssl::sign::RsaPssSaltlen;

/// A private key makes no operation slow enough for a thread of its own up to this many bits.
pub(crate) const QUICK_BITS: u32 = 4096;

/// How a signature is laid out.
#[derive(Clone, Copy)]
pub(crate) enum Scheme {
    /// RSASSA-PKCS1-v1_5
    Pkcs1,
    /// RSASSA-PSS with a salt of so many bytes
    Pss(i32),
}

/// Makes a key pair; this takes seconds for long keys.
pub(crate) fn generate(bits: u32, exponent: &[u8]) -> Result<PKey<Private>, CryptoError> {
    let exponent = BigNum::from_slice(exponent)?;
    let rsa = Rsa::generate_with_e(bits, &exponent)
        .map_err(CryptoError::operation("RSA key generation failed."))?;
    Ok(PKey::from_rsa(rsa)?)
}

/// A public key without what the format it came in says on its use.
pub(super) fn normalized(rsa: &RsaRef<Public>) -> Result<PKey<Public>, CryptoError> {
    let rsa = Rsa::from_public_components(rsa.n().to_owned()?, rsa.e().to_owned()?)?;
    Ok(PKey::from_rsa(rsa)?)
}

/// The numbers of a key, each with its most significant byte first, in the order of RFC 7518 §6.3: `n`, `e`, and of a
/// private key `d`, `p`, `q`, `dp`, `dq`, `qi`. A key that was made of three numbers has three.
pub(crate) fn numbers(key: &Half) -> Result<Vec<Vec<u8>>, CryptoError> {
    match key {
        Half::Public(key) => {
            let rsa = key.rsa()?;
            Ok(vec![rsa.n().to_vec(), rsa.e().to_vec()])
        }
        Half::Private(key) => {
            let rsa = key.rsa()?;
            let numbers = [
                Some(rsa.n()),
                Some(rsa.e()),
                Some(rsa.d()),
                rsa.p(),
                rsa.q(),
                rsa.dmp1(),
                rsa.dmq1(),
                rsa.iqmp(),
            ];
            let present = numbers.into_iter().map_while(|number| number);
            Ok(present.map(BigNumRef::to_vec).collect())
        }
    }
}

/// A key of these numbers, in the order of [`numbers`]: two of a public key, three or eight of a private one.
pub(crate) fn from_numbers(numbers: &[Vec<u8>]) -> Result<Half, CryptoError> {
    let number = |index: usize| -> Result<BigNum, CryptoError> {
        let bytes = numbers
            .get(index)
            .ok_or_else(|| CryptoError::Data("The RSA key is incomplete.".into()))?;
        Ok(BigNum::from_slice(bytes)?)
    };
    let (modulus, exponent) = (number(0)?, number(1)?);
    if modulus.num_bits() < 2 || !modulus.is_bit_set(0) || !exponent.is_bit_set(0) {
        return Err(invalid(()));
    }
    if numbers.len() == 2 {
        let rsa = Rsa::from_public_components(modulus, exponent).map_err(invalid)?;
        return Ok(Half::Public(PKey::from_rsa(rsa)?));
    }
    let mut builder = RsaPrivateKeyBuilder::new(modulus, exponent, number(2)?).map_err(invalid)?;
    if numbers.len() > 3 {
        let (p, q) = (number(3)?, number(4)?);
        if !is_product(&*BigNum::from_slice(&numbers[0])?, &p, &q)? {
            return Err(invalid(()));
        }
        builder = builder.set_factors(p, q).map_err(invalid)?;
        builder = builder
            .set_crt_params(number(5)?, number(6)?, number(7)?)
            .map_err(invalid)?;
    }
    Ok(Half::Private(PKey::from_rsa(builder.build())?))
}

fn invalid<E>(_: E) -> CryptoError {
    CryptoError::Data("The numbers are not those of an RSA key.".into())
}

fn is_product(product: &BigNumRef, p: &BigNumRef, q: &BigNumRef) -> Result<bool, CryptoError> {
    let mut context = openssl::bn::BigNumContext::new()?;
    let mut computed = BigNum::new()?;
    computed.checked_mul(p, q, &mut context)?;
    Ok(computed == *product)
}

/// The length of the modulus in bytes.
pub(crate) fn size(key: &Half) -> usize {
    match key {
        Half::Public(key) => key.size(),
        Half::Private(key) => key.size(),
    }
}

fn set_scheme<T>(context: &mut PkeyCtxRef<T>, scheme: Scheme) -> Result<(), CryptoError> {
    match scheme {
        Scheme::Pkcs1 => context.set_rsa_padding(Padding::PKCS1)?,
        Scheme::Pss(salt) => {
            context.set_rsa_padding(Padding::PKCS1_PSS)?;
            context.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt))?;
        }
    }
    Ok(())
}

pub(crate) fn sign(
    key: &PKeyRef<Private>,
    scheme: Scheme,
    hash: Hash,
    data: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let (size, digest) = (key.size(), hash.size());
    match scheme {
        Scheme::Pkcs1 if digest + 32 > size => {
            return Err(CryptoError::Operation(format!(
                "key too small for signing with given digest, need at least {}bits.",
                8 * (digest + 32)
            )));
        }
        Scheme::Pss(_) if digest + 2 > size => {
            return Err(CryptoError::Operation(
                "key too small for signing with given digest".into(),
            ));
        }
        Scheme::Pss(salt) if salt < 0 || salt as usize > size - digest - 2 => {
            return Err(CryptoError::Operation(
                "key too small for signing with given digest and salt length".into(),
            ));
        }
        Scheme::Pkcs1 | Scheme::Pss(_) => {}
    }
    let mut context = MdCtx::new()?;
    set_scheme(context.digest_sign_init(Some(hash.md()?), key)?, scheme)?;
    let mut signature = Vec::new();
    context.digest_sign_to_vec(data, &mut signature)?;
    Ok(signature)
}

pub(crate) fn verify(
    key: &PKeyRef<impl HasPublic>,
    scheme: Scheme,
    hash: Hash,
    signature: &[u8],
    data: &[u8],
) -> Result<bool, CryptoError> {
    // RFC 8017 §8.1.2. OpenSSL takes a PSS signature whose zeros in front were left out.
    if signature.len() != key.size() {
        return Ok(false);
    }
    let mut context = MdCtx::new()?;
    set_scheme(context.digest_verify_init(Some(hash.md()?), key)?, scheme)?;
    // An error here is about the signature: nothing sensible is in it.
    Ok(context.digest_verify(data, signature).unwrap_or(false))
}

fn set_oaep<T>(context: &mut PkeyCtxRef<T>, hash: Hash, label: &[u8]) -> Result<(), CryptoError> {
    context.set_rsa_padding(Padding::PKCS1_OAEP)?;
    context.set_rsa_oaep_md(hash.md()?)?;
    context.set_rsa_mgf1_md(hash.md()?)?;
    if !label.is_empty() {
        context.set_rsa_oaep_label(label)?;
    }
    Ok(())
}

/// RSAES-OAEP, with the same hash for the label and the mask.
pub(crate) fn encrypt_oaep(
    key: &PKeyRef<impl HasPublic>,
    hash: Hash,
    label: &[u8],
    data: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let failed = || CryptoError::operation("RSA-OAEP failed encrypt/decrypt.");
    let mut context = PkeyCtx::new(key)?;
    context.encrypt_init()?;
    set_oaep(&mut context, hash, label)?;
    let mut output = Vec::new();
    context
        .encrypt_to_vec(data, &mut output)
        .map_err(failed())?;
    Ok(output)
}

/// The reverse of [`encrypt_oaep`].
pub(crate) fn decrypt_oaep(
    key: &PKeyRef<Private>,
    hash: Hash,
    label: &[u8],
    data: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let failed = || CryptoError::operation("RSA-OAEP failed encrypt/decrypt.");
    let mut context = PkeyCtx::new(key)?;
    context.decrypt_init()?;
    set_oaep(&mut context, hash, label)?;
    let mut output = Vec::new();
    context
        .decrypt_to_vec(data, &mut output)
        .map_err(failed())?;
    Ok(output)
}

/// The bare operation of the private key on data that is padded already, for blind signatures.
pub(crate) fn sign_raw(key: &PKeyRef<Private>, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let rsa = key.rsa()?;
    let size = rsa.size() as usize;
    if data.len() > size {
        return Err(CryptoError::Data(format!(
            "Blind Signing requires presigned data ({} bytes) to be smaller than the key ({size} bytes).",
            data.len()
        )));
    }
    if BigNum::from_slice(data)? >= *rsa.n() {
        return Err(CryptoError::Data(
            "Blind Signing requires presigned data value to be strictly smaller than RSA keymodulus, consider using a \
             larger key size."
                .into(),
        ));
    }
    let mut padded = vec![0; size - data.len()];
    padded.extend_from_slice(data);
    let mut signature = vec![0; size];
    rsa.private_encrypt(&padded, &mut signature, Padding::NONE)?;
    Ok(signature)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hash(name: &str) -> Hash {
        Hash::named(name).unwrap()
    }

    fn public_of(key: &PKeyRef<Private>) -> PKey<Public> {
        PKey::public_key_from_der(&key.public_key_to_der().unwrap()).unwrap()
    }

    #[test]
    fn signatures_are_good_for_what_was_signed() {
        let private = &*generate(1024, &[3]).unwrap();
        let public = public_of(private);
        for scheme in [Scheme::Pkcs1, Scheme::Pss(0), Scheme::Pss(20)] {
            for name in ["SHA-1", "SHA-256", "SHA-384", "MD5"] {
                let signature = sign(private, scheme, hash(name), b"data").unwrap();
                let check = |scheme, name, signature: &[u8], data: &[u8]| {
                    verify(&public, scheme, hash(name), signature, data).unwrap()
                };
                assert!(check(scheme, name, &signature, b"data"));
                assert!(!check(scheme, name, &signature, b"date"));
                assert!(!check(scheme, "SHA-512", &signature, b"data"));
                assert!(!check(Scheme::Pss(5), name, &signature, b"data"));
                assert!(!check(scheme, name, &signature[1..], b"data"));
                assert!(!check(scheme, name, b"", b"data"));
            }
        }
        assert!(sign(private, Scheme::Pss(95), hash("SHA-256"), b"").is_err());
        assert!(sign(private, Scheme::Pss(-1), hash("SHA-256"), b"").is_err());
        let small = generate(512, &[1, 0, 1]).unwrap();
        assert!(sign(&small, Scheme::Pkcs1, hash("SHA-512"), b"").is_err());
    }

    #[test]
    fn a_signature_keeps_its_zeros() {
        let private = &*generate(1024, &[1, 0, 1]).unwrap();
        let (scheme, sha) = (Scheme::Pss(20), hash("SHA-256"));
        let begins_with_zero = (0..100_000)
            .map(|_| sign(private, scheme, sha, b"data").unwrap())
            .find(|signature| signature[0] == 0);
        let signature = begins_with_zero.unwrap();
        let check = |signature: &[u8]| verify(private, scheme, sha, signature, b"data").unwrap();
        assert!(check(&signature) && !check(&signature[1..]));
    }

    #[test]
    fn what_was_encrypted_is_decrypted() {
        let private = &*generate(1024, &[1, 0, 1]).unwrap();
        let public = public_of(private);
        for label in [&b""[..], b"label"] {
            let encrypted = encrypt_oaep(&public, hash("SHA-256"), label, b"secret").unwrap();
            let decrypt = |name, label| decrypt_oaep(private, hash(name), label, &encrypted);
            assert_eq!(decrypt("SHA-256", label).unwrap(), b"secret");
            assert!(decrypt("SHA-1", label).is_err());
            assert!(decrypt("SHA-256", b"other").is_err());
        }
        assert!(encrypt_oaep(&public, hash("SHA-256"), b"", &[0; 63]).is_err());
    }

    #[test]
    fn keys_come_back_from_their_numbers() {
        let key = Half::Private(generate(1024, &[1, 0, 1]).unwrap());
        let all = numbers(&key).unwrap();
        assert_eq!(
            (all.len(), all[1].as_slice(), size(&key)),
            (8, &[1, 0, 1][..], 128)
        );
        assert_eq!(numbers(&from_numbers(&all).unwrap()).unwrap(), all);
        let public = from_numbers(&all[..2]).unwrap();
        assert_eq!(numbers(&public).unwrap(), all[..2]);
        let bare = from_numbers(&all[..3]).unwrap();
        let (Half::Public(public), Half::Private(private)) = (&public, &bare) else {
            panic!("the numbers say which half it is");
        };
        let hash = hash("SHA-256");
        let signature = sign(private, Scheme::Pkcs1, hash, b"x").unwrap();
        assert!(verify(public, Scheme::Pkcs1, hash, &signature, b"x").unwrap());
        assert_eq!(numbers(&bare).unwrap(), all[..3]);
        let mut wrong = all.clone();
        wrong[3][5] ^= 4;
        assert!(from_numbers(&wrong).is_err());
        assert!(from_numbers(&[vec![], vec![3]]).is_err());
        assert!(from_numbers(&all[..5]).is_err());
    }

    #[test]
    fn the_bare_operation_is_undone_by_the_public_key() {
        let key = generate(1024, &[1, 0, 1]).unwrap();
        let signature = sign_raw(&key, b"padded already").unwrap();
        let mut data = vec![0; 128];
        key.rsa()
            .unwrap()
            .public_decrypt(&signature, &mut data, Padding::NONE)
            .unwrap();
        assert!(data.ends_with(b"\0padded already"));
        assert!(sign_raw(&key, &[0xff; 128]).is_err());
        assert!(sign_raw(&key, &[0; 129]).is_err());
    }
}
