//! The operations that JavaScript calls for random values, digests, HMAC, AES and derivation.

use super::aes::{self, BLOCK, Direction, Gcm};
use super::checksum::Checksum;
use super::digest::Hasher;
use super::error::CryptoError;
use super::{derivation, elsewhere, hash, over_bytes, over_copy, random};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use openssl::memcmp;
use quire_jsc::{Call, Value};
use std::cell::RefCell;

/// A PBKDF2 of more applications of the hash function than this (some milliseconds) is computed on another thread.
const LONG_DERIVATION: usize = 10_000;

pub(super) fn install(realm: &Realm) {
    install_random(realm);
    install_hashes(realm);
    install_aes(realm);
    install_derivation(realm);
}

fn install_random(realm: &Realm) {
    // (view): fills it
    realm.realm_op(
        "crypto_random_fill",
        |realm, call: &Call<'_>| -> Result<(), OpError> {
            realm.require_request()?;
            call.with_bytes_mut(0, random::fill)?
        },
    );
    realm.realm_op(
        "crypto_random_uuid",
        |realm, _: &Call<'_>| -> Result<String, OpError> {
            realm.require_request()?;
            random::uuid()
        },
    );
    // (length) → key material; unlike random values, keys may be made while a program starts
    realm.op(
        "crypto_random_key",
        |call: &Call<'_>| -> Result<Vec<u8>, OpError> {
            let mut key = vec![0; call.number(0)? as usize];
            random::fill(&mut key)?;
            Ok(key)
        },
    );
}

fn install_hashes(realm: &Realm) {
    // (hash, data) → digest
    realm.realm_op("crypto_digest", |realm, call: &Call<'_>| {
        let hash = hash(call, 0)?;
        over_bytes(realm, call, 1, move |data| hash.digest(data))
    });
    // (hash, key, data) → authentication code
    realm.realm_op("crypto_hmac", |realm, call: &Call<'_>| {
        let (hash, key) = (hash(call, 0)?, call.bytes(1)?);
        over_bytes(realm, call, 2, move |data| hash.hmac(&key, data))
    });
    // (a, b) → whether equal, in a time that depends on the lengths only
    realm.op("crypto_equal", |call: &Call<'_>| -> Result<bool, OpError> {
        let one = call.bytes(0)?;
        Ok(call.with_bytes(1, |other| {
            one.len() == other.len() && memcmp::eq(&one, other)
        })?)
    });
    // (hash or checksum) → a function (data) that takes in the data; without data it gives the digest
    realm.op("crypto_digest_stream", digest_stream);
}

fn digest_stream(call: &Call<'_>) -> Result<Value, OpError> {
    if let Some(checksum) = Checksum::named(&call.string(0)?) {
        let checksum = RefCell::new(Some(checksum));
        return Ok(call.context().function(move |call: &Call<'_>| {
            if call.is_empty() {
                return Ok(checksum.take().map(Checksum::finish));
            }
            call.with_bytes(0, |data| {
                if let Some(checksum) = checksum.borrow_mut().as_mut() {
                    checksum.update(data);
                }
            })?;
            Ok(None)
        }));
    }
    let hasher = RefCell::new(Hasher::new(hash(call, 0)?)?);
    Ok(call.context().function(move |call: &Call<'_>| {
        let failed = |error: CryptoError| call.context().error(&error.to_string());
        if call.is_empty() {
            return Ok(Some(hasher.borrow_mut().finish().map_err(failed)?));
        }
        call.with_bytes(0, |data| hasher.borrow_mut().update(data))?
            .map_err(failed)?;
        Ok(None)
    }))
}

fn direction(call: &Call<'_>) -> Direction {
    if call.boolean(0) {
        Direction::Encrypt
    } else {
        Direction::Decrypt
    }
}

/// An initialization vector or counter.
fn block(call: &Call<'_>, index: usize) -> Result<[u8; BLOCK], OpError> {
    call.bytes(index)?
        .try_into()
        .map_err(|_| OpError::Dom("OperationError", "16 bytes are required".into()))
}

fn install_aes(realm: &Realm) {
    // (whether to encrypt, key, iv, data) → data
    realm.realm_op("crypto_aes_cbc", |realm, call: &Call<'_>| {
        let (direction, key, iv) = (direction(call), call.bytes(1)?, block(call, 2)?);
        over_bytes(realm, call, 3, move |data| {
            aes::cbc(direction, &key, &iv, data)
        })
    });
    // (key, counter, bits of the counter, data) → data
    realm.realm_op("crypto_aes_ctr", |realm, call: &Call<'_>| {
        let (key, counter) = (call.bytes(0)?, block(call, 1)?);
        let bits = call.number(2)? as u32;
        over_bytes(realm, call, 3, move |data| {
            aes::ctr(&key, &counter, bits, data)
        })
    });
    // (whether to encrypt, key, iv, additional data, length of the tag in bytes, data) → data
    realm.realm_op("crypto_aes_gcm", |realm, call: &Call<'_>| {
        let (direction, key) = (direction(call), call.bytes(1)?);
        let (iv, additional_data) = (call.bytes(2)?, call.bytes(3)?);
        let tag_length = call.number(4)? as usize;
        // For the tag of a ciphertext.
        let room = tag_length.min(BLOCK);
        over_copy(realm, call, 5, room, move |data| {
            let gcm = Gcm {
                iv: &iv,
                additional_data: &additional_data,
                tag_length,
            };
            match direction {
                Direction::Encrypt => gcm.encrypt(&key, data),
                Direction::Decrypt => gcm.decrypt(&key, data),
            }
        })
    });
    // (whether to wrap, key, data) → data
    realm.realm_op("crypto_aes_kw", |realm, call: &Call<'_>| {
        let (direction, key) = (direction(call), call.bytes(1)?);
        over_bytes(realm, call, 2, move |data| match direction {
            Direction::Encrypt => aes::wrap(&key, data),
            Direction::Decrypt => aes::unwrap(&key, data),
        })
    });
}

fn install_derivation(realm: &Realm) {
    // (hash, secret, salt, info, length in bytes) → bytes
    realm.op(
        "crypto_hkdf",
        |call: &Call<'_>| -> Result<Vec<u8>, OpError> {
            let length = call.number(4)? as usize;
            let (secret, salt, info) = (call.bytes(1)?, call.bytes(2)?, call.bytes(3)?);
            Ok(derivation::hkdf(
                hash(call, 0)?,
                &secret,
                &salt,
                &info,
                length,
            )?)
        },
    );
    // (hash, password, salt, iterations, length in bytes) → bytes, or a promise of them
    realm.realm_op("crypto_pbkdf2", |realm, call: &Call<'_>| {
        let hash = hash(call, 0)?;
        let (password, salt) = (call.bytes(1)?, call.bytes(2)?);
        let (iterations, length) = (call.number(3)? as usize, call.number(4)? as usize);
        if length > 255 * hash.size() {
            return Err(OpError::Dom(
                "OperationError",
                "Pbkdf2 failed: derived key length exceeds maximum for this hash".into(),
            ));
        }
        let derive = move || derivation::pbkdf2(hash, &password, &salt, iterations, length);
        if derivation::pbkdf2_cost(hash, iterations, length) > LONG_DERIVATION {
            return realm.promise_of(elsewhere(derive));
        }
        Ok(call.context().uint8_array(derive()?)?)
    });
}
