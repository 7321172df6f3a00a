//! Agreeing on a secret with bare numbers and points: Diffie–Hellman, and the same on elliptic curves.

use super::failure::Failure;
use super::keys::curve;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use openssl::bn::{BigNum, BigNumContext};
use openssl::dh::Dh;
use openssl::ec::{EcKey, EcPoint, PointConversionForm};
use quire_jsc::Call;
use std::rc::Rc;

fn form(name: &str) -> PointConversionForm {
    match name {
        "compressed" => PointConversionForm::COMPRESSED,
        "hybrid" => PointConversionForm::HYBRID,
        _ => PointConversionForm::UNCOMPRESSED,
    }
}

fn invalid_point<E>(_: E) -> Failure {
    Failure::new(
        "ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY",
        "Public key is not valid for specified curve",
    )
}

/// (curve) → private key
fn ecdh_generate(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let group = curve(&text(call, 0)?)?;
    let size = (group.degree() as i32 + 7) / 8;
    Ok(EcKey::generate(&group)?.private_key().to_vec_padded(size)?)
}

/// (curve, private key, form) → public key
fn ecdh_public(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let group = curve(&text(call, 0)?)?;
    let secret = BigNum::from_slice(&bytes(call, 1)?)?;
    let mut order = BigNum::new()?;
    let mut context = BigNumContext::new()?;
    group.order(&mut order, &mut context)?;
    if secret.num_bits() == 0 || secret >= order {
        return Err(Failure::new(
            "ERR_CRYPTO_INVALID_KEYTYPE",
            "Private key is not valid for specified curve.",
        ));
    }
    let mut point = EcPoint::new(&group)?;
    point.mul_generator2(&group, &secret, &mut context)?;
    Ok(point.to_bytes(&group, form(&text(call, 2)?), &mut context)?)
}

/// (curve, public key, form) → public key
fn ecdh_convert(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let group = curve(&text(call, 0)?)?;
    let mut context = BigNumContext::new()?;
    let point =
        EcPoint::from_bytes(&group, &bytes(call, 1)?, &mut context).map_err(invalid_point)?;
    Ok(point.to_bytes(&group, form(&text(call, 2)?), &mut context)?)
}

/// (curve, private key, other's public key) → secret
fn ecdh_secret(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let group = curve(&text(call, 0)?)?;
    let size = (group.degree() as i32 + 7) / 8;
    let secret = BigNum::from_slice(&bytes(call, 1)?)?;
    let mut context = BigNumContext::new()?;
    let point =
        EcPoint::from_bytes(&group, &bytes(call, 2)?, &mut context).map_err(invalid_point)?;
    let mut shared = EcPoint::new(&group)?;
    shared.mul2(&group, &point, &secret, &mut context)?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    shared
        .affine_coordinates(&group, &mut x, &mut y, &mut context)
        .map_err(invalid_point)?;
    Ok(x.to_vec_padded(size)?)
}

/// (name) → prime
fn dh_group(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let prime = match text(call, 0)?.as_str() {
        "modp1" => BigNum::get_rfc2409_prime_768()?,
        "modp2" => BigNum::get_rfc2409_prime_1024()?,
        "modp5" => BigNum::get_rfc3526_prime_1536()?,
        "modp14" => BigNum::get_rfc3526_prime_2048()?,
        "modp15" => BigNum::get_rfc3526_prime_3072()?,
        "modp16" => BigNum::get_rfc3526_prime_4096()?,
        "modp17" => BigNum::get_rfc3526_prime_6144()?,
        "modp18" => BigNum::get_rfc3526_prime_8192()?,
        _ => {
            return Err(Failure::new(
                "ERR_CRYPTO_UNKNOWN_DH_GROUP",
                "Unknown DH group",
            ));
        }
    };
    Ok(prime.to_vec())
}

/// (bits, generator) → prime
fn dh_prime(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let number = |index| call.number(index).unwrap_or(0.0) as u32;
    Ok(Dh::generate_params(number(0), number(1))?
        .prime_p()
        .to_vec())
}

/// (prime, generator) → private key
fn dh_generate(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let (p, g) = (
        BigNum::from_slice(&bytes(call, 0)?)?,
        BigNum::from_slice(&bytes(call, 1)?)?,
    );
    let key = Dh::from_pqg(p, None, g)?.generate_key()?;
    Ok(key.private_key().to_vec())
}

/// (base, exponent, modulus) → the power: with the generator a public key, with the other's public key the secret
fn dh_power(call: &Call<'_>) -> Result<Vec<u8>, Failure> {
    let (base, exponent, modulus) = (
        BigNum::from_slice(&bytes(call, 0)?)?,
        BigNum::from_slice(&bytes(call, 1)?)?,
        BigNum::from_slice(&bytes(call, 2)?)?,
    );
    let mut context = BigNumContext::new()?;
    let (mut power, one) = (BigNum::new()?, BigNum::from_u32(1)?);
    let mut most = BigNum::new()?;
    most.checked_sub(&modulus, &one)?;
    if base <= one {
        return Err(Failure::new(
            "ERR_CRYPTO_INVALID_KEYLEN",
            "Supplied key is too small",
        ));
    }
    if base >= most {
        return Err(Failure::new(
            "ERR_CRYPTO_INVALID_KEYLEN",
            "Supplied key is too large",
        ));
    }
    power.mod_exp(&base, &exponent, &modulus, &mut context)?;
    let size = modulus.num_bytes();
    Ok(power.to_vec_padded(size)?)
}

fn text(call: &Call<'_>, index: usize) -> Result<String, Failure> {
    call.string(index)
        .map_err(|error| Failure::new("ERR_INVALID_ARG_TYPE", &error.to_string()))
}

fn bytes(call: &Call<'_>, index: usize) -> Result<Vec<u8>, Failure> {
    call.bytes(index)
        .map_err(|error| Failure::new("ERR_INVALID_ARG_TYPE", &error.to_string()))
}

type Operation = fn(&Call<'_>) -> Result<Vec<u8>, Failure>;

pub(super) fn install(realm: &Rc<Realm>) {
    let operations: [(&str, Operation); 8] = [
        ("node_crypto_ecdh_generate", ecdh_generate),
        ("node_crypto_ecdh_public", ecdh_public),
        ("node_crypto_ecdh_convert", ecdh_convert),
        ("node_crypto_ecdh_secret", ecdh_secret),
        ("node_crypto_dh_group", dh_group),
        ("node_crypto_dh_prime", dh_prime),
        ("node_crypto_dh_generate", dh_generate),
        ("node_crypto_dh_power", dh_power),
    ];
    for (name, operation) in operations {
        realm.op(name, move |call| operation(call).map_err(OpError::from));
    }
}
