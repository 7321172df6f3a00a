//! Random bytes and prime numbers.

use super::failure::Failure;
use super::hashing::elsewhere;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::web::crypto::random;
use openssl::bn::{BigNum, BigNumContext};
use quire_jsc::Call;
use std::rc::Rc;

/// (bits, safe?, add, rem) → the number, most significant byte first
fn prime(call: &Call<'_>) -> Result<impl FnOnce() -> Result<Vec<u8>, Failure> + use<>, OpError> {
    let (bits, safe) = (call.number(0)? as i32, call.boolean(1));
    let optional = |index| -> Result<Option<Vec<u8>>, OpError> {
        Ok((!call.is_nullish(index))
            .then(|| call.bytes(index))
            .transpose()?)
    };
    let (add, rem) = (optional(2)?, optional(3)?);
    Ok(move || {
        let number = |bytes: Option<Vec<u8>>| {
            bytes
                .map(|bytes| BigNum::from_slice(&bytes))
                .transpose()
                .map_err(Failure::from)
        };
        let (add, rem) = (number(add)?, number(rem)?);
        let mut prime = BigNum::new()?;
        prime.generate_prime(bits, safe, add.as_deref(), rem.as_deref())?;
        Ok(prime.to_vec_padded((bits + 7) / 8)?)
    })
}

/// (candidate, checks) → whether it is prime
fn check(call: &Call<'_>) -> Result<impl FnOnce() -> Result<bool, Failure> + use<>, OpError> {
    let (candidate, checks) = (call.bytes(0)?, call.number(1)? as i32);
    Ok(move || {
        let mut context = BigNumContext::new()?;
        Ok(BigNum::from_slice(&candidate)?.is_prime(checks, &mut context)?)
    })
}

pub(super) fn install(realm: &Rc<Realm>) {
    realm.realm_op("node_crypto_random_fill", |realm, call| {
        realm.require_request()?;
        call.with_bytes_mut(0, random::fill)?
    });
    realm.op("node_crypto_prime", |call| Ok(prime(call)?()?));
    realm.async_op("node_crypto_prime_elsewhere", |call| {
        Ok(elsewhere(prime(call)?))
    });
    realm.op("node_crypto_is_prime", |call| Ok(check(call)?()?));
    realm.async_op("node_crypto_is_prime_elsewhere", |call| {
        Ok(elsewhere(check(call)?))
    });
}
