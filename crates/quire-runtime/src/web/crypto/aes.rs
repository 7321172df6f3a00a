//! The block cipher AES in the modes of the Web Cryptography API. The key's length chooses among AES-128, -192 and -256.

use super::error::CryptoError;
use openssl::aes::{AesKey, unwrap_key, wrap_key};
use openssl::cipher::{Cipher, CipherRef};
use openssl::cipher_ctx::{CipherCtx, CipherCtxRef};
use quire_jsc::memory;
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// The length of a block, and of the initialization vector or counter of most modes.
pub(crate) const BLOCK: usize = 16;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Encrypt,
    Decrypt,
}

type Ciphers = [fn() -> &'static CipherRef; 3];
const CBC: Ciphers = [
    Cipher::aes_128_cbc,
    Cipher::aes_192_cbc,
    Cipher::aes_256_cbc,
];
const CTR: Ciphers = [
    Cipher::aes_128_ctr,
    Cipher::aes_192_ctr,
    Cipher::aes_256_ctr,
];
const GCM: Ciphers = [
    Cipher::aes_128_gcm,
    Cipher::aes_192_gcm,
    Cipher::aes_256_gcm,
];

fn cipher(mode: Ciphers, key: &[u8]) -> Result<&'static CipherRef, CryptoError> {
    match key.len() {
        16 => Ok(mode[0]()),
        24 => Ok(mode[1]()),
        32 => Ok(mode[2]()),
        length => Err(CryptoError::Data(format!(
            "AES key length must be 128, 192, or 256 bits but provided {}.",
            length * 8
        ))),
    }
}

/// OpenSSL counts the bytes of one call in an `int`.
fn check_length(data: &[u8]) -> Result<(), CryptoError> {
    if data.len() > i32::MAX as usize - 2 * BLOCK {
        return Err(CryptoError::Operation(
            "The data is too large for one operation.".into(),
        ));
    }
    Ok(())
}

/// The one answer to all that makes decryption fail: more would tell an attacker which it was.
fn decryption_failed(algorithm: &str, input: usize, output: usize) -> CryptoError {
    CryptoError::Operation(format!(
        "Decryption failed. This could be due to a ciphertext authentication failure, bad padding, incorrect \
         CryptoKey, or another algorithm-specific reason. Input length was {input}, output length expected to be \
         {output} for {algorithm}"
    ))
}

/// CBC with the padding of PKCS #7.
pub(crate) fn cbc(
    direction: Direction,
    key: &[u8],
    iv: &[u8; BLOCK],
    data: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    check_length(data)?;
    let cipher = cipher(CBC, key)?;
    let mut context = CipherCtx::new()?;
    match direction {
        Direction::Encrypt => context.encrypt_init(Some(cipher), Some(key), Some(iv))?,
        Direction::Decrypt => context.decrypt_init(Some(cipher), Some(key), Some(iv))?,
    }
    let mut output = memory::with_capacity(data.len() + 2 * BLOCK);
    let written = context.cipher_update_vec(data, &mut output)?;
    match context.cipher_final_vec(&mut output) {
        Ok(_) => Ok(output),
        Err(error) if direction == Direction::Encrypt => Err(error.into()),
        Err(_) => Err(decryption_failed("AES-CBC", data.len(), written)),
    }
}

/// CTR, in which encryption and decryption are the same. The rightmost `bits` (1 to 128) of the block count; the others stay.
pub(crate) fn ctr(
    key: &[u8],
    counter: &[u8; BLOCK],
    bits: u32,
    data: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    check_length(data)?;
    if !(1..=128).contains(&bits) {
        return Err(CryptoError::Operation(format!(
            "Invalid counter of {bits} bits length provided."
        )));
    }
    let cipher = cipher(CTR, key)?;
    let start = u128::from_be_bytes(*counter);
    let mask = u128::MAX >> (128 - bits);
    let blocks = data.len().div_ceil(BLOCK) as u128;
    // How many blocks the counter has left: one more than fits at most, which is enough to compare.
    let until_wrap = (mask - (start & mask)).saturating_add(1);
    if blocks.saturating_sub(1) > mask {
        return Err(CryptoError::Operation(
            "Counter block values will repeat.".into(),
        ));
    }
    let cut = if until_wrap >= blocks {
        data.len()
    } else {
        until_wrap as usize * BLOCK
    };
    let (before, after) = data.split_at(cut);
    let mut output = memory::with_capacity(data.len() + BLOCK);
    for (part, counter) in [(before, start), (after, start & !mask)] {
        if part.is_empty() {
            continue;
        }
        let mut context = CipherCtx::new()?;
        context.encrypt_init(Some(cipher), Some(key), Some(&counter.to_be_bytes()))?;
        context.cipher_update_vec(part, &mut output)?;
        context.cipher_final_vec(&mut output)?;
    }
    Ok(output)
}

/// The parameters of GCM beside the key.
pub(crate) struct Gcm<'a> {
    pub(crate) iv: &'a [u8],
    pub(crate) additional_data: &'a [u8],
    /// In bytes.
    pub(crate) tag_length: usize,
}

impl Gcm<'_> {
    /// What nearly every program uses has an implementation of its own: with vector AES instructions it is more than twice as
    /// fast as OpenSSL before 3.1.
    fn common(&self, key: &[u8]) -> Option<(LessSafeKey, Nonce)> {
        let algorithm = match key.len() {
            16 => &AES_128_GCM,
            32 => &AES_256_GCM,
            _ => return None,
        };
        if self.tag_length != algorithm.tag_len() {
            return None;
        }
        let nonce = Nonce::try_assume_unique_for_key(self.iv).ok()?;
        let key = UnboundKey::new(algorithm, key).ok()?;
        Some((LessSafeKey::new(key), nonce))
    }

    fn check(&self, data: &[u8]) -> Result<(), CryptoError> {
        check_length(data)?;
        check_length(self.additional_data)?;
        if self.iv.is_empty() {
            return Err(CryptoError::Operation(
                "AES-GCM IV must not be empty.".into(),
            ));
        }
        if !matches!(self.tag_length, 4 | 8 | 12..=16) {
            return Err(CryptoError::Operation(format!(
                "Invalid AES-GCM tag length {}.",
                self.tag_length * 8
            )));
        }
        Ok(())
    }

    fn begin(&self, direction: Direction, key: &[u8]) -> Result<CipherCtx, CryptoError> {
        let cipher = cipher(GCM, key)?;
        let mut context = CipherCtx::new()?;
        let init = match direction {
            Direction::Encrypt => CipherCtxRef::encrypt_init,
            Direction::Decrypt => CipherCtxRef::decrypt_init,
        };
        init(&mut context, Some(cipher), None, None)?;
        context.set_iv_length(self.iv.len()).map_err(|_| {
            CryptoError::Operation(format!(
                "An AES-GCM IV of {} bytes is longer than the cryptographic library takes.",
                self.iv.len()
            ))
        })?;
        init(&mut context, None, Some(key), Some(self.iv))?;
        if !self.additional_data.is_empty() {
            context.cipher_update(self.additional_data, None)?;
        }
        Ok(context)
    }

    /// The ciphertext with the tag behind it, in the memory of the plaintext if that can be.
    pub(crate) fn encrypt(&self, key: &[u8], mut data: Vec<u8>) -> Result<Vec<u8>, CryptoError> {
        self.check(&data)?;
        if let Some((key, nonce)) = self.common(key) {
            let additional_data = Aad::from(self.additional_data);
            let tag = key
                .seal_in_place_separate_tag(nonce, additional_data, &mut data)
                .map_err(CryptoError::operation("AES-GCM encryption failed."))?;
            data.extend_from_slice(tag.as_ref());
            return Ok(data);
        }
        let mut output = memory::with_capacity(data.len() + BLOCK);
        let mut context = self.begin(Direction::Encrypt, key)?;
        context.cipher_update_vec(&data, &mut output)?;
        context.cipher_final_vec(&mut output)?;
        let end = output.len();
        output.resize(end + self.tag_length, 0);
        context.tag(&mut output[end..])?;
        Ok(output)
    }

    /// The plaintext, if the tag at the end is right; in the memory of the ciphertext if that can be.
    pub(crate) fn decrypt(&self, key: &[u8], mut data: Vec<u8>) -> Result<Vec<u8>, CryptoError> {
        self.check(&data)?;
        let Some(length) = data.len().checked_sub(self.tag_length) else {
            return Err(CryptoError::Operation(format!(
                "Ciphertext length of {} bits must be greater than or equal to the size of the AES-GCM tag length of {} bits.",
                data.len() * 8,
                self.tag_length * 8
            )));
        };
        let failed = || decryption_failed("AES-GCM", length, length);
        if let Some((key, nonce)) = self.common(key) {
            let additional_data = Aad::from(self.additional_data);
            key.open_in_place(nonce, additional_data, &mut data)
                .map_err(|_| failed())?;
            data.truncate(length);
            return Ok(data);
        }
        let (text, tag) = data.split_at(length);
        let mut context = self.begin(Direction::Decrypt, key)?;
        let mut output = memory::with_capacity(length + BLOCK);
        context.cipher_update_vec(text, &mut output)?;
        context.set_tag(tag)?;
        context
            .cipher_final_vec(&mut output)
            .map_err(|_| failed())?;
        Ok(output)
    }
}

/// The key wrapping of RFC 3394.
pub(crate) fn wrap(key: &[u8], data: &[u8]) -> Result<Vec<u8>, CryptoError> {
    if !data.len().is_multiple_of(8) {
        return Err(CryptoError::Operation(format!(
            "Unwrapped key bit length must be a multiple of 64 bits but unwrapped key has a length of {} bits.",
            data.len() * 8
        )));
    }
    if data.len() < 16 {
        return Err(CryptoError::Operation(format!(
            "Unwrapped key has length {} bytes but it should be greater than or equal to 16",
            data.len()
        )));
    }
    let failed = || CryptoError::Operation("AES-KW key wrapping failed.".into());
    let key = AesKey::new_encrypt(key).map_err(|_| failed())?;
    let mut output = vec![0; data.len() + 8];
    let length = wrap_key(&key, None, &mut output, data).map_err(|_| failed())?;
    output.truncate(length);
    Ok(output)
}

/// The reverse of [`wrap`]; it fails if the data was not wrapped with this key.
pub(crate) fn unwrap(key: &[u8], data: &[u8]) -> Result<Vec<u8>, CryptoError> {
    if !data.len().is_multiple_of(8) {
        return Err(CryptoError::Operation(format!(
            "Provided a wrapped key to unwrap that is {} bits which isn't a multiple of 64 bits.",
            data.len() * 8
        )));
    }
    if data.len() < 24 {
        return Err(CryptoError::Operation(format!(
            "Provided a wrapped key to unwrap this is {} bits that is less than the minimal length of 192 bits.",
            data.len() * 8
        )));
    }
    let failed = || CryptoError::Operation("AES-KW key unwrapping failed.".into());
    let key = AesKey::new_decrypt(key).map_err(|_| failed())?;
    let mut output = vec![0; data.len() - 8];
    let length = unwrap_key(&key, None, &mut output, data).map_err(|_| failed())?;
    output.truncate(length);
    Ok(output)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{hex, unhex};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn modes_give_what_their_standards_say() {
        // NIST SP 800-38A F.2.1 and F.5.1, first block.
        let key = unhex("2b7e151628aed2a6abf7158809cf4f3c");
        let block = unhex("6bc1bee22e409f96e93d7e117393172a");
        let iv = unhex("000102030405060708090a0b0c0d0e0f")
            .try_into()
            .unwrap();
        let encrypted = cbc(Direction::Encrypt, &key, &iv, &block).unwrap();
        assert_eq!(hex(&encrypted[..16]), "7649abac8119b246cee98e9b12e9197d");
        let counter = unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
            .try_into()
            .unwrap();
        assert_eq!(
            hex(&ctr(&key, &counter, 128, &block).unwrap()),
            "874d6191b620e3261bef6864990db6ce"
        );
        // RFC 3394 §4.1 and §4.6
        let wrapped = wrap(
            &unhex("000102030405060708090A0B0C0D0E0F"),
            &unhex("00112233445566778899AABBCCDDEEFF"),
        );
        assert_eq!(
            hex(&wrapped.unwrap()),
            "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"
        );
        let key = unhex("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
        let secret = unhex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");
        let mut wrapped = wrap(&key, &secret).unwrap();
        assert_eq!(
            hex(&wrapped),
            "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
        );
        assert_eq!(unwrap(&key, &wrapped).unwrap(), secret);
        wrapped[3] ^= 1;
        assert!(unwrap(&key, &wrapped).is_err());
    }

    #[test]
    fn gcm_gives_what_its_standard_says() {
        // The GCM specification's test cases 4 (by the fast implementation), 5 and 6 (by the general one).
        let key = unhex("feffe9928665731c6d6a8f9467308308");
        let text = unhex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let additional_data = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        for (iv, tag) in [
            (
                "cafebabefacedbaddecaf888",
                "5bc94fbc3221a5db94fae95ae7121a47",
            ),
            ("cafebabefacedbad", "3612d2e79e3b0785561be14aaca2fccb"),
            (
                "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
                "619cc5aefffe0bfa462af43c1699d050",
            ),
        ] {
            let iv = unhex(iv);
            let gcm = |tag_length| Gcm {
                iv: &iv,
                additional_data: &additional_data,
                tag_length,
            };
            let whole = gcm(16).encrypt(&key, text.clone()).unwrap();
            assert_eq!(hex(&whole[text.len()..]), tag);
            let short = gcm(12).encrypt(&key, text.clone()).unwrap();
            assert_eq!(short, whole[..text.len() + 12]);
            assert_eq!(gcm(16).decrypt(&key, whole.clone()).unwrap(), text);
            assert_eq!(gcm(12).decrypt(&key, short.clone()).unwrap(), text);
            assert!(gcm(16).decrypt(&key, short).is_err());
            assert!(gcm(16).decrypt(&key, b"short".to_vec()).is_err());
        }
    }

    #[test]
    fn a_counter_that_repeats_is_refused() {
        let key = [0; 16];
        assert!(ctr(&key, &[0xff; 16], 1, &[0; 32]).is_ok());
        assert!(ctr(&key, &[0xff; 16], 1, &[0; 33]).is_err());
        assert!(ctr(&key, &[0xff; 16], 0, b"").is_err());
        assert!(ctr(&key, &[0xff; 16], 129, b"").is_err());
        assert_eq!(ctr(&key, &[0xff; 16], 128, b"").unwrap(), b"");
    }

    /// One block after the other, each with a counter computed by hand.
    fn ctr_by_blocks(key: &[u8], counter: [u8; BLOCK], bits: u32, data: &[u8]) -> Vec<u8> {
        let mask = u128::MAX >> (128 - bits);
        let start = u128::from_be_bytes(counter);
        let block = |(index, block): (usize, &[u8])| {
            let count = start.wrapping_add(index as u128) & mask;
            let counter = (start & !mask | count).to_be_bytes();
            ctr(key, &counter, 128, block).unwrap()
        };
        data.chunks(BLOCK).enumerate().flat_map(block).collect()
    }

    proptest! {
        #[test]
        fn counters_wrap_within_their_bits(
            key in any::<[u8; 32]>(),
            mut counter in any::<[u8; 16]>(),
            bits in 4u32..=128,
            data in proptest::collection::vec(any::<u8>(), 0..256),
        ) {
            counter[14..].fill(0xff);
            counter[15] = 0xf9;
            prop_assert_eq!(
                ctr(&key, &counter, bits, &data).unwrap(),
                ctr_by_blocks(&key, counter, bits, &data)
            );
        }

        #[test]
        fn what_was_encrypted_is_decrypted(
            key in prop_oneof![Just(16usize), Just(24), Just(32)],
            data in proptest::collection::vec(any::<u8>(), 0..100),
            iv in any::<[u8; 16]>(),
            tag_length in 12usize..=16,
            length in 1usize..=16,
        ) {
            let key = vec![7; key];
            let encrypted = cbc(Direction::Encrypt, &key, &iv, &data).unwrap();
            prop_assert_eq!(&cbc(Direction::Decrypt, &key, &iv, &encrypted).unwrap(), &data);
            prop_assert!(cbc(Direction::Decrypt, &key, &iv, &encrypted[1..]).is_err());
            let gcm = Gcm { iv: &iv[..length], additional_data: &data, tag_length };
            let mut encrypted = gcm.encrypt(&key, data.clone()).unwrap();
            prop_assert_eq!(&gcm.decrypt(&key, encrypted.clone()).unwrap(), &data);
            encrypted[0] ^= 1;
            prop_assert!(gcm.decrypt(&key, encrypted).is_err());
        }
    }
}
