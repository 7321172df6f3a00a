//! Asymmetric keys and the DER formats that hold them.

use super::elliptic::{self, Curve};
use super::error::CryptoError;
use super::{curve25519, rsa};
use openssl::pkey::{Id, PKey, PKeyRef, Private, Public};

/// What a key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rsa,
    Elliptic(Curve),
    Ed25519,
    X25519,
}

impl Kind {
    /// `RSA` or the name of a curve.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RSA" => Self::Rsa,
            "Ed25519" => Self::Ed25519,
            "X25519" => Self::X25519,
            _ => Self::Elliptic(Curve::named(name)?),
        })
    }
}

/// One half of a pair.
#[derive(Clone)]
pub(crate) enum Half {
    Public(PKey<Public>),
    Private(PKey<Private>),
}

/// A public or private key.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) kind: Kind,
    pub(crate) half: Half,
}

impl Key {
    fn new_public(kind: Kind, key: PKey<Public>) -> Self {
        let half = Half::Public(key);
        Self { kind, half }
    }

    fn new_private(kind: Kind, key: PKey<Private>) -> Self {
        let half = Half::Private(key);
        Self { kind, half }
    }

    /// A new private key of any kind but RSA.
    pub(crate) fn generate(kind: Kind) -> Result<Self, CryptoError> {
        let key = match kind {
            Kind::Rsa => return Err(not_of_kind(kind)(())),
            Kind::Elliptic(curve) => curve.generate()?,
            Kind::Ed25519 | Kind::X25519 => curve25519::generate(kind)?,
        };
        Ok(Self::new_private(kind, key))
    }

    /// A new private key of RSA; this takes seconds if it is long.
    pub(crate) fn generate_rsa(bits: u32, exponent: &[u8]) -> Result<Self, CryptoError> {
        Ok(Self::new_private(Kind::Rsa, rsa::generate(bits, exponent)?))
    }

    /// From a `SubjectPublicKeyInfo` (RFC 5280) that is nothing else and of the given kind.
    pub(crate) fn from_spki(der: &[u8], kind: Kind) -> Result<Self, CryptoError> {
        check_extent(der, "SPKI")?;
        let key =
            PKey::public_key_from_der(der).map_err(CryptoError::data("Invalid SPKI input."))?;
        let key = match kind {
            Kind::Rsa => rsa::normalized(&*key.rsa().map_err(not_of_kind(kind))?)?,
            Kind::Elliptic(curve) => curve.normalized_public(&key)?,
            Kind::Ed25519 | Kind::X25519 => checked(key, kind)?,
        };
        Ok(Self::new_public(kind, key))
    }

    /// From a `PrivateKeyInfo` (PKCS #8, RFC 5208), or as on the original from the older formats of RSA and of elliptic
    /// curves, that is nothing else and of the given kind.
    pub(crate) fn from_pkcs8(der: &[u8], kind: Kind) -> Result<Self, CryptoError> {
        check_extent(der, "PKCS8")?;
        let key =
            PKey::private_key_from_der(der).map_err(CryptoError::data("Invalid PKCS8 input."))?;
        let key = match kind {
            Kind::Rsa => PKey::from_rsa(key.rsa().map_err(not_of_kind(kind))?)?,
            Kind::Elliptic(curve) => curve.normalized_private(&key)?,
            Kind::Ed25519 | Kind::X25519 => checked(key, kind)?,
        };
        Ok(Self::new_private(kind, key))
    }

    /// A public key from its bare bytes: a point, in the encoding of X9.62 where there are several.
    pub(crate) fn from_raw(bytes: &[u8], kind: Kind) -> Result<Self, CryptoError> {
        let key = match kind {
            Kind::Rsa => {
                return Err(CryptoError::NotSupported(
                    "Unrecognized key import format \"raw\".".into(),
                ));
            }
            Kind::Elliptic(curve) => curve.public_from_point(bytes)?,
            Kind::Ed25519 | Kind::X25519 => curve25519::public_from_bytes(bytes, kind)?,
        };
        Ok(Self::new_public(kind, key))
    }

    /// From the numbers that [`numbers`](Self::numbers) gives.
    pub(crate) fn from_numbers(numbers: &[Vec<u8>], kind: Kind) -> Result<Self, CryptoError> {
        let half = match (kind, numbers) {
            (Kind::Rsa, _) => rsa::from_numbers(numbers)?,
            (Kind::Elliptic(curve), [x, y]) => Half::Public(curve.public_from_coordinates(x, y)?),
            (Kind::Elliptic(curve), [x, y, d]) => {
                Half::Private(curve.private_from_numbers(x, y, d)?)
            }
            (Kind::Ed25519 | Kind::X25519, [x]) => {
                Half::Public(curve25519::public_from_bytes(x, kind)?)
            }
            (Kind::Ed25519 | Kind::X25519, [x, d]) => {
                Half::Private(curve25519::private_from_bytes(d, x, kind)?)
            }
            _ => return Err(not_of_kind(kind)(())),
        };
        Ok(Self { kind, half })
    }

    /// What a JSON Web Key holds, in the order of RFC 7518 and RFC 8037: `n`, `e`, `d`, `p`, `q`, `dp`, `dq`, `qi` of RSA, `x`, `y`,
    /// `d` of a NIST curve, `x`, `d` of Curve25519. Those of a public key end before `d`.
    pub(crate) fn numbers(&self) -> Result<Vec<Vec<u8>>, CryptoError> {
        match self.kind {
            Kind::Rsa => rsa::numbers(&self.half),
            Kind::Elliptic(curve) => elliptic::numbers(&self.half, curve),
            Kind::Ed25519 | Kind::X25519 => curve25519::bytes(&self.half),
        }
    }

    pub(crate) fn to_spki(&self) -> Result<Vec<u8>, CryptoError> {
        Ok(match &self.half {
            Half::Public(key) => key.public_key_to_der()?,
            Half::Private(key) => key.public_key_to_der()?,
        })
    }

    pub(crate) fn to_pkcs8(&self) -> Result<Vec<u8>, CryptoError> {
        Ok(self.private()?.private_key_to_pkcs8()?)
    }

    /// The reverse of [`from_raw`](Self::from_raw).
    pub(crate) fn to_raw(&self) -> Result<Vec<u8>, CryptoError> {
        let key = self.public()?;
        match self.kind {
            Kind::Elliptic(_) => elliptic::point_bytes(&key),
            Kind::Ed25519 | Kind::X25519 => Ok(key.raw_public_key()?),
            Kind::Rsa => Err(CryptoError::NotSupported(
                "An RSA key has no raw format.".into(),
            )),
        }
    }

    pub(crate) fn private(&self) -> Result<&PKeyRef<Private>, CryptoError> {
        match &self.half {
            Half::Private(key) => Ok(key),
            Half::Public(_) => Err(CryptoError::Data("A private key is required.".into())),
        }
    }

    /// The half that everybody may know.
    pub(crate) fn public(&self) -> Result<PKey<Public>, CryptoError> {
        match &self.half {
            Half::Public(key) => Ok(key.clone()),
            Half::Private(key) => Ok(PKey::public_key_from_der(&key.public_key_to_der()?)?),
        }
    }

    pub(crate) fn to_public(&self) -> Result<Self, CryptoError> {
        Ok(Self::new_public(self.kind, self.public()?))
    }
}

fn checked<T>(key: PKey<T>, kind: Kind) -> Result<PKey<T>, CryptoError> {
    let wanted = match kind {
        Kind::Ed25519 => Id::ED25519,
        _ => Id::X25519,
    };
    if key.id() == wanted {
        Ok(key)
    } else {
        Err(not_of_kind(kind)(()))
    }
}

pub(crate) fn not_of_kind<E>(kind: Kind) -> impl FnOnce(E) -> CryptoError {
    move |_| {
        CryptoError::Data(match kind {
            Kind::Rsa => "Input was not an RSA key.".into(),
            Kind::Elliptic(_) => "Input was not an EC key.".into(),
            Kind::Ed25519 | Kind::X25519 => format!("Input was not an {kind:?} key"),
        })
    }
}

/// OpenSSL stops reading where the key ends; what follows would be lost silently.
fn check_extent(der: &[u8], format: &str) -> Result<(), CryptoError> {
    let invalid = || CryptoError::Data(format!("Invalid {format} input."));
    let (&[tag, first], rest) = der.split_first_chunk().ok_or_else(invalid)?;
    if tag != 0x30 {
        return Err(invalid());
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (length, rest) = rest
            .split_at_checked(usize::from(first & 0x7f))
            .filter(|(length, _)| (1..=4).contains(&length.len()))
            .ok_or_else(invalid)?;
        let number = length
            .iter()
            .fold(0, |number, &byte| number << 8 | usize::from(byte));
        (number, rest)
    };
    match rest.len().checked_sub(length) {
        Some(0) => Ok(()),
        Some(more) => Err(CryptoError::Data(format!(
            "Invalid {more} trailing bytes after {format} input."
        ))),
        None => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn pairs() -> Vec<Key> {
        let kinds = ["P-256", "P-384", "P-521", "Ed25519", "X25519"];
        let kinds = kinds.map(|name| Kind::named(name).unwrap());
        let mut keys: Vec<_> = kinds
            .into_iter()
            .map(|kind| Key::generate(kind).unwrap())
            .collect();
        keys.push(Key::generate_rsa(1024, &[1, 0, 1]).unwrap());
        keys
    }

    #[test]
    fn keys_come_back_from_their_formats() {
        for key in pairs() {
            let kind = key.kind;
            let (spki, pkcs8) = (key.to_spki().unwrap(), key.to_pkcs8().unwrap());
            let public = Key::from_spki(&spki, kind).unwrap();
            assert_eq!(public.to_spki().unwrap(), spki);
            assert_eq!(key.to_public().unwrap().to_spki().unwrap(), spki);
            assert!(public.to_pkcs8().is_err());
            let private = Key::from_pkcs8(&pkcs8, kind).unwrap();
            assert_eq!(private.to_pkcs8().unwrap(), pkcs8);
            assert_eq!(private.to_spki().unwrap(), spki);
            for other in pairs() {
                let same = other.kind == kind;
                assert_eq!(Key::from_spki(&spki, other.kind).is_ok(), same);
                assert_eq!(Key::from_pkcs8(&pkcs8, other.kind).is_ok(), same);
            }
            let longer = [spki.as_slice(), &[0]].concat();
            assert!(Key::from_spki(&longer, kind).is_err());
            assert!(Key::from_spki(&spki[..spki.len() - 1], kind).is_err());
            assert!(Key::from_spki(&pkcs8, kind).is_err());
            for key in [&public, &private] {
                let read = Key::from_numbers(&key.numbers().unwrap(), kind).unwrap();
                assert_eq!(read.to_spki().unwrap(), spki);
                assert_eq!(read.to_pkcs8().ok(), key.to_pkcs8().ok());
            }
            match public.to_raw() {
                Ok(raw) => {
                    let read = Key::from_raw(&raw, kind).unwrap();
                    assert_eq!(read.to_spki().unwrap(), spki);
                }
                Err(_) => assert_eq!(kind, Kind::Rsa),
            }
        }
    }

    proptest! {
        #[test]
        fn damaged_keys_are_errors_or_other_keys(at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let kind = Kind::Elliptic(Curve::P256);
            let key = Key::generate(kind).unwrap();
            for (mut der, private) in [(key.to_spki().unwrap(), false), (key.to_pkcs8().unwrap(), true)] {
                let at = at.index(der.len());
                der[at] ^= 1 << bit;
                let read = if private { Key::from_pkcs8(&der, kind) } else { Key::from_spki(&der, kind) };
                if let Ok(read) = read {
                    let again = if private { read.to_pkcs8() } else { read.to_spki() };
                    prop_assert!(again.is_ok());
                }
            }
        }

        #[test]
        fn anything_may_be_given_as_a_key(der in proptest::collection::vec(any::<u8>(), 0..200)) {
            for kind in [Kind::Rsa, Kind::Elliptic(Curve::P521), Kind::Ed25519, Kind::X25519] {
                prop_assert!(Key::from_spki(&der, kind).is_err());
                prop_assert!(Key::from_pkcs8(&der, kind).is_err());
            }
        }
    }
}
