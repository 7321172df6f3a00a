//! Secrets as bytes: for each its owner's kind, the owner's two names, its own name and its value, each text after its length.

use std::collections::BTreeMap;

use super::SecretOwner;

/// Names and values by owner.
pub(super) type Records = BTreeMap<SecretOwner, BTreeMap<String, String>>;

const PROGRAM: u8 = 0;
const STORE: u8 = 1;

pub(super) fn encode(records: &Records) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (owner, values) in records {
        let (kind, first, second) = match owner {
            SecretOwner::Program {
                environment,
                program,
            } => (PROGRAM, environment.as_str(), program.as_str()),
            SecretOwner::Store(id) => (STORE, id.as_str(), ""),
        };
        for (name, value) in values {
            bytes.push(kind);
            for text in [first, second, name, value] {
                bytes.extend((text.len() as u64).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
        }
    }
    bytes
}

/// `None` if the bytes are not from [`encode`].
pub(super) fn decode(mut bytes: &[u8]) -> Option<Records> {
    let mut records = Records::new();
    while let Some((kind, rest)) = bytes.split_first() {
        bytes = rest;
        let first = text(&mut bytes)?;
        let second = text(&mut bytes)?;
        let owner = match *kind {
            PROGRAM => SecretOwner::Program {
                environment: first,
                program: second,
            },
            STORE => SecretOwner::Store(first),
            _ => return None,
        };
        let name = text(&mut bytes)?;
        let value = text(&mut bytes)?;
        records.entry(owner).or_default().insert(name, value);
    }
    Some(records)
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}
