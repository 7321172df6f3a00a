//! The key, and what it seals: `quire-secrets`, a format number, the key's mark, a nonce, then the sealed bytes with their tag.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};

const MAGIC: &[u8] = b"quire-secrets";
const FORMAT: u8 = 1;
const KEY_LEN: usize = 32;

/// Bytes of the hash by which a key is told from another.
const MARK_LEN: usize = 8;

const HEAD_LEN: usize = MAGIC.len() + 1 + MARK_LEN;

/// A key for AES-256-GCM.
pub(super) struct Key([u8; KEY_LEN]);

/// What came of opening a sealed file.
pub(super) enum Unsealed {
    /// Its content.
    Bytes(Vec<u8>),
    OtherKey,
    Damaged,
    TooNew,
}

impl Key {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; KEY_LEN];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads the hexadecimal form.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 2 * KEY_LEN {
            return None;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let mut bytes = [0; KEY_LEN];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
        }
        Some(Self(bytes))
    }

    /// The hexadecimal form.
    pub(super) fn text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn mark(&self) -> Vec<u8> {
        let hash = digest(&SHA256, &[b"quire secrets key", &self.0[..]].concat());
        hash.as_ref().iter().copied().take(MARK_LEN).collect()
    }

    /// `None` cannot happen: the length is right by type.
    fn cipher(&self) -> Option<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM, &self.0).ok()?;
        Some(LessSafeKey::new(key))
    }

    pub(super) fn seal(&self, mut content: Vec<u8>) -> Result<Vec<u8>, getrandom::Error> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce)?;
        let mut sealed = [MAGIC, &[FORMAT], &self.mark()].concat();
        let head = Aad::from(sealed.clone());
        let refused = || getrandom::Error::UNSUPPORTED;
        self.cipher()
            .ok_or_else(refused)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), head, &mut content)
            .map_err(|_| refused())?;
        sealed.extend(nonce);
        sealed.extend(content);
        Ok(sealed)
    }

    pub(super) fn unseal(&self, sealed: &[u8]) -> Unsealed {
        let Some(rest) = sealed.strip_prefix(MAGIC) else {
            return Unsealed::Damaged;
        };
        match rest.first() {
            Some(&FORMAT) => {}
            Some(&format) if format > FORMAT => return Unsealed::TooNew,
            _ => return Unsealed::Damaged,
        }
        let (Some(head), Some(mark)) = (sealed.get(..HEAD_LEN), rest.get(1..=MARK_LEN)) else {
            return Unsealed::Damaged;
        };
        if mark != self.mark() {
            return Unsealed::OtherKey;
        }
        let body = &sealed[HEAD_LEN..];
        let Some((nonce, content)) = body.split_at_checked(NONCE_LEN) else {
            return Unsealed::Damaged;
        };
        let (Ok(nonce), Some(cipher)) = (Nonce::try_assume_unique_for_key(nonce), self.cipher())
        else {
            return Unsealed::Damaged;
        };
        let mut content = content.to_vec();
        match cipher.open_in_place(nonce, Aad::from(head), &mut content) {
            Ok(opened) => Unsealed::Bytes(opened.to_vec()),
            Err(_) => Unsealed::Damaged,
        }
    }
}
