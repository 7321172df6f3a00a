//! The signatures (Ed25519, RFC 8032) and key agreement (X25519, RFC 7748) of Curve25519.

use super::elliptic::shared_secret;
use super::error::CryptoError;
use super::keys::{Half, Kind};
use openssl::md_ctx::MdCtx;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Private, Public};

/// The length of a public and of a private key.
const SIZE: usize = 32;

/// The encodings of the points of small order, without the sign of x: 0, 1, two of order 8, p - 1, p and p + 1.
/// A signature "by" such a key can be good for any data.
const SMALL_ORDER: [[u8; SIZE]; 7] = [
    [0; SIZE],
    little_endian(1, 0, 0),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    little_endian(0xec, 0xff, 0x7f),
    little_endian(0xed, 0xff, 0x7f),
    little_endian(0xee, 0xff, 0x7f),
];

const fn little_endian(first: u8, middle: u8, last: u8) -> [u8; SIZE] {
    let mut bytes = [middle; SIZE];
    bytes[0] = first;
    bytes[SIZE - 1] = last;
    bytes
}

fn has_small_order(point: &[u8]) -> bool {
    let Some((&last, rest)) = point.split_last() else {
        return false;
    };
    SMALL_ORDER
        .iter()
        .any(|small| small[..SIZE - 1] == *rest && small[SIZE - 1] == last & 0x7f)
}

fn id(kind: Kind) -> Id {
    match kind {
        Kind::X25519 => Id::X25519,
        _ => Id::ED25519,
    }
}

/// A new private key.
pub(crate) fn generate(kind: Kind) -> Result<PKey<Private>, CryptoError> {
    Ok(match kind {
        Kind::X25519 => PKey::generate_x25519()?,
        _ => PKey::generate_ed25519()?,
    })
}

pub(crate) fn public_from_bytes(bytes: &[u8], kind: Kind) -> Result<PKey<Public>, CryptoError> {
    check_size(bytes, kind)?;
    Ok(PKey::public_key_from_raw_bytes(bytes, id(kind))?)
}

/// The private key with its public key, which must belong to it.
pub(crate) fn private_from_bytes(
    private: &[u8],
    public: &[u8],
    kind: Kind,
) -> Result<PKey<Private>, CryptoError> {
    check_size(private, kind)?;
    check_size(public, kind)?;
    let key = PKey::private_key_from_raw_bytes(private, id(kind))?;
    if key.raw_public_key()? != public {
        return Err(CryptoError::Data(format!(
            "Invalid {kind:?} key: the private key does not belong to the public key"
        )));
    }
    Ok(key)
}

fn check_size(bytes: &[u8], kind: Kind) -> Result<(), CryptoError> {
    if bytes.len() == SIZE {
        return Ok(());
    }
    Err(CryptoError::Data(format!(
        "{kind:?} raw keys must be exactly 32-bytes (provided {}).",
        bytes.len()
    )))
}

/// The public key, and of a private key that one too.
pub(crate) fn bytes(key: &Half) -> Result<Vec<Vec<u8>>, CryptoError> {
    Ok(match key {
        Half::Public(key) => vec![key.raw_public_key()?],
        Half::Private(key) => vec![key.raw_public_key()?, key.raw_private_key()?],
    })
}

/// Ed25519
pub(crate) fn sign(key: &PKeyRef<Private>, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let mut context = MdCtx::new()?;
    context.digest_sign_init(None, key)?;
    let mut signature = Vec::new();
    context.digest_sign_to_vec(data, &mut signature)?;
    Ok(signature)
}

/// Ed25519. Keys and signatures with points of small order are not good for anything, as the standard demands.
pub(crate) fn verify(
    key: &PKeyRef<impl HasPublic>,
    signature: &[u8],
    data: &[u8],
) -> Result<bool, CryptoError> {
    let Some(point) = signature.get(..SIZE) else {
        return Ok(false);
    };
    if has_small_order(point) || has_small_order(&key.raw_public_key()?) {
        return Ok(false);
    }
    let mut context = MdCtx::new()?;
    context.digest_verify_init(None, key)?;
    Ok(context.digest_verify(data, signature).unwrap_or(false))
}

/// X25519. A public key of small order makes a secret that everybody knows; this is an error.
pub(crate) fn derive(
    private: &PKeyRef<Private>,
    public: &PKeyRef<Public>,
) -> Result<Vec<u8>, CryptoError> {
    shared_secret(private, public).map_err(CryptoError::operation(
        "Detected small order secure curve points, aborting EDDH derivation",
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{hex, unhex};
    use super::*;

    #[test]
    fn signatures_are_those_of_the_standard() {
        // RFC 8032 §7.1, test 2.
        let private = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let public = unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        let key = private_from_bytes(&private, &public, Kind::Ed25519).unwrap();
        let signature = sign(&key, &[0x72]).unwrap();
        assert!(hex(&signature).starts_with("92a009a9f0d4cab8720e820b5f642540"));
        let key = public_from_bytes(&public, Kind::Ed25519).unwrap();
        assert!(verify(&key, &signature, &[0x72]).unwrap());
        assert!(!verify(&key, &signature, &[0x73]).unwrap());
        assert!(!verify(&key, &signature[..63], &[0x72]).unwrap());
        assert!(!verify(&key, b"", &[0x72]).unwrap());
        assert!(private_from_bytes(&private, &private, Kind::Ed25519).is_err());
        assert!(public_from_bytes(&public[1..], Kind::Ed25519).is_err());
    }

    #[test]
    fn secrets_are_those_of_the_standard() {
        // RFC 7748 §5.2, the first vector; the public key of its private one is not in the standard.
        let private = private_from_bytes(
            &unhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
            &unhex("1c9fd88f45606d932a80c71824ae151d15d73e77de38e8e000852e614fae7019"),
            Kind::X25519,
        )
        .unwrap();
        let public = public_from_bytes(
            &unhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
            Kind::X25519,
        )
        .unwrap();
        let secret = derive(&private, &public).unwrap();
        assert_eq!(
            hex(&secret),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
        );
    }

    #[test]
    fn keys_of_small_order_are_worth_nothing() {
        let private = generate(Kind::X25519).unwrap();
        let mut good_for_anything = [0; 64];
        good_for_anything[0] = 1;
        for (point, sign) in SMALL_ORDER
            .iter()
            .flat_map(|point| [(point, 0), (point, 0x80)])
        {
            let mut point = *point;
            assert!(has_small_order(&point));
            let peer = public_from_bytes(&point, Kind::X25519).unwrap();
            if point[2..4] == [0, 0] || point[2..4] == [0xff, 0xff] {
                assert!(derive(&private, &peer).is_err());
            }
            point[31] |= sign;
            let key = public_from_bytes(&point, Kind::Ed25519).unwrap();
            assert!(!verify(&key, &good_for_anything, b"").unwrap());
        }
        assert!(!has_small_order(&[9; 32]) && !has_small_order(b""));
    }
}
