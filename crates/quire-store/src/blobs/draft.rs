//! A body that is being stored: in memory while it is small, in a file that nobody else sees when it is not.

use super::Blobs;
use crate::StoreError;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A body on its way. Dropped before it is [finished](Draft::finish) it leaves nothing.
pub(crate) struct Draft {
    blobs: Arc<Blobs>,
    length: u64,
    length_max: u64,
    memory_max: usize,
    place: Place,
}

/// A body that is whole, but that no entry leads to yet.
#[derive(Debug)]
pub(crate) enum Stored {
    /// Short enough for the database.
    Bytes(Vec<u8>),
    /// The name of a file.
    File(String),
}

enum Place {
    Memory(Vec<u8>),
    File(Part),
}

/// A file that is deleted unless it is kept.
struct Part {
    file: File,
    name: String,
    path: PathBuf,
}

impl Drop for Part {
    fn drop(&mut self) {
        // It may have been moved to where it stays.
        let _ = fs::remove_file(&self.path);
    }
}

impl Draft {
    /// A body of `length_max` bytes at most, which stays in memory up to `memory_max`.
    pub(crate) fn new(blobs: Arc<Blobs>, length_max: u64, memory_max: usize) -> Self {
        Self {
            blobs,
            length: 0,
            length_max,
            memory_max,
            place: Place::Memory(Vec::new()),
        }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.length += bytes.len() as u64;
        if self.length > self.length_max {
            return Err(StoreError::TooLarge {
                max: self.length_max,
            });
        }
        match &mut self.place {
            Place::File(part) => part.write(bytes),
            Place::Memory(memory) if memory.len() + bytes.len() <= self.memory_max => {
                memory.extend_from_slice(bytes);
                Ok(())
            }
            Place::Memory(memory) => {
                let start = std::mem::take(memory);
                let mut part = Part::new(&self.blobs)?;
                part.write(&start)?;
                part.write(bytes)?;
                self.place = Place::File(part);
                Ok(())
            }
        }
    }

    /// The body is complete. With `durable` its file survives a power cut.
    pub(crate) fn finish(self, durable: bool) -> Result<Stored, StoreError> {
        match self.place {
            Place::Memory(bytes) => Ok(Stored::Bytes(bytes)),
            Place::File(part) => {
                part.keep(&self.blobs, durable)?;
                Ok(Stored::File(part.name.clone()))
            }
        }
    }
}

impl Part {
    fn new(blobs: &Blobs) -> Result<Self, StoreError> {
        let (name, path) = blobs.part()?;
        let file = File::create_new(&path).map_err(StoreError::file(&path))?;
        Ok(Self { file, name, path })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file
            .write_all(bytes)
            .map_err(StoreError::file(&self.path))
    }

    /// Moves it to where it stays.
    fn keep(&self, blobs: &Blobs, durable: bool) -> Result<(), StoreError> {
        if durable {
            self.file.sync_all().map_err(StoreError::file(&self.path))?;
        }
        let path = blobs.path(&self.name);
        let folder = path.parent().unwrap_or(&blobs.0);
        let is_new = !folder.is_dir();
        fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
        fs::rename(&self.path, &path).map_err(StoreError::file(&self.path))?;
        if durable {
            sync_folder(folder)?;
        }
        if durable && is_new {
            sync_folder(&blobs.0)?;
        }
        Ok(())
    }
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(StoreError::file(folder))
}
