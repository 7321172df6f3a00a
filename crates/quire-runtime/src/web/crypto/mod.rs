//! `crypto`: JavaScript normalises algorithms and checks keys, OpenSSL and AWS-LC do the arithmetic. README.md says which file does what.

pub(crate) mod aes;
pub(crate) mod checksum;
pub(crate) mod curve25519;
pub(crate) mod derivation;
pub(crate) mod digest;
pub(crate) mod elliptic;
pub(crate) mod error;
pub(crate) mod handle;
mod key_operations;
pub(crate) mod keys;
mod operations;
pub(crate) mod random;
pub(crate) mod rsa;
#[cfg(test)]
mod testing;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use digest::Hash;
use error::CryptoError;
use quire_jsc::{Call, Value, memory};
use std::rc::Rc;

/// Evaluated after web/events.
pub(crate) const SOURCES: &[(&str, &str)] = &[("web/crypto/crypto.js", include_str!("crypto.js"))];

/// All but random values: `internals.crypto`. `DigestStream` needs web/streams when it is first asked for.
pub(crate) const SUBTLE: &[(&str, &str)] = &[
    ("web/crypto/key.js", include_str!("key.js")),
    ("web/crypto/algorithms.js", include_str!("algorithms.js")),
    ("web/crypto/jwk.js", include_str!("jwk.js")),
    ("web/crypto/hmac.js", include_str!("hmac.js")),
    ("web/crypto/aes.js", include_str!("aes.js")),
    ("web/crypto/derivation.js", include_str!("derivation.js")),
    ("web/crypto/asymmetric.js", include_str!("asymmetric.js")),
    ("web/crypto/rsa.js", include_str!("rsa.js")),
    ("web/crypto/elliptic.js", include_str!("elliptic.js")),
    ("web/crypto/curve25519.js", include_str!("curve25519.js")),
    ("web/crypto/subtle.js", include_str!("subtle.js")),
    (
        "web/crypto/digest-stream.js",
        include_str!("digest-stream.js"),
    ),
];

pub(crate) fn install(realm: &Realm) {
    operations::install(realm);
    key_operations::install(realm);
}

/// More data than this is worth a copy and a thread of its own: below, the fastest operation takes less than the copy, the
/// slowest some tens of milliseconds.
const LARGE: usize = 16 * 1024 * 1024;

/// The hash function that an operation names in its argument `index`.
fn hash(call: &Call<'_>, index: usize) -> Result<Hash, OpError> {
    let name = call.string(index)?;
    Hash::named(&name).ok_or_else(|| {
        OpError::Dom(
            "NotSupportedError",
            "Unrecognized or unimplemented digest algorithm requested.".into(),
        )
    })
}

/// Runs work off the thread that serves requests.
async fn elsewhere<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, CryptoError> + Send + 'static,
) -> Result<R, OpError> {
    let result = tokio::task::spawn_blocking(work).await.map_err(|error| {
        OpError::Dom(
            "OperationError",
            format!("the operation was interrupted: {error}"),
        )
    })?;
    Ok(result?)
}

/// The result of work on the bytes of an argument: there and then, or a promise if they are many.
fn over_bytes(
    realm: &Rc<Realm>,
    call: &Call<'_>,
    index: usize,
    work: impl FnOnce(&[u8]) -> Result<Vec<u8>, CryptoError> + Send + 'static,
) -> Result<Value, OpError> {
    if call.with_bytes(index, |data| data.len() > LARGE)? {
        return over_copy(realm, call, index, 0, move |data| {
            let output = work(&data);
            memory::give_back(data);
            output
        });
    }
    let output = call.with_bytes(index, work)??;
    Ok(call.context().uint8_array(output)?)
}

/// As [`over_bytes`], for work that makes its result of a copy of the bytes, behind which there is `room` for more.
fn over_copy(
    realm: &Rc<Realm>,
    call: &Call<'_>,
    index: usize,
    room: usize,
    work: impl FnOnce(Vec<u8>) -> Result<Vec<u8>, CryptoError> + Send + 'static,
) -> Result<Value, OpError> {
    let data = call.with_bytes(index, |bytes| {
        let mut copy = memory::with_capacity(bytes.len() + room);
        copy.extend_from_slice(bytes);
        copy
    })?;
    if data.len() > LARGE {
        return realm.promise_of(elsewhere(move || work(data)));
    }
    Ok(call.context().uint8_array(work(data)?)?)
}
