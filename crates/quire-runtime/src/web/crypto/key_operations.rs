//! The operations that JavaScript calls with asymmetric keys. A key is given by its number: see handle.rs.

use super::digest::Hash;
use super::error::CryptoError;
use super::keys::{Half, Key, Kind};
use super::{curve25519, elliptic, elsewhere, handle, hash, over_bytes, rsa};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::{Call, Value};
use std::rc::Rc;

pub(super) fn install(realm: &Realm) {
    install_keys(realm);
    install_uses(realm);
}

fn kind(call: &Call<'_>, index: usize) -> Result<Kind, OpError> {
    let name = call.string(index)?;
    Kind::named(&name).ok_or_else(|| {
        OpError::Dom(
            "NotSupportedError",
            format!("Unrecognized or unimplemented EC curve \"{name}\" requested."),
        )
    })
}

fn install_keys(realm: &Realm) {
    // (kind) → a private key
    realm.op(
        "crypto_key_generate",
        |call: &Call<'_>| -> Result<Key, OpError> { Ok(Key::generate(kind(call, 0)?)?) },
    );
    // (bits, public exponent) → a promise of a private key
    realm.async_op("crypto_key_generate_rsa", |call: &Call<'_>| {
        let (bits, exponent) = (call.number(0)? as u32, call.bytes(1)?);
        Ok(elsewhere(move || Key::generate_rsa(bits, &exponent)))
    });
    // (private key) → its public key
    realm.op(
        "crypto_key_public",
        |call: &Call<'_>| -> Result<Key, OpError> { Ok(handle::take(call, 0)?.to_public()?) },
    );
    // (format, kind, bytes) → key
    realm.op(
        "crypto_key_import",
        |call: &Call<'_>| -> Result<Key, OpError> {
            let (kind, bytes) = (kind(call, 1)?, call.bytes(2)?);
            Ok(match call.string(0)?.as_str() {
                "spki" => Key::from_spki(&bytes, kind),
                "pkcs8" => Key::from_pkcs8(&bytes, kind),
                _ => Key::from_raw(&bytes, kind),
            }?)
        },
    );
    // (format, key) → bytes
    realm.op(
        "crypto_key_export",
        |call: &Call<'_>| -> Result<Vec<u8>, OpError> {
            let key = handle::take(call, 1)?;
            Ok(match call.string(0)?.as_str() {
                "spki" => key.to_spki(),
                "pkcs8" => key.to_pkcs8(),
                _ => key.to_raw(),
            }?)
        },
    );
    // (kind, …numbers) → key
    realm.op(
        "crypto_key_from_numbers",
        |call: &Call<'_>| -> Result<Key, OpError> {
            let numbers = (1..call.len()).map(|index| call.bytes(index));
            let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
            Ok(Key::from_numbers(&numbers, kind(call, 0)?)?)
        },
    );
    // (key) → array of numbers
    realm.op(
        "crypto_key_numbers",
        |call: &Call<'_>| -> Result<Value, OpError> {
            let numbers = handle::take(call, 0)?.numbers()?;
            let arrays = numbers
                .into_iter()
                .map(|number| call.context().uint8_array(number));
            Ok(call
                .context()
                .array(&arrays.collect::<Result<Vec<_>, _>>()?)?)
        },
    );
    // (key of RSA) → length of the modulus in bytes
    realm.op(
        "crypto_rsa_size",
        |call: &Call<'_>| -> Result<u32, OpError> {
            Ok(rsa::size(&handle::take(call, 0)?.half) as u32)
        },
    );
}

/// How a signature is made or checked, beside the key and the data. Ed25519 has no parameters.
#[derive(Clone, Copy)]
struct Signing {
    hash: Option<Hash>,
    scheme: rsa::Scheme,
}

impl Signing {
    /// From two arguments: the hash or `null`, the length of the salt or `null`.
    fn of(call: &Call<'_>, index: usize) -> Result<Self, OpError> {
        let hash = (!call.is_nullish(index)).then(|| hash(call, index));
        let scheme = if call.is_nullish(index + 1) {
            rsa::Scheme::Pkcs1
        } else {
            rsa::Scheme::Pss(call.number(index + 1)? as i32)
        };
        Ok(Self {
            hash: hash.transpose()?,
            scheme,
        })
    }

    fn hash(self) -> Result<Hash, CryptoError> {
        self.hash
            .ok_or_else(|| CryptoError::Operation("The signature needs a hash function.".into()))
    }

    fn sign(self, key: &Key, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let private = key.private()?;
        match key.kind {
            Kind::Rsa => rsa::sign(private, self.scheme, self.hash()?, data),
            Kind::Elliptic(curve) => elliptic::sign(private, curve, self.hash()?, data),
            Kind::Ed25519 | Kind::X25519 => curve25519::sign(private, data),
        }
    }

    fn verify(self, key: &Key, signature: &[u8], data: &[u8]) -> Result<bool, CryptoError> {
        let public = &*key.public()?;
        match key.kind {
            Kind::Rsa => rsa::verify(public, self.scheme, self.hash()?, signature, data),
            Kind::Elliptic(curve) => elliptic::verify(public, curve, self.hash()?, signature, data),
            Kind::Ed25519 | Kind::X25519 => curve25519::verify(public, signature, data),
        }
    }
}

/// As [`over_bytes`], also with a promise if the key makes the operation slow.
fn with_private_key(
    realm: &Rc<Realm>,
    call: &Call<'_>,
    index: usize,
    work: impl FnOnce(&Key, &[u8]) -> Result<Vec<u8>, CryptoError> + Send + 'static,
) -> Result<Value, OpError> {
    let key = Key::clone(&*handle::take(call, 0)?);
    let slow = matches!(&key.half, Half::Private(key) if key.bits() > rsa::QUICK_BITS);
    if slow {
        let data = call.bytes(index)?;
        return realm.promise_of(elsewhere(move || work(&key, &data)));
    }
    over_bytes(realm, call, index, move |data| work(&key, data))
}

fn install_uses(realm: &Realm) {
    // (key, hash, length of the salt, data) → signature
    realm.realm_op("crypto_sign", |realm, call: &Call<'_>| {
        let signing = Signing::of(call, 1)?;
        with_private_key(realm, call, 3, move |key, data| signing.sign(key, data))
    });
    // (key, hash, length of the salt, signature, data) → whether it is good
    realm.op(
        "crypto_verify",
        |call: &Call<'_>| -> Result<bool, OpError> {
            let (key, signing) = (handle::take(call, 0)?, Signing::of(call, 1)?);
            let signature = call.bytes(3)?;
            Ok(call.with_bytes(4, |data| signing.verify(&key, &signature, data))??)
        },
    );
    // (key, data) → signature
    realm.realm_op("crypto_rsa_sign_raw", |realm, call: &Call<'_>| {
        with_private_key(realm, call, 1, |key, data| {
            rsa::sign_raw(key.private()?, data)
        })
    });
    // (key, whether to encrypt, hash, label, data) → data
    realm.realm_op("crypto_rsa_oaep", |realm, call: &Call<'_>| {
        let (encrypting, hash, label) = (call.boolean(1), hash(call, 2)?, call.bytes(3)?);
        with_private_key(realm, call, 4, move |key, data| {
            if encrypting {
                rsa::encrypt_oaep(&*key.public()?, hash, &label, data)
            } else {
                rsa::decrypt_oaep(key.private()?, hash, &label, data)
            }
        })
    });
    // (private key, public key) → what their owners share
    realm.op(
        "crypto_shared_secret",
        |call: &Call<'_>| -> Result<Vec<u8>, OpError> {
            let (key, peer) = (handle::take(call, 0)?, handle::take(call, 1)?);
            let (private, public) = (key.private()?, peer.public()?);
            Ok(match key.kind {
                Kind::X25519 => curve25519::derive(private, &public),
                _ => elliptic::shared_secret(private, &public),
            }?)
        },
    );
}
