//! What a journal consists of: the bytes that a commit added to an object's log, behind their length and checksum.

use std::io::{self, Read};

/// Longer ones are never written, in bytes.
const LENGTH_MAX: usize = 1024 * 1024;

/// Before a record: its length and its checksum.
const HEAD_BYTES: usize = 8;

/// The bytes that a commit added to an object's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The object's id
    pub(super) object: String,
    /// Where in the log they are
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
}

/// Appends a record to what is to be written.
pub(super) fn encode(object: &str, offset: u64, bytes: &[u8], into: &mut Vec<u8>) {
    let head = into.len();
    into.extend_from_slice(&[0; HEAD_BYTES]);
    into.extend_from_slice(&(object.len() as u16).to_le_bytes());
    into.extend_from_slice(object.as_bytes());
    into.extend_from_slice(&offset.to_le_bytes());
    into.extend_from_slice(bytes);
    let content = head + HEAD_BYTES;
    let length = (into.len() - content) as u32;
    let checksum = crc32fast::hash(&into[content..]);
    into[head..head + 4].copy_from_slice(&length.to_le_bytes());
    into[head + 4..content].copy_from_slice(&checksum.to_le_bytes());
}

/// The next record. Nothing at the end, which is wherever there is no whole one.
pub(super) fn read(input: &mut impl Read) -> io::Result<Option<Record>> {
    let mut head = [0; HEAD_BYTES];
    let [l0, l1, l2, l3, c0, c1, c2, c3] = match fill(input, &mut head)? {
        true => head,
        false => return Ok(None),
    };
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if length == 0 || length > LENGTH_MAX {
        return Ok(None);
    }
    let mut content = vec![0; length];
    let is_whole = fill(input, &mut content)?
        && crc32fast::hash(&content) == u32::from_le_bytes([c0, c1, c2, c3]);
    Ok(if is_whole { parse(&content) } else { None })
}

fn parse(content: &[u8]) -> Option<Record> {
    let (length, rest) = content.split_first_chunk::<2>()?;
    let (object, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    let (offset, bytes) = rest.split_first_chunk::<8>()?;
    Some(Record {
        object: str::from_utf8(object).ok()?.to_owned(),
        offset: u64::from_le_bytes(*offset),
        bytes: bytes.to_vec(),
    })
}

/// Whether there was as much.
fn fill(input: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match input.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    fn read_all(mut input: &[u8]) -> Vec<Record> {
        std::iter::from_fn(|| read(&mut input).unwrap()).collect()
    }

    fn records() -> impl Strategy<Value = Vec<Record>> {
        let record = (
            "[0-9a-z]{1,64}",
            any::<u64>(),
            prop::collection::vec(any::<u8>(), 0..300),
        );
        let record = record.prop_map(|(object, offset, bytes)| Record {
            object,
            offset,
            bytes,
        });
        prop::collection::vec(record, 0..6)
    }

    proptest! {
        #[test]
        fn records_come_out_as_they_went_in_up_to_where_they_are_cut_short(written in records(), cut in any::<prop::sample::Index>()) {
            let mut bytes = Vec::new();
            let mut ends = Vec::new();
            for Record { object, offset, bytes: content } in &written {
                encode(object, *offset, content, &mut bytes);
                ends.push(bytes.len());
            }
            let mut zeros = bytes.clone();
            zeros.extend_from_slice(&[0; 100]);
            prop_assert_eq!(&read_all(&zeros), &written);
            let cut = cut.index(bytes.len() + 1);
            let whole = ends.iter().filter(|end| **end <= cut).count();
            prop_assert_eq!(&read_all(&bytes[..cut])[..], &written[..whole]);
        }

        #[test]
        fn a_record_with_a_changed_byte_is_none(written in records(), at in any::<prop::sample::Index>(), by in 1..=255_u8) {
            let mut bytes = Vec::new();
            let mut ends = Vec::new();
            for Record { object, offset, bytes: content } in &written {
                encode(object, *offset, content, &mut bytes);
                ends.push(bytes.len());
            }
            prop_assume!(!bytes.is_empty());
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            let before = ends.iter().filter(|end| **end <= at).count();
            prop_assert_eq!(&read_all(&bytes)[..], &written[..before]);
        }

        #[test]
        fn arbitrary_bytes_are_read_to_some_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            read_all(&bytes);
        }
    }
}
