//! One of the two files of a journal.

use super::super::log::Log;
use crate::StoreError;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What every file of a journal begins with.
pub(super) const MAGIC: &[u8] = b"quire journal of objects, 1\n";

/// How long a file becomes, in bytes.
const LENGTH_MAX: u64 = 64 * 1024 * 1024;

/// A file that is waited for takes several times as long if it has become longer. So it grows in steps, by as much as it has within these
/// bounds, in bytes; then it is written anew from its beginning.
const GROWTH_MIN: u64 = 256 * 1024;
const GROWTH_MAX: u64 = 4 * 1024 * 1024;

/// With less left, in bytes, all of it is for what cannot do without.
const LEFT_MIN: u64 = 64 * 1024 * 1024;

/// A file with records, and the logs that they are about.
pub(super) struct Half {
    path: PathBuf,
    file: File,
    length: u64,
    end: u64,
    pub(super) logs: Vec<Arc<Log>>,
}

impl Half {
    pub(super) fn create(path: PathBuf) -> Result<Self, StoreError> {
        let create = || {
            let file = File::create_new(&path)?;
            file.write_all_at(MAGIC, 0)?;
            Ok(file)
        };
        let file = create().map_err(StoreError::file(&path))?;
        Ok(Self {
            path,
            file,
            length: MAGIC.len() as u64,
            end: MAGIC.len() as u64,
            logs: Vec::new(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether so many bytes more fit.
    pub(super) fn has_room(&self, length: usize) -> bool {
        self.end + length as u64 <= LENGTH_MAX
    }

    /// Nothing that is in it is needed any more.
    pub(super) fn begin_anew(&mut self) {
        self.end = MAGIC.len() as u64;
    }

    /// Adds records, durably.
    pub(super) fn append(&mut self, records: &[u8]) -> io::Result<()> {
        let end = self.end + records.len() as u64;
        while self.length < end {
            self.grow()?;
        }
        self.file.write_all_at(records, self.end)?;
        self.file.sync_data()?;
        // What failed is written over by what comes next.
        self.end = end;
        Ok(())
    }

    fn grow(&mut self) -> io::Result<()> {
        let growth = self.length.clamp(GROWTH_MIN, GROWTH_MAX);
        let system = rustix::fs::fstatvfs(&self.file)?;
        if system.f_bavail.saturating_mul(system.f_frsize) < LEFT_MIN {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file
            .write_all_at(&vec![0; growth as usize], self.length)?;
        self.length += growth;
        Ok(())
    }
}
