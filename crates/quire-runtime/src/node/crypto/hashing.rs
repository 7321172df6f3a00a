//! Digests, codes of authentication and keys made of secrets.

use super::failure::Failure;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::web::crypto::derivation;
use crate::web::crypto::digest::{Hash, Hmac};
use openssl::hash::{Hasher, MessageDigest};
use quire_jsc::{Call, Value};
use std::cell::RefCell;
use std::rc::Rc;

pub(super) fn message_digest(name: &str) -> Result<MessageDigest, Failure> {
    MessageDigest::from_name(name)
        .ok_or_else(|| Failure::new("ERR_CRYPTO_INVALID_DIGEST", "Digest method not supported"))
}

fn hash(call: &Call<'_>, index: usize) -> Result<Hash, OpError> {
    let name = call.string(index)?;
    Hash::named_by_openssl(&name).ok_or_else(|| {
        Failure::new(
            "ERR_CRYPTO_INVALID_DIGEST",
            &format!("Invalid digest: {name}"),
        )
        .into()
    })
}

/// A digest in the making: a function (bytes) that takes them in; without arguments it gives the digest, with a number
/// that many bytes of it, with `true` another such function that knows the same.
fn give_hasher(call: &Call<'_>, hasher: Hasher) -> Value {
    let hasher = RefCell::new(hasher);
    call.context().function(move |call: &Call<'_>| {
        let fail =
            |error: openssl::error::ErrorStack| call.context().error(&Failure::from(error).text());
        let mut hasher = hasher.borrow_mut();
        match call.len() {
            0 => {
                let bytes = hasher.finish().map_err(fail)?.to_vec();
                call.context().uint8_array(bytes)
            }
            1 => {
                call.with_bytes(0, |bytes| hasher.update(bytes))?
                    .map_err(fail)?;
                Ok(call.context().undefined())
            }
            2 => {
                let mut bytes = vec![0; call.number(1)? as usize];
                hasher.finish_xof(&mut bytes).map_err(fail)?;
                call.context().uint8_array(bytes)
            }
            _ => Ok(give_hasher(call, hasher.clone())),
        }
    })
}

type Derivation = Box<dyn FnOnce() -> Result<Vec<u8>, Failure> + Send>;

/// (kind, hash, secret, salt, then what the kind takes)
fn derivation(call: &Call<'_>) -> Result<Derivation, OpError> {
    let kind = call.string(0)?;
    let (secret, salt) = (call.bytes(2)?, call.bytes(3)?);
    let length = call.number(4)? as usize;
    Ok(match kind.as_str() {
        "pbkdf2" => {
            let (hash, iterations) = (hash(call, 1)?, call.number(5)? as usize);
            Box::new(move || {
                Ok(derivation::pbkdf2(
                    hash, &secret, &salt, iterations, length,
                )?)
            })
        }
        "hkdf" => {
            let (hash, information) = (hash(call, 1)?, call.bytes(5)?);
            Box::new(move || {
                Ok(derivation::hkdf(
                    hash,
                    &secret,
                    &salt,
                    &information,
                    length,
                )?)
            })
        }
        _ => {
            let parameters = (
                call.number(5)? as u64,
                call.number(6)? as u64,
                call.number(7)? as u64,
            );
            let memory = call.number(8)? as u64;
            Box::new(move || {
                derivation::scrypt(&secret, &salt, parameters, memory, length).map_err(|_| {
                    Failure::new(
                        "ERR_CRYPTO_INVALID_SCRYPT_PARAMS",
                        "Invalid scrypt params: memory limit exceeded",
                    )
                })
            })
        }
    })
}

/// Runs on another thread what takes long.
pub(super) async fn elsewhere<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, Failure> + Send + 'static,
) -> Result<R, OpError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Failure::new("ERR_CRYPTO_OPERATION_FAILED", &error.to_string()))?
        .map_err(OpError::from)
}

pub(super) fn install(realm: &Rc<Realm>) {
    realm.op("node_crypto_has_hash", |call| {
        Ok(MessageDigest::from_name(&call.string(0)?).is_some())
    });
    realm.op("node_crypto_hash", |call| -> Result<Value, OpError> {
        let digest = message_digest(&call.string(0)?)?;
        Ok(give_hasher(
            call,
            Hasher::new(digest).map_err(Failure::from)?,
        ))
    });
    // (hash, key) → a function (bytes) that takes them in; without arguments it gives the code
    realm.op("node_crypto_hmac", |call| -> Result<Value, OpError> {
        let hmac = Hmac::new(hash(call, 0)?, &call.bytes(1)?).map_err(Failure::from)?;
        let hmac = RefCell::new(Some(hmac));
        Ok(call.context().function(move |call: &Call<'_>| {
            let fail = |failure: Failure| call.context().error(&failure.text());
            if call.is_empty() {
                let code = hmac.borrow_mut().take().map(Hmac::finish).transpose();
                return code.map_err(|error| fail(error.into()));
            }
            if let Some(hmac) = hmac.borrow_mut().as_mut() {
                call.with_bytes(0, |bytes| hmac.update(bytes))?
                    .map_err(|error| fail(error.into()))?;
            }
            Ok(None)
        }))
    });
    realm.op("node_crypto_derive", |call| -> Result<Vec<u8>, OpError> {
        Ok(derivation(call)?()?)
    });
    realm.async_op("node_crypto_derive_elsewhere", |call| {
        Ok(elsewhere(derivation(call)?))
    });
}
