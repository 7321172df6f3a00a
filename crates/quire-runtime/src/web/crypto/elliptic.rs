//! The elliptic curves of NIST: ECDSA, ECDH, key pairs and their numbers.

use super::digest::Hash;
use super::error::CryptoError;
use super::keys::{Half, Kind, not_of_kind};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcKeyRef, EcPoint, EcPointRef, PointConversionForm};
use openssl::ecdsa::EcdsaSig;
use openssl::md_ctx::MdCtx;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, PKey, PKeyRef, Private, Public};
use openssl::pkey_ctx::PkeyCtx;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "P-256" => Self::P256,
            "P-384" => Self::P384,
            "P-521" => Self::P521,
            _ => return None,
        })
    }

    /// The length in bytes of a coordinate, a private key, and of each half of a signature.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn group(self) -> Result<EcGroup, CryptoError> {
        Ok(EcGroup::from_curve_name(match self {
            Self::P256 => Nid::X9_62_PRIME256V1,
            Self::P384 => Nid::SECP384R1,
            Self::P521 => Nid::SECP521R1,
        })?)
    }

    /// A new private key.
    pub(crate) fn generate(self) -> Result<PKey<Private>, CryptoError> {
        let group = self.group()?;
        Ok(PKey::from_ec_key(EcKey::generate(&group)?)?)
    }

    /// The public key that is this point, in the encoding of X9.62, compressed or not.
    pub(crate) fn public_from_point(self, bytes: &[u8]) -> Result<PKey<Public>, CryptoError> {
        let invalid = || CryptoError::data("Failed to import raw EC key data.");
        let group = self.group()?;
        let mut context = BigNumContext::new()?;
        let point = EcPoint::from_bytes(&group, bytes, &mut context).map_err(invalid())?;
        public_key(&group, &point)
    }

    /// The public key with these coordinates.
    pub(crate) fn public_from_coordinates(
        self,
        x: &[u8],
        y: &[u8],
    ) -> Result<PKey<Public>, CryptoError> {
        let group = self.group()?;
        public_key(&group, &*point(&group, x, y)?)
    }

    /// The private key `d` with the coordinates of its public key.
    pub(crate) fn private_from_numbers(
        self,
        x: &[u8],
        y: &[u8],
        d: &[u8],
    ) -> Result<PKey<Private>, CryptoError> {
        let group = self.group()?;
        let point = point(&group, x, y)?;
        private_key(&group, &*BigNum::from_slice(d)?, &point)
    }

    /// As keys of this curve are here, however the format it came in wrote it: the curve by its name, the point not compressed.
    pub(super) fn normalized_public(self, key: &PKey<Public>) -> Result<PKey<Public>, CryptoError> {
        let key = key.ec_key().map_err(not_of_kind(Kind::Elliptic(self)))?;
        let group = self.group()?;
        check_curve(&group, key.group().curve_name())?;
        public_key(&group, key.public_key())
    }

    pub(super) fn normalized_private(
        self,
        key: &PKey<Private>,
    ) -> Result<PKey<Private>, CryptoError> {
        let key = key.ec_key().map_err(not_of_kind(Kind::Elliptic(self)))?;
        let group = self.group()?;
        check_curve(&group, key.group().curve_name())?;
        private_key(&group, key.private_key(), key.public_key())
    }
}

fn check_curve(group: &EcGroup, curve: Option<Nid>) -> Result<(), CryptoError> {
    if group.curve_name() == curve {
        return Ok(());
    }
    Err(CryptoError::Data(
        "\"algorithm.namedCurve\" does not match the curve specified by the input key data.".into(),
    ))
}

fn point(group: &EcGroup, x: &[u8], y: &[u8]) -> Result<EcPoint, CryptoError> {
    let mut context = BigNumContext::new()?;
    let mut point = EcPoint::new(group)?;
    point
        .set_affine_coordinates(
            group,
            &*BigNum::from_slice(x)?,
            &*BigNum::from_slice(y)?,
            &mut context,
        )
        .map_err(CryptoError::data(
            "Invalid EC key; public key coordinates \"x\" and \"y\" are invalid",
        ))?;
    Ok(point)
}

/// These curves have no points outside the group of their generator: on the curve is enough, if it is not the point at infinity.
fn public_key(group: &EcGroup, point: &EcPointRef) -> Result<PKey<Public>, CryptoError> {
    let invalid = || CryptoError::Data("Invalid EC key provided".into());
    let mut context = BigNumContext::new()?;
    if point.is_infinity(group) || !point.is_on_curve(group, &mut context)? {
        return Err(invalid());
    }
    let key = EcKey::from_public_key(group, point).map_err(|_| invalid())?;
    Ok(PKey::from_ec_key(key)?)
}

fn private_key(
    group: &EcGroup,
    number: &openssl::bn::BigNumRef,
    point: &EcPointRef,
) -> Result<PKey<Private>, CryptoError> {
    let invalid = || CryptoError::data("Invalid EC key in JSON Web Key.");
    let key = EcKey::from_private_components(group, number, point).map_err(invalid())?;
    // That the one belongs to the other.
    key.check_key().map_err(invalid())?;
    Ok(PKey::from_ec_key(key)?)
}

/// The numbers of a key, all as long as its curve's field, in the order of RFC 7518 §6.2: `x`, `y`, and of a private key `d`.
pub(crate) fn numbers(key: &Half, curve: Curve) -> Result<Vec<Vec<u8>>, CryptoError> {
    let size = curve.size() as i32;
    let mut numbers = match key {
        Half::Public(key) => coordinates(&*key.ec_key()?, size)?,
        Half::Private(key) => coordinates(&*key.ec_key()?, size)?,
    };
    if let Half::Private(key) = key {
        numbers.push(key.ec_key()?.private_key().to_vec_padded(size)?);
    }
    Ok(numbers)
}

fn coordinates(key: &EcKeyRef<impl HasPublic>, size: i32) -> Result<Vec<Vec<u8>>, CryptoError> {
    let mut context = BigNumContext::new()?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    key.public_key()
        .affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
    Ok(vec![x.to_vec_padded(size)?, y.to_vec_padded(size)?])
}

/// The point of a public key, not compressed.
pub(crate) fn point_bytes(key: &PKeyRef<Public>) -> Result<Vec<u8>, CryptoError> {
    let key = key.ec_key()?;
    let mut context = BigNumContext::new()?;
    Ok(key
        .public_key()
        .to_bytes(key.group(), PointConversionForm::UNCOMPRESSED, &mut context)?)
}

/// ECDSA; the signature is r and s, each as long as the curve's field.
pub(crate) fn sign(
    key: &PKeyRef<Private>,
    curve: Curve,
    hash: Hash,
    data: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let mut context = MdCtx::new()?;
    context.digest_sign_init(Some(hash.md()?), key)?;
    let mut der = Vec::new();
    context.digest_sign_to_vec(data, &mut der)?;
    let signature = EcdsaSig::from_der(&der)?;
    let size = curve.size() as i32;
    let mut output = signature.r().to_vec_padded(size)?;
    output.extend(signature.s().to_vec_padded(size)?);
    Ok(output)
}

pub(crate) fn verify(
    key: &PKeyRef<impl HasPublic>,
    curve: Curve,
    hash: Hash,
    signature: &[u8],
    data: &[u8],
) -> Result<bool, CryptoError> {
    if signature.len() != 2 * curve.size() {
        return Ok(false);
    }
    let (r, s) = signature.split_at(curve.size());
    let signature =
        EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
    let mut context = MdCtx::new()?;
    context.digest_verify_init(Some(hash.md()?), key)?;
    Ok(context
        .digest_verify(data, &signature.to_der()?)
        .unwrap_or(false))
}

/// The secret that the holders of two private keys share; also of X25519.
pub(crate) fn shared_secret(
    private: &PKeyRef<Private>,
    public: &PKeyRef<Public>,
) -> Result<Vec<u8>, CryptoError> {
    let failed = || CryptoError::operation("Failed to derive the shared secret");
    let mut context = PkeyCtx::new(private)?;
    context.derive_init()?;
    context.derive_set_peer(public).map_err(failed())?;
    let mut secret = Vec::new();
    context.derive_to_vec(&mut secret).map_err(failed())?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::unhex;
    use super::*;

    const ALL: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

    fn pair(curve: Curve) -> (PKey<Private>, PKey<Public>) {
        let private = curve.generate().unwrap();
        let der = private.public_key_to_der().unwrap();
        (private, PKey::public_key_from_der(&der).unwrap())
    }

    #[test]
    fn signatures_are_good_for_what_was_signed() {
        for curve in ALL {
            let (private, public) = pair(curve);
            for name in ["SHA-1", "SHA-256", "SHA-384", "SHA-512"] {
                let hash = Hash::named(name).unwrap();
                let signature = sign(&private, curve, hash, b"data").unwrap();
                assert_eq!(signature.len(), 2 * curve.size());
                let check = |signature: &[u8], data: &[u8]| {
                    verify(&public, curve, hash, signature, data).unwrap()
                };
                assert!(check(&signature, b"data"));
                assert!(!check(&signature, b"date"));
                assert!(!check(&signature[1..], b"data"));
                assert!(!check(&vec![0; signature.len()], b"data"));
                assert!(!check(&vec![0xff; signature.len()], b"data"));
            }
        }
    }

    #[test]
    fn a_signature_of_the_standard_is_good() {
        // RFC 6979 A.2.5: P-256, SHA-256, "sample".
        let key = Curve::P256
            .public_from_coordinates(
                &unhex("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"),
                &unhex("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"),
            )
            .unwrap();
        let signature = unhex(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        );
        let hash = Hash::named("SHA-256").unwrap();
        assert!(verify(&key, Curve::P256, hash, &signature, b"sample").unwrap());
    }

    #[test]
    fn keys_come_back_from_points_and_numbers() {
        for curve in ALL {
            let (private, public) = pair(curve);
            let spki = public.public_key_to_der().unwrap();
            let all = numbers(&Half::Private(private.clone()), curve).unwrap();
            let [x, y, d] = all.as_slice() else {
                panic!("a private key has three numbers");
            };
            assert_eq!(
                numbers(&Half::Public(public.clone()), curve).unwrap(),
                all[..2]
            );
            let point = [&[4], x.as_slice(), y].concat();
            assert_eq!(point_bytes(&public).unwrap(), point);
            let compressed = [&[2 + (y[y.len() - 1] & 1)], x.as_slice()].concat();
            for bytes in [&point, &compressed] {
                let read = curve.public_from_point(bytes).unwrap();
                assert_eq!(read.public_key_to_der().unwrap(), spki);
            }
            let read = curve.public_from_coordinates(x, y).unwrap();
            assert_eq!(read.public_key_to_der().unwrap(), spki);
            let read = curve.private_from_numbers(x, y, d).unwrap();
            assert_eq!(
                read.private_key_to_pkcs8().unwrap(),
                private.private_key_to_pkcs8().unwrap()
            );
            let other = Half::Private(curve.generate().unwrap());
            let other = numbers(&other, curve).unwrap();
            assert!(curve.private_from_numbers(x, y, &other[2]).is_err());
            assert!(curve.public_from_coordinates(x, &other[1]).is_err());
            assert!(curve.public_from_point(&[0]).is_err());
            assert!(curve.public_from_point(&point[1..]).is_err());
        }
    }

    #[test]
    fn both_sides_derive_the_same_secret() {
        for curve in ALL {
            let (one, other) = (pair(curve), pair(curve));
            let shared = shared_secret(&one.0, &other.1).unwrap();
            assert_eq!(shared.len(), curve.size());
            assert_eq!(shared, shared_secret(&other.0, &one.1).unwrap());
        }
    }
}
