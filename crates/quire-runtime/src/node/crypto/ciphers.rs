//! Ciphers, piece by piece.

use super::failure::Failure;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use openssl::cipher::Cipher;
use openssl::cipher_ctx::CipherCtx;
use quire_jsc::{Call, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// Node's names, with which mode each works.
const CIPHERS: [(&str, &str); 31] = [
    ("aes-128-cbc", "cbc"),
    ("aes-128-ccm", "ccm"),
    ("aes-128-cfb", "cfb"),
    ("aes-128-cfb1", "cfb"),
    ("aes-128-cfb8", "cfb"),
    ("aes-128-ctr", "ctr"),
    ("aes-128-ecb", "ecb"),
    ("aes-128-gcm", "gcm"),
    ("aes-128-ofb", "ofb"),
    ("aes-192-cbc", "cbc"),
    ("aes-192-ccm", "ccm"),
    ("aes-192-cfb", "cfb"),
    ("aes-192-cfb1", "cfb"),
    ("aes-192-cfb8", "cfb"),
    ("aes-192-ctr", "ctr"),
    ("aes-192-ecb", "ecb"),
    ("aes-192-gcm", "gcm"),
    ("aes-192-ofb", "ofb"),
    ("aes-256-cbc", "cbc"),
    ("aes-256-ccm", "ccm"),
    ("aes-256-cfb", "cfb"),
    ("aes-256-cfb1", "cfb"),
    ("aes-256-cfb8", "cfb"),
    ("aes-256-ctr", "ctr"),
    ("aes-256-ecb", "ecb"),
    ("aes-256-gcm", "gcm"),
    ("aes-256-ofb", "ofb"),
    ("chacha20-poly1305", "stream"),
    ("des-ede3-cbc", "cbc"),
    ("des-ede3", "ecb"),
    ("des-ede3-ecb", "ecb"),
];

/// Other names of the same.
fn canonical(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "aes128" => "aes-128-cbc".into(),
        "aes192" => "aes-192-cbc".into(),
        "aes256" => "aes-256-cbc".into(),
        "des3" => "des-ede3-cbc".into(),
        other => match other.strip_prefix("id-aes") {
            // id-aes256-GCM
            Some(rest) => format!("aes-{rest}"),
            None => name,
        },
    }
}

fn find(name: &str) -> Option<(Cipher, &'static str, &'static str)> {
    let wanted = canonical(name);
    let (name, mode) = CIPHERS.iter().find(|(known, _)| *known == wanted)?;
    // OpenSSL knows this one by the name of both its halves only.
    let known = match *name {
        "des-ede3" => "des-ede3-ecb",
        "des-ede3-cbc" => "des-ede3-cbc",
        other => other,
    };
    Some((Cipher::fetch(None, known, None).ok()?, name, mode))
}

/// A cipher at work.
struct Work {
    context: CipherCtx,
    encrypts: bool,
    is_ccm: bool,
    block: usize,
    tag_length: usize,
}

fn unknown() -> Failure {
    Failure::new("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher")
}

impl Work {
    fn new(
        name: &str,
        encrypts: bool,
        key: &[u8],
        iv: Option<&[u8]>,
        tag_length: usize,
        data_length: Option<usize>,
        tag: Option<&[u8]>,
    ) -> Result<Self, Failure> {
        let (cipher, _, mode) = find(name).ok_or_else(unknown)?;
        if key.len() != cipher.key_length() {
            return Err(Failure::new(
                "ERR_CRYPTO_INVALID_KEYLEN",
                "Invalid key length",
            ));
        }
        let is_aead = matches!(mode, "gcm" | "ccm" | "stream");
        let bad_iv = || Failure::new("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector");
        match iv {
            None if cipher.iv_length() != 0 => return Err(bad_iv()),
            Some(iv) if is_aead && iv.is_empty() => return Err(bad_iv()),
            Some(iv) if !is_aead && iv.len() != cipher.iv_length() => return Err(bad_iv()),
            _ => {}
        }
        let mut context = CipherCtx::new()?;
        let is_ccm = mode == "ccm";
        let start = |context: &mut CipherCtx,
                     cipher: Option<&openssl::cipher::CipherRef>,
                     key: Option<&[u8]>,
                     iv: Option<&[u8]>| {
            match encrypts {
                true => context.encrypt_init(cipher, key, iv),
                false => context.decrypt_init(cipher, key, iv),
            }
        };
        start(&mut context, Some(&cipher), None, None)?;
        if let Some(iv) = iv
            && is_aead
        {
            context.set_iv_length(iv.len()).map_err(|_| bad_iv())?;
        }
        if is_ccm {
            match tag {
                Some(tag) if !encrypts => context.set_tag(tag)?,
                _ if encrypts => context.set_tag_length(tag_length)?,
                _ => {}
            }
        }
        start(&mut context, None, Some(key), iv)?;
        if is_ccm && let Some(length) = data_length {
            context.set_data_len(length)?;
        }
        Ok(Self {
            block: cipher.block_size(),
            context,
            encrypts,
            is_ccm,
            tag_length,
        })
    }

    fn update(&mut self, input: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut output = vec![0; input.len() + self.block];
        let length = self.context.cipher_update(input, Some(&mut output))?;
        output.truncate(length);
        Ok(output)
    }

    fn finish(&mut self) -> Result<Vec<u8>, Failure> {
        if self.is_ccm && !self.encrypts {
            // What `update` gave was verified there.
            return Ok(Vec::new());
        }
        let mut output = vec![0; self.block.max(32)];
        let length = self.context.cipher_final(&mut output)?;
        output.truncate(length);
        Ok(output)
    }
}

fn give(call: &Call<'_>, work: Work) -> Value {
    let work = RefCell::new(work);
    call.context().function(move |call: &Call<'_>| {
        let fail = |failure: Failure| call.context().error(&failure.text());
        let mut work = work.borrow_mut();
        Ok(match call.string(0)?.as_str() {
            "update" => Some(
                call.with_bytes(1, |input| work.update(input))?
                    .map_err(fail)?,
            ),
            "final" => Some(work.finish().map_err(fail)?),
            "aad" => {
                let length = call.number(2)?;
                if length >= 0.0 {
                    work.context
                        .set_data_len(length as usize)
                        .map_err(|error| fail(error.into()))?;
                }
                call.with_bytes(1, |input| work.context.cipher_update(input, None))?
                    .map_err(|error| fail(error.into()))?;
                None
            }
            "setTag" => {
                call.with_bytes(1, |tag| work.context.set_tag(tag))?
                    .map_err(|error| fail(error.into()))?;
                None
            }
            "tag" => {
                let mut tag = vec![0; work.tag_length];
                work.context
                    .tag(&mut tag)
                    .map_err(|error| fail(error.into()))?;
                Some(tag)
            }
            _ => {
                work.context.set_padding(call.boolean(1));
                None
            }
        })
    })
}

pub(super) fn install(realm: &Rc<Realm>) {
    realm.op("node_crypto_cipher_names", |_| {
        let names: Vec<_> = CIPHERS.iter().map(|(name, _)| *name).collect();
        Ok(names.join(" "))
    });
    // (name) → "name mode number block iv key"; undefined for what is not known
    realm.op("node_crypto_cipher_details", |call| {
        Ok(find(&call.string(0)?).map(|(cipher, name, mode)| {
            format!(
                "{name} {mode} {} {} {} {}",
                cipher.nid().as_raw(),
                cipher.block_size(),
                cipher.iv_length(),
                cipher.key_length()
            )
        }))
    });
    // (name, encrypt?, key, iv, tag length, data length, tag) → a function (operation, argument)
    realm.op("node_crypto_cipher", |call| -> Result<Value, OpError> {
        let optional = |index: usize| {
            (!call.is_nullish(index))
                .then(|| call.bytes(index))
                .transpose()
        };
        let (iv, tag) = (optional(3)?, optional(6)?);
        let data_length = call.number(5)?;
        let work = Work::new(
            &call.string(0)?,
            call.boolean(1),
            &call.bytes(2)?,
            iv.as_deref(),
            call.number(4)? as usize,
            (data_length >= 0.0).then_some(data_length as usize),
            tag.as_deref(),
        )?;
        Ok(give(call, work))
    });
}
