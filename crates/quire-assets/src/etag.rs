//! The hash that names a file's content, in entity tags and as the key of an uploaded asset.

use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes hashed at a time; a multiple of 3, so that the base64 text of the pieces joins to that of the whole.
const HASH_CHUNK: usize = 3 * 64 * 1024;

/// Hexadecimal digits of the hash that are kept.
const HASH_DIGITS: usize = 32;

/// The first 32 hexadecimal digits of the BLAKE3 hash of a file's base64 text followed by its extension.
/// `name` is the file's name or path, `content` its bytes.
pub fn content_hash(name: &str, content: impl Read) -> io::Result<String> {
    content_hash_and_length(name, content).map(|(hash, _)| hash)
}

pub(crate) fn content_hash_and_length(
    name: &str,
    mut content: impl Read,
) -> io::Result<(String, u64)> {
    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; HASH_CHUNK];
    let mut text = vec![0; HASH_CHUNK / 3 * 4];
    let mut length = 0;
    loop {
        let filled = fill(&mut content, &mut chunk)?;
        let written = STANDARD
            .encode_slice(&chunk[..filled], &mut text)
            .map_err(io::Error::other)?;
        hasher.update(&text[..written]);
        length += filled as u64;
        if filled < chunk.len() {
            break;
        }
    }
    hasher.update(extension(name).as_bytes());
    let mut hash = hasher.finalize().to_hex().to_string();
    hash.truncate(HASH_DIGITS);
    Ok((hash, length))
}

/// Reads until the chunk is full or the content ends.
fn fill(content: &mut impl Read, chunk: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < chunk.len() {
        match content.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The text after the last dot of a file's name, in its own case; empty without one and for names like `.hidden`.
pub(crate) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rfind('.') {
        None | Some(0) => "",
        Some(dot) => &name[dot + 1..],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn extensions() {
        for (path, expected) in [
            ("a.txt", "txt"),
            ("a/b.c/d", ""),
            ("a/b.tar.GZ", "GZ"),
            (".hidden", ""),
            ("x/.html", ""),
            (".a.b", "b"),
            ("a.", ""),
            ("..a", "a"),
        ] {
            assert_eq!(extension(path), expected, "{path}");
        }
    }

    #[test]
    fn equals_the_hash_of_the_joined_text() {
        for length in [
            0,
            1,
            2,
            3,
            1000,
            HASH_CHUNK - 1,
            HASH_CHUNK,
            HASH_CHUNK + 1,
            3 * HASH_CHUNK,
        ] {
            let content: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let whole =
                blake3::hash(format!("{}txt", STANDARD.encode(&content)).as_bytes()).to_hex();
            let hash = content_hash("dir/a.txt", content.as_slice()).unwrap();
            assert_eq!(hash, &whole[..32], "{length}");
            assert_ne!(hash, content_hash("a.md", content.as_slice()).unwrap());
        }
    }

    #[test]
    fn a_reader_that_gives_single_bytes_changes_nothing() {
        struct Single<'a>(&'a [u8]);
        impl Read for Single<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = self.0.len().min(1).min(buffer.len());
                buffer[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let content = b"some bytes in a row";
        assert_eq!(
            content_hash("a", Single(content)).unwrap(),
            content_hash("a", &content[..]).unwrap()
        );
    }
}
