//! `crypto`: random values, digests and HMAC. JavaScript normalises algorithms and keys, Rust does the arithmetic.

mod digest;
mod random;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use digest::{Hash, Hasher};
use quire_jsc::{Call, Value};
use std::cell::RefCell;
use subtle::ConstantTimeEq;

/// Evaluated after web/events. `DigestStream` needs web/streams when it is first asked for.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/crypto/key.js", include_str!("key.js")),
    ("web/crypto/algorithms.js", include_str!("algorithms.js")),
    ("web/crypto/hmac.js", include_str!("hmac.js")),
    ("web/crypto/subtle.js", include_str!("subtle.js")),
    (
        "web/crypto/digest-stream.js",
        include_str!("digest-stream.js"),
    ),
    ("web/crypto/crypto.js", include_str!("crypto.js")),
];

/// The hash function that an operation names in its argument `index`.
fn hash(call: &Call<'_>, index: usize) -> Result<Hash, OpError> {
    let name = call.string(index)?;
    Hash::named(&name).ok_or_else(|| {
        OpError::Dom(
            "NotSupportedError",
            format!("`{name}` is not a digest algorithm known here."),
        )
    })
}

/// Runs work on much data off the thread that serves requests.
async fn elsewhere<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, OpError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        OpError::Dom(
            "OperationError",
            format!("the operation was interrupted: {error}"),
        )
    })
}

pub(crate) fn install(realm: &Realm) {
    install_random(realm);
    // (hash, data) → digest
    realm.op(
        "crypto_digest",
        |call: &Call<'_>| -> Result<Vec<u8>, OpError> {
            let hash = hash(call, 0)?;
            Ok(call.with_bytes(1, |data| hash.digest(data))?)
        },
    );
    realm.async_op("crypto_digest_large", |call: &Call<'_>| {
        let (hash, data) = (hash(call, 0)?, call.bytes(1)?);
        Ok(elsewhere(move || hash.digest(&data)))
    });
    // (hash, key, data) → signature
    realm.op(
        "crypto_hmac",
        |call: &Call<'_>| -> Result<Vec<u8>, OpError> {
            let (hash, key) = (hash(call, 0)?, call.bytes(1)?);
            Ok(call.with_bytes(2, |data| hash.hmac(&key, data))?)
        },
    );
    realm.async_op("crypto_hmac_large", |call: &Call<'_>| {
        let (hash, key, data) = (hash(call, 0)?, call.bytes(1)?, call.bytes(2)?);
        Ok(elsewhere(move || hash.hmac(&key, &data)))
    });
    // (a, b) → whether equal, in a time that depends on the lengths only
    realm.op("crypto_equal", |call: &Call<'_>| -> Result<bool, OpError> {
        let one = call.bytes(0)?;
        Ok(call.with_bytes(1, |other| one.ct_eq(other).into())?)
    });
    // (hash) → a function (data) that takes in the data; without data it gives the digest
    realm.op(
        "crypto_digest_stream",
        |call: &Call<'_>| -> Result<Value, OpError> {
            let hasher = RefCell::new(Hasher::new(hash(call, 0)?));
            Ok(call.context().function(move |call: &Call<'_>| {
                if call.is_empty() {
                    return Ok(Some(hasher.borrow_mut().finish()));
                }
                call.with_bytes(0, |data| hasher.borrow_mut().update(data))?;
                Ok(None)
            }))
        },
    );
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
