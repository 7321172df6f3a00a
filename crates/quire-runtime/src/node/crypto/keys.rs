//! Asymmetric keys of any kind that OpenSSL knows: making them, what they are, the numbers of a JSON Web Key.

use super::failure::Failure;
use crate::web::crypto::keys::Half;
use crate::web::crypto::rsa;
use openssl::asn1::Asn1Object;
use openssl::bn::{BigNum, BigNumContext};
use openssl::dsa::Dsa;
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::rsa::Rsa;

/// The curves by the names of NIST, which OpenSSL has others for.
const CURVES: [(&str, Nid); 4] = [
    ("P-256", Nid::X9_62_PRIME256V1),
    ("P-384", Nid::SECP384R1),
    ("P-521", Nid::SECP521R1),
    ("secp256k1", Nid::SECP256K1),
];

pub(super) fn curve(name: &str) -> Result<EcGroup, Failure> {
    let nid = match CURVES.iter().find(|(known, _)| *known == name) {
        Some((_, nid)) => Some(*nid),
        None => Asn1Object::from_str(name).ok().map(|object| object.nid()),
    };
    nid.and_then(|nid| EcGroup::from_curve_name(nid).ok())
        .ok_or_else(|| Failure::new("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name"))
}

/// Node's name of a kind of key.
pub(super) fn kind(id: Id) -> &'static str {
    match id {
        Id::RSA => "rsa",
        Id::RSA_PSS => "rsa-pss",
        Id::EC => "ec",
        Id::ED25519 => "ed25519",
        Id::ED448 => "ed448",
        Id::X25519 => "x25519",
        Id::X448 => "x448",
        Id::DSA => "dsa",
        Id::DH => "dh",
        _ => "unknown",
    }
}

pub(super) fn public_of(half: &Half) -> Result<PKey<Public>, Failure> {
    Ok(match half {
        Half::Public(key) => key.clone(),
        Half::Private(key) => PKey::public_key_from_der(&key.public_key_to_der()?)?,
    })
}

pub(super) fn id(half: &Half) -> Id {
    match half {
        Half::Public(key) => key.id(),
        Half::Private(key) => key.id(),
    }
}

/// What is asked for when a pair is made.
pub(super) struct Wish {
    pub(super) kind: String,
    pub(super) bits: u32,
    pub(super) exponent: u32,
    pub(super) curve: String,
}

pub(super) fn generate(wish: &Wish) -> Result<PKey<Private>, Failure> {
    Ok(match wish.kind.as_str() {
        "rsa" | "rsa-pss" => {
            let exponent = BigNum::from_u32(wish.exponent)?;
            PKey::from_rsa(Rsa::generate_with_e(wish.bits, &exponent)?)?
        }
        "ec" => {
            let group = curve(&wish.curve)?;
            PKey::from_ec_key(EcKey::generate(&group)?)?
        }
        "dsa" => PKey::from_dsa(Dsa::generate(wish.bits)?)?,
        "ed25519" => PKey::generate_ed25519()?,
        "ed448" => PKey::generate_ed448()?,
        "x25519" => PKey::generate_x25519()?,
        "x448" => PKey::generate_x448()?,
        _ => {
            return Err(Failure::unsupported(
                "this kind of key pair cannot be made here",
            ));
        }
    })
}

/// (modulus length, public exponent, curve), as far as the key has them
pub(super) fn details(half: &Half) -> Result<(u32, String, String), Failure> {
    let key = public_of(half)?;
    let (mut bits, mut exponent, mut curve) = (0, String::new(), String::new());
    match key.id() {
        Id::RSA | Id::RSA_PSS => {
            bits = key.bits();
            if let Ok(rsa) = key.rsa() {
                exponent = rsa.e().to_dec_str()?.to_string();
            }
        }
        Id::DSA => bits = key.bits(),
        Id::EC => {
            curve = key
                .ec_key()?
                .group()
                .curve_name()
                .map_or(Ok(""), |nid| nid.short_name())?
                .into();
        }
        _ => {}
    }
    Ok((bits, exponent, curve))
}

/// The name of the curve that a JSON Web Key says, and the length of its coordinates.
fn jwk_curve(group: &openssl::ec::EcGroupRef) -> Result<(&'static str, i32), Failure> {
    let nid = group.curve_name();
    let name = CURVES
        .iter()
        .find(|(_, known)| Some(*known) == nid)
        .map(|(name, _)| *name)
        .ok_or_else(|| {
            Failure::new(
                "ERR_CRYPTO_JWK_UNSUPPORTED_CURVE",
                "Unsupported JWK EC curve.",
            )
        })?;
    Ok((name, (group.degree() as i32 + 7) / 8))
}

/// What a JSON Web Key holds: `kty`, `crv` and the numbers in the order of RFC 7518 and RFC 8037.
pub(super) fn jwk(half: &Half) -> Result<(&'static str, &'static str, Vec<Vec<u8>>), Failure> {
    let key = public_of(half)?;
    match key.id() {
        Id::RSA => Ok(("RSA", "", rsa::numbers(half)?)),
        Id::EC => {
            let public = key.ec_key()?;
            let (name, size) = jwk_curve(public.group())?;
            let mut context = BigNumContext::new()?;
            let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
            public
                .public_key()
                .affine_coordinates(public.group(), &mut x, &mut y, &mut context)?;
            let mut numbers = vec![x.to_vec_padded(size)?, y.to_vec_padded(size)?];
            if let Half::Private(key) = half {
                numbers.push(key.ec_key()?.private_key().to_vec_padded(size)?);
            }
            Ok(("EC", name, numbers))
        }
        id @ (Id::ED25519 | Id::ED448 | Id::X25519 | Id::X448) => {
            let mut numbers = vec![key.raw_public_key()?];
            if let Half::Private(key) = half {
                numbers.push(key.raw_private_key()?);
            }
            let name = match id {
                Id::ED25519 => "Ed25519",
                Id::ED448 => "Ed448",
                Id::X25519 => "X25519",
                _ => "X448",
            };
            Ok(("OKP", name, numbers))
        }
        _ => Err(Failure::new(
            "ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE",
            "Unsupported JWK Key Type.",
        )),
    }
}

/// The reverse of [`jwk`].
pub(super) fn from_jwk(kty: &str, crv: &str, numbers: &[Vec<u8>]) -> Result<Half, Failure> {
    let invalid = || Failure::new("ERR_CRYPTO_INVALID_JWK", "Invalid JWK data");
    match (kty, numbers) {
        ("RSA", _) => rsa::from_numbers(numbers).map_err(|_| invalid()),
        ("EC", [x, y, rest @ ..]) => {
            let group = curve(crv)?;
            let mut context = BigNumContext::new()?;
            let mut point = EcPoint::new(&group)?;
            let (x, y) = (BigNum::from_slice(x)?, BigNum::from_slice(y)?);
            point
                .set_affine_coordinates_gfp(&group, &x, &y, &mut context)
                .map_err(|_| invalid())?;
            Ok(match rest {
                [] => {
                    let key = EcKey::from_public_key(&group, &point)?;
                    Half::Public(PKey::from_ec_key(key)?)
                }
                [d, ..] => {
                    let secret = BigNum::from_slice(d)?;
                    let key = EcKey::from_private_components(&group, &secret, &point)?;
                    key.check_key().map_err(|_| invalid())?;
                    Half::Private(PKey::from_ec_key(key)?)
                }
            })
        }
        ("OKP", [x, rest @ ..]) => {
            let id = match crv {
                "Ed25519" => Id::ED25519,
                "Ed448" => Id::ED448,
                "X25519" => Id::X25519,
                "X448" => Id::X448,
                _ => return Err(invalid()),
            };
            Ok(match rest {
                [] => Half::Public(PKey::public_key_from_raw_bytes(x, id).map_err(|_| invalid())?),
                [d, ..] => {
                    Half::Private(PKey::private_key_from_raw_bytes(d, id).map_err(|_| invalid())?)
                }
            })
        }
        _ => Err(invalid()),
    }
}
