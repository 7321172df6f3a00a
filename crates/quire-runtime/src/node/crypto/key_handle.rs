//! How JavaScript holds an asymmetric key: a function (operation, arguments…), and what makes such functions.

use super::failure::Failure;
use super::hashing::elsewhere;
use super::key_text::{self, Encoding};
use super::keys::{self, Wish};
use super::signatures::{self, Manner, RsaManner};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::web::crypto::keys::Half;
use openssl::derive::Deriver;
use openssl::pkey::PKey;
use quire_jsc::{Call, Context, Value};
use std::rc::Rc;

fn optional_bytes(call: &Call<'_>, index: usize) -> Result<Option<Vec<u8>>, OpError> {
    Ok((!call.is_nullish(index))
        .then(|| call.bytes(index))
        .transpose()?)
}

fn optional_text(call: &Call<'_>, index: usize) -> Result<Option<String>, OpError> {
    Ok((!call.is_nullish(index))
        .then(|| call.string(index))
        .transpose()?)
}

/// (PEM?, kind, passphrase, cipher), from argument `first` on
fn encoding(call: &Call<'_>, first: usize) -> Result<Encoding, OpError> {
    Ok(Encoding {
        is_pem: call.boolean(first),
        kind: optional_text(call, first + 1)?.unwrap_or_default(),
        passphrase: optional_bytes(call, first + 2)?,
        cipher: optional_text(call, first + 3)?,
    })
}

/// (hash, padding, salt length, plain?), from argument `first` on
fn manner(call: &Call<'_>, first: usize) -> Result<Manner, OpError> {
    Ok(Manner {
        hash: optional_text(call, first)?,
        padding: call.number(first + 1)? as i32,
        salt: (!call.is_nullish(first + 2))
            .then(|| call.number(first + 2))
            .transpose()?
            .map(|length| length as i32),
        is_plain: call.boolean(first + 3),
    })
}

/// (padding, hash, label), from argument `first` on
fn rsa_manner(call: &Call<'_>, first: usize) -> Result<RsaManner, OpError> {
    Ok(RsaManner {
        padding: call.number(first)? as i32,
        oaep_hash: call.string(first + 1)?,
        oaep_label: optional_bytes(call, first + 2)?,
    })
}

fn private(half: &Half) -> Result<&openssl::pkey::PKeyRef<openssl::pkey::Private>, Failure> {
    match half {
        Half::Private(key) => Ok(key),
        Half::Public(_) => Err(Failure::unsupported("A private key is needed")),
    }
}

fn give(context: &Context, half: Half) -> Value {
    context.function(move |call: &Call<'_>| {
        operate(&half, call).map_err(|error| match error {
            OpError::Thrown(value) => value.into(),
            OpError::Terminated(exception) => exception,
            OpError::Type(message) | OpError::Range(message) | OpError::Error(message) => {
                call.context().error(&message)
            }
            OpError::Dom(_, message) => call.context().error(&message),
        })
    })
}

fn operate(half: &Half, call: &Call<'_>) -> Result<Value, OpError> {
    let context = call.context();
    let bytes = |bytes: Vec<u8>| -> Result<Value, OpError> { Ok(context.uint8_array(bytes)?) };
    match call.string(0)?.as_str() {
        "type" => Ok(context.string(match half {
            Half::Public(_) => "public",
            Half::Private(_) => "private",
        })),
        "kind" => Ok(context.string(keys::kind(keys::id(half)))),
        "details" => {
            let (bits, exponent, curve) = keys::details(half)?;
            Ok(context.array(&[
                context.number(bits.into()),
                context.string(&exponent),
                context.string(&curve),
            ])?)
        }
        "public" => Ok(give(context, Half::Public(keys::public_of(half)?))),
        "write" => bytes(key_text::write(half, &encoding(call, 1)?)?),
        "jwk" => {
            let (kind, curve, numbers) = keys::jwk(half)?;
            let mut values = vec![context.string(kind), context.string(curve)];
            for number in numbers {
                values.push(context.uint8_array(number)?);
            }
            Ok(context.array(&values)?)
        }
        "sign" => bytes(signatures::sign(
            private(half)?,
            &call.bytes(1)?,
            &manner(call, 2)?,
        )?),
        "verify" => {
            let key = keys::public_of(half)?;
            let (data, signature) = (call.bytes(1)?, call.bytes(2)?);
            let valid = signatures::verify(&key, &data, &signature, &manner(call, 3)?)?;
            Ok(context.boolean(valid))
        }
        "encrypt" => {
            let key = keys::public_of(half)?;
            bytes(signatures::public_encrypt(
                &key,
                &call.bytes(1)?,
                &rsa_manner(call, 2)?,
            )?)
        }
        "decrypt" => {
            let key = private(half)?.to_owned();
            bytes(signatures::private_decrypt(
                &key,
                &call.bytes(1)?,
                &rsa_manner(call, 2)?,
            )?)
        }
        "raw" => bytes(signatures::raw(
            half,
            &call.bytes(1)?,
            call.number(2)? as i32,
        )?),
        "agree" => {
            let other = PKey::public_key_from_der(&call.bytes(1)?).map_err(Failure::from)?;
            let secret = Deriver::new(private(half)?)
                .and_then(|mut deriver| {
                    deriver.set_peer(&other)?;
                    deriver.derive_to_vec()
                })
                .map_err(Failure::from)?;
            bytes(secret)
        }
        other => Err(OpError::Error(format!("a key cannot do `{other}`"))),
    }
}

fn wish(call: &Call<'_>) -> Result<Wish, OpError> {
    Ok(Wish {
        kind: call.string(0)?,
        bits: call.number(1)? as u32,
        exponent: call.number(2)? as u32,
        curve: call.string(3)?,
    })
}

pub(super) fn install(realm: &Rc<Realm>) {
    // (bytes, private?, PEM?, kind, passphrase) → key
    realm.op("node_crypto_key_read", |call| -> Result<Value, OpError> {
        let (text, encoding) = (call.bytes(0)?, encoding(call, 2)?);
        let half = if call.boolean(1) {
            Half::Private(key_text::read_private(&text, &encoding)?)
        } else {
            Half::Public(key_text::read_public(&text, &encoding)?)
        };
        Ok(give(call.context(), half))
    });
    // (kty, crv, numbers…) → key
    realm.op(
        "node_crypto_key_from_jwk",
        |call| -> Result<Value, OpError> {
            let numbers = (2..call.len())
                .map(|index| call.bytes(index))
                .collect::<Result<Vec<_>, _>>()?;
            let half = keys::from_jwk(&call.string(0)?, &call.string(1)?, &numbers)?;
            Ok(give(call.context(), half))
        },
    );
    // (kind, bits, exponent, curve) → private key
    realm.op(
        "node_crypto_key_generate",
        |call| -> Result<Value, OpError> {
            let key = keys::generate(&wish(call)?)?;
            Ok(give(call.context(), Half::Private(key)))
        },
    );
    // The same, as PKCS #8: keys stay on the thread that made them.
    realm.async_op("node_crypto_key_generate_elsewhere", |call| {
        let wish = wish(call)?;
        Ok(elsewhere(move || {
            Ok(keys::generate(&wish)?.private_key_to_pkcs8()?)
        }))
    });
}
