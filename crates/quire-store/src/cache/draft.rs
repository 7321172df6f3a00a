//! A body on its way into the cache: in memory while it is small, in a file that nobody else sees when it is not.

use super::directory::Shared;
use super::{CacheDraft, CacheHead, CacheKey};
use crate::StoreError;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Bodies up to this size are kept in the database itself.
pub(super) const INLINE_BYTES_MAX: usize = 16 * 1024;

pub(super) struct Draft {
    shared: Arc<Shared>,
    length: u64,
    place: Place,
}

enum Place {
    Memory(Vec<u8>),
    File(PartFile),
}

/// A file that is deleted unless it is kept.
pub(super) struct PartFile {
    file: File,
    name: String,
    path: PathBuf,
}

impl Drop for PartFile {
    fn drop(&mut self) {
        // It may have been moved to where it stays.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Draft {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            length: 0,
            place: Place::Memory(Vec::new()),
        }
    }

    fn spill(&mut self, start: &[u8]) -> Result<PartFile, StoreError> {
        let (name, path) = self.shared.new_part()?;
        let file = File::create_new(&path).map_err(StoreError::file(&path))?;
        let mut part = PartFile { file, name, path };
        part.write(start)?;
        Ok(part)
    }
}

impl PartFile {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file
            .write_all(bytes)
            .map_err(StoreError::file(&self.path))
    }
}

impl CacheDraft for Draft {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.length += bytes.len() as u64;
        let max = self.shared.limits.entry_bytes_max;
        if self.length > max {
            return Err(StoreError::TooLarge { max });
        }
        match &mut self.place {
            Place::File(part) => part.write(bytes),
            Place::Memory(memory) if memory.len() + bytes.len() <= INLINE_BYTES_MAX => {
                memory.extend_from_slice(bytes);
                Ok(())
            }
            Place::Memory(memory) => {
                let start = std::mem::take(memory);
                let mut part = self.spill(&start)?;
                part.write(bytes)?;
                self.place = Place::File(part);
                Ok(())
            }
        }
    }

    fn commit(self: Box<Self>, key: &CacheKey, head: &CacheHead) -> Result<(), StoreError> {
        let Self {
            shared,
            length,
            place,
        } = *self;
        match place {
            Place::Memory(bytes) => shared.insert(key, head, length, Some(&bytes), None),
            Place::File(part) => {
                // Before there is a row that leads to it; what dies in between is swept later.
                let path = shared.keep(&part.name, &part.path)?;
                let inserted = shared.insert(key, head, length, None, Some(&part.name));
                if inserted.is_err() {
                    let _ = std::fs::remove_file(path);
                }
                inserted
            }
        }
    }
}
