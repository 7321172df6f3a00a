//! The checksums that a `DigestStream` knows beside the hash functions.

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_NVME, Crc, Digest, Table};

static CRC32: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);
static CRC32C: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);
static CRC64: Crc<u64, Table<16>> = Crc::<u64, Table<16>>::new(&CRC_64_NVME);

/// A checksum over data that comes in pieces.
pub(crate) enum Checksum {
    Bits32(Digest<'static, u32, Table<16>>),
    Bits64(Digest<'static, u64, Table<16>>),
}

impl Checksum {
    /// By the name that Workers give it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "crc32" => Self::Bits32(CRC32.digest()),
            "crc32c" => Self::Bits32(CRC32C.digest()),
            "crc64nvme" => Self::Bits64(CRC64.digest()),
            _ => return None,
        })
    }

    pub(crate) fn update(&mut self, data: &[u8]) {
        match self {
            Self::Bits32(digest) => digest.update(data),
            Self::Bits64(digest) => digest.update(data),
        }
    }

    /// The checksum, most significant byte first.
    pub(crate) fn finish(self) -> Vec<u8> {
        match self {
            Self::Bits32(digest) => digest.finalize().to_be_bytes().to_vec(),
            Self::Bits64(digest) => digest.finalize().to_be_bytes().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::hex;
    use super::*;

    #[test]
    fn checksums_are_those_of_the_catalogue() {
        // The check values of the CRC RevEng catalogue.
        for (name, expected) in [
            ("crc32", "cbf43926"),
            ("crc32c", "e3069283"),
            ("crc64nvme", "ae8b14860a799888"),
        ] {
            let mut checksum = Checksum::named(name).unwrap();
            checksum.update(b"1234");
            checksum.update(b"56789");
            assert_eq!(hex(&checksum.finish()), expected);
        }
        assert!(Checksum::named("CRC32").is_none());
    }
}
