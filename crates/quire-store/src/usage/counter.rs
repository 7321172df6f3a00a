//! A count for each day that many processes share and none can lose.
//!
//! The count lies in a file that each process maps into its memory; counting is one atomic operation on it, without a
//! system call. The page belongs to the kernel, so what a process has counted stays counted whenever it is killed; no process ever
//! has anything in stock that could be lost. Only a power cut can take back what was counted since the last
//! [`DailyCounter::flush`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;

use mmap_io::MemoryMappedFile;

use super::Day;
use crate::mapped::{self, unusable};
use crate::{StoreError, folder};

/// The length of a file: the count alone.
const BYTES: usize = 8;

/// How the files of a folder end that are counts. Before it stands the day.
const ENDING: &str = ".count";

/// The counts of a folder, one for each day.
pub struct DailyCounter {
    folder: PathBuf,
    open: Option<(Day, MemoryMappedFile)>,
}

impl DailyCounter {
    /// The counts in a folder, which is made if there is none.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        folder::create(folder)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            open: None,
        })
    }

    /// Counts one more of a day unless that would be more than `limit`; whether it did.
    pub fn take(&mut self, day: Day, limit: u64) -> Result<bool, StoreError> {
        let path = self.path(day);
        let count = self.count_of(day)?;
        let count = count.atomic_u64(0).map_err(unusable(path))?;
        // Nothing else depends on the order in which others see it.
        let counted = count.fetch_update(Relaxed, Relaxed, |count| {
            (count < limit).then_some(count + 1)
        });
        Ok(counted.is_ok())
    }

    /// The count of a day.
    pub fn count(&mut self, day: Day) -> Result<u64, StoreError> {
        let path = self.path(day);
        let count = self.count_of(day)?;
        let count = count.atomic_u64(0).map_err(unusable(path))?;
        Ok(count.load(Relaxed))
    }

    /// Starts the count of a day at `count`, unless somebody has counted it already.
    pub fn begin(&mut self, day: Day, count: u64) -> Result<(), StoreError> {
        mapped::create(&self.path(day), &count.to_ne_bytes())
    }

    /// Waits until a power cut cannot take back what was counted so far.
    pub fn flush(&self) -> Result<(), StoreError> {
        match &self.open {
            Some((day, count)) => count.flush().map_err(unusable(self.path(*day))),
            None => Ok(()),
        }
    }

    /// Removes the counts of days before this one.
    pub fn remove_before(&self, day: Day) -> Result<(), StoreError> {
        let entries = fs::read_dir(&self.folder).map_err(StoreError::file(&self.folder))?;
        let first = file_name(day);
        for entry in entries.flatten() {
            let name = entry.file_name();
            // Names sort as days do.
            if name.to_str().is_some_and(|name| {
                name.len() == first.len() && name.ends_with(ENDING) && *name < *first
            }) {
                let path = entry.path();
                fs::remove_file(&path).map_err(StoreError::file(&path))?;
            }
        }
        Ok(())
    }

    /// The count of a day, if there is one, without making any.
    pub fn look(folder: &Path, day: Day) -> Result<Option<u64>, StoreError> {
        let path = folder.join(file_name(day));
        match fs::read(&path) {
            Ok(bytes) => Ok(bytes
                .first_chunk::<BYTES>()
                .map(|bytes| u64::from_ne_bytes(*bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file(&path)(error)),
        }
    }

    fn path(&self, day: Day) -> PathBuf {
        self.folder.join(file_name(day))
    }

    fn count_of(&mut self, day: Day) -> Result<&MemoryMappedFile, StoreError> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != day) {
            let count = mapped::open(&self.path(day), &[0; BYTES])?;
            self.open = Some((day, count));
        }
        match &self.open {
            Some((_, count)) => Ok(count),
            None => unreachable!("it was opened a moment ago"),
        }
    }
}

fn file_name(day: Day) -> String {
    format!("{day}{ENDING}")
}
