//! What is known of paths and files, and when it was last checked against the disk.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use quire_http::Coding;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::asset::Found;
use crate::content::FileVersion;
use crate::directory::{Directory, Stamp};
use crate::generations::Generations;
use crate::hidden::is_hidden;
use crate::lookup::{self, Outcome};
use crate::path::file_key;
use crate::siblings::{self, Siblings};

/// Paths whose answer is remembered.
pub(crate) const REMEMBERED_PATHS: usize = 16_384;

/// Longer paths are looked up every time, so that requests cannot fill the memory with them.
pub(crate) const LONGEST_REMEMBERED_PATH: usize = 512;

/// What a remembered file weighs besides its content.
const FILE_OVERHEAD: usize = 512;

/// What is remembered of a path; the file itself is in the other map, which bounds the bytes.
type Remembered = (Instant, Outcome<(Arc<str>, Siblings)>);

pub(crate) struct Cache {
    directory: Arc<Directory>,
    revalidate: Duration,
    maps: Mutex<Maps>,
    compressing: Semaphore,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Cache")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

struct Maps {
    paths: Generations<Box<str>, Remembered>,
    files: Generations<Arc<str>, Arc<FileVersion>>,
}

impl Cache {
    /// A cache of at most `memory` bytes of files, which checks again what it learned `revalidate` ago.
    pub(crate) fn new(directory: Arc<Directory>, revalidate: Duration, memory: usize) -> Self {
        let maps = Maps {
            paths: Generations::new(REMEMBERED_PATHS),
            files: Generations::new(memory),
        };
        Self {
            directory,
            revalidate,
            maps: Mutex::new(maps),
            compressing: Semaphore::new(1),
        }
    }

    pub(crate) fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// The answer for a decoded path, if it was checked recently.
    pub(crate) fn recall(&self, path: &str) -> Option<Outcome<Found>> {
        if self.revalidate.is_zero() {
            return None;
        }
        let mut maps = self.maps();
        let (checked, outcome) = maps.paths.get(path)?;
        if checked.elapsed() >= self.revalidate {
            return None;
        }
        let found = outcome.map(|(key, siblings)| {
            let version = maps.files.get(&key)?;
            Some(Found { version, siblings })
        });
        found.transpose()
    }

    /// Looks the path up on disk, which blocks.
    pub(crate) fn look_up(&self, path: &str) -> io::Result<Outcome<Found>> {
        let checked = Instant::now();
        let Some(directory) = self.directory.open()? else {
            return Ok(Outcome::Nothing);
        };
        let outcome = lookup::find(path, |candidate| -> io::Result<_> {
            let Some(key) = file_key(candidate).filter(|key| !is_hidden(key)) else {
                return Ok(None);
            };
            Ok(directory.stamp(&key)?.map(|stamp| (key, stamp)))
        })?;
        let outcome = outcome.try_map(|(key, stamp)| -> io::Result<_> {
            let siblings = Siblings::find(&directory, &key, &stamp, |key, stamp| {
                self.version(key, stamp);
            })?;
            let version = self.version(&key, &stamp);
            Ok(Found { version, siblings })
        })?;
        if !self.revalidate.is_zero() && path.len() <= LONGEST_REMEMBERED_PATH {
            let remembered = outcome
                .clone()
                .map(|found| (found.version.key.clone(), found.siblings));
            self.maps()
                .paths
                .insert(path.into(), (checked, remembered), 1);
        }
        Ok(outcome)
    }

    /// The file that holds the one at `key` in this coding, as it was when that one was looked up. `None` if it has been
    /// forgotten since.
    pub(crate) fn sibling(&self, key: &str, coding: Coding) -> Option<Arc<FileVersion>> {
        self.maps().files.get(siblings::name(key, coding).as_str())
    }

    /// Counts what a file has in memory by now.
    pub(crate) fn weigh_again(&self, version: &Arc<FileVersion>) {
        let mut maps = self.maps();
        let known = maps.files.get(&version.key);
        if known.is_some_and(|known| Arc::ptr_eq(&known, version)) {
            maps.keep(version);
        }
    }

    /// Waits for its turn to compress, which lasts until the permit is dropped.
    pub(crate) async fn compressing(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.compressing.acquire().await.ok()
    }

    /// The known version of a file if it is still current, else a new one.
    fn version(&self, key: &str, stamp: &Stamp) -> Arc<FileVersion> {
        let mut maps = self.maps();
        if let Some(known) = maps.files.get(key)
            && known.stands_for(stamp)
        {
            return known;
        }
        let version = Arc::new(FileVersion::new(key, *stamp));
        maps.keep(&version);
        version
    }

    /// What all files in memory weigh.
    #[cfg(test)]
    pub(crate) fn weight(&self) -> usize {
        self.maps().files.weight()
    }

    fn maps(&self) -> std::sync::MutexGuard<'_, Maps> {
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Maps {
    fn keep(&mut self, version: &Arc<FileVersion>) {
        let weight = FILE_OVERHEAD + version.key.len() + version.bytes_in_memory();
        self.files
            .insert(version.key.clone(), version.clone(), weight);
    }
}
