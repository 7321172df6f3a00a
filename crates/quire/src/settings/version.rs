//! Versions of a project.

use std::hash::{BuildHasher as _, RandomState};

use crate::calendar;

/// Which version of a project runs, as `version_metadata` tells.
#[derive(Debug, Clone)]
pub struct Version {
    /// A UUID.
    pub id: String,
    /// Date and time, as in ISO 8601.
    pub timestamp: String,
}

impl Version {
    /// Another one at every start.
    pub(super) fn new() -> Version {
        let random = || RandomState::new().hash_one(0);
        let (high, low) = (random(), random());
        // The bits that say that the rest is random.
        let high = (high & !0xf000) | 0x4000;
        let low = (low & (u64::MAX >> 2)) | (1 << 63);
        let id = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        );
        Version {
            id,
            timestamp: calendar::now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_another_one_each_time() {
        let (one, other) = (Version::new(), Version::new());
        assert_ne!(one.id, other.id);
        assert_eq!(one.id.len(), 36);
        assert_eq!(&one.id[14..15], "4");
        assert!("89ab".contains(&one.id[19..20]), "{}", one.id);
        assert_eq!(one.timestamp.len(), "2026-06-01T00:00:00.000Z".len());
    }
}
