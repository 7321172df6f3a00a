//! Numbers that many processes share: a file that each of them maps into its memory.
//!
//! The pages belong to the kernel, so what one process changes the others see at once and none takes along when it dies.

use crate::StoreError;
use mmap_io::{MemoryMappedFile, MmapIoError};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Opens the file at `path`, and makes it with this content if there is none.
pub(crate) fn open(path: &Path, content: &[u8]) -> Result<MemoryMappedFile, StoreError> {
    create(path, content)?;
    MemoryMappedFile::open_rw(path).map_err(unusable(path))
}

/// Makes a file with this content. One that is there stays as it is.
///
/// It gets its name when it is complete, and its bytes are written rather than left out: a page without a place on the disk could
/// not be written to when the disk is full, and that would end the process.
pub(crate) fn create(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    if path
        .metadata()
        .is_ok_and(|file| file.len() >= content.len() as u64)
    {
        return Ok(());
    }
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let write = || -> io::Result<()> {
        let mut file = File::create(&draft)?;
        file.write_all(content)?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        }
    };
    let written = write().map_err(StoreError::file(path));
    // If it cannot be removed it is in nobody's way.
    let _ = fs::remove_file(&draft);
    written
}

/// The error of a mapping of the file at `path`.
pub(crate) fn unusable(path: impl Into<PathBuf>) -> impl FnOnce(MmapIoError) -> StoreError {
    let path = path.into();
    move |error| {
        let source = match error {
            MmapIoError::Io(error) => error,
            other => io::Error::other(other.to_string()),
        };
        StoreError::file(&path)(source)
    }
}
