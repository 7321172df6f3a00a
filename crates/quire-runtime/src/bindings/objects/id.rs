//! Ids of Durable Objects: 32 bytes of which only their namespace can make, and recognise, the second half.
//!
//! A namespace has a key that is the SHA-256 of its unique name, `<program>-<class>`. The first 16 bytes of an id are those of
//! HMAC-SHA256(key, name), or random; the others are those of HMAC-SHA256(key, the first 16).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use serde::{Deserialize, Serialize};
use std::fmt;

const HALF: usize = 16;

/// The id of an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ObjectId([u8; 2 * HALF]);

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdError {
    #[error("Invalid Durable Object ID: must be 64 hex digits")]
    Form,
    #[error("Durable Object ID is not valid for this namespace.")]
    Namespace,
}

/// What makes the ids of one class.
pub(crate) struct IdSource(hmac::Key);

impl IdSource {
    /// The source for the class of this name that the program of that name exports.
    pub(crate) fn new(program: &str, class: &str) -> Self {
        let key = digest(&SHA256, format!("{program}-{class}").as_bytes());
        Self(hmac::Key::new(HMAC_SHA256, key.as_ref()))
    }

    /// The id that belongs to a name.
    pub(crate) fn named(&self, name: &str) -> ObjectId {
        self.complete(self.half(name.as_bytes()))
    }

    /// An id that nobody else has.
    pub(crate) fn unique(&self) -> Result<ObjectId, getrandom::Error> {
        let mut half = [0; HALF];
        getrandom::fill(&mut half)?;
        Ok(self.complete(half))
    }

    /// The id that a text stands for, if it is one of this class.
    pub(crate) fn parse(&self, text: &str) -> Result<ObjectId, IdError> {
        let id: ObjectId = text.parse()?;
        let mut half = [0; HALF];
        half.copy_from_slice(&id.0[..HALF]);
        match self.complete(half) == id {
            true => Ok(id),
            false => Err(IdError::Namespace),
        }
    }

    fn complete(&self, half: [u8; HALF]) -> ObjectId {
        let mut id = [0; 2 * HALF];
        id[..HALF].copy_from_slice(&half);
        id[HALF..].copy_from_slice(&self.half(&half));
        ObjectId(id)
    }

    fn half(&self, bytes: &[u8]) -> [u8; HALF] {
        let mut half = [0; HALF];
        half.copy_from_slice(&hmac::sign(&self.0, bytes).as_ref()[..HALF]);
        half
    }
}

impl ObjectId {
    /// Which of `count` places the object has. The bytes are as good as random.
    pub(crate) fn place(&self, count: u32) -> u32 {
        let mut number = [0; 8];
        number.copy_from_slice(&self.0[..8]);
        (u64::from_le_bytes(number) % u64::from(count.max(1))) as u32
    }
}

impl std::str::FromStr for ObjectId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.as_bytes();
        let mut id = [0; 2 * HALF];
        if digits.len() != 2 * id.len() {
            return Err(IdError::Form);
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(IdError::Form);
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Ok(Self(id))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = String::with_capacity(2 * self.0.len());
        for byte in self.0 {
            text.push(DIGITS[usize::from(byte >> 4)].into());
            text.push(DIGITS[usize::from(byte & 15)].into());
        }
        formatter.write_str(&text)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    /// Recorded from the original.
    const NAMED: [(&str, &str, &str); 5] = [
        (
            "Room",
            "a",
            "b8065da086ec4fd5b9e35917a176ed6475bf59917415468f42c9740bb2d45b90",
        ),
        (
            "Room",
            "",
            "edbb194b5850695f65ab14213e148d4194cf4f65e8d87ede457586e1acb7f8fd",
        ),
        (
            "Room",
            "5",
            "ec20809c2346a86998d0c943db4711fb8965dab13b85043c67b2f0d08ec6e96a",
        ),
        (
            "Room",
            "é😀",
            "4cd4e596b3ec124ee2263b3e844b47f305430d3cb77b25914558d1c3aa75d61f",
        ),
        (
            "Other",
            "a",
            "abe4af8f079823f5e8f16f5ca0a906b3352bb376286746e08e61bc1ee4bbd097",
        ),
    ];

    #[test]
    fn names_give_the_ids_of_the_original() {
        for (class, name, id) in NAMED {
            let source = IdSource::new("objects", class);
            assert_eq!(source.named(name).to_string(), id);
            assert_eq!(source.parse(&id.to_uppercase()), Ok(source.named(name)));
        }
    }

    #[test]
    fn a_namespace_knows_its_own_ids() {
        let (source, other) = (IdSource::new("a", "A"), IdSource::new("a", "B"));
        let id = source.unique().unwrap();
        assert_ne!(id, source.unique().unwrap());
        assert_eq!(source.parse(&id.to_string()), Ok(id));
        assert_eq!(other.parse(&id.to_string()), Err(IdError::Namespace));
        assert_eq!(source.parse(&"0".repeat(64)), Err(IdError::Namespace));
        for text in ["", "abc", &"g".repeat(64), &"é".repeat(32), &"+".repeat(64)] {
            assert_eq!(source.parse(text), Err(IdError::Form), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_id_or_an_error(text in ".{0,70}") {
            let source = IdSource::new("a", "A");
            prop_assert!(source.parse(&text).is_err());
        }

        #[test]
        fn any_name_has_an_id_that_is_recognised(name in ".*") {
            let source = IdSource::new("a", "A");
            let id = source.named(&name);
            prop_assert_eq!(source.parse(&id.to_string()), Ok(id));
            prop_assert_eq!(id.place(1), 0);
            prop_assert!(id.place(3) < 3);
        }
    }
}
