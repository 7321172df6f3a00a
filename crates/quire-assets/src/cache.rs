//! What is known of paths and files, and when it was last checked against the disk.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::content::FileVersion;
use crate::directory::{Directory, Stamp};
use crate::generations::Generations;
use crate::hidden::is_hidden;
use crate::lookup::{self, Outcome};
use crate::path::file_key;

/// Paths whose answer is remembered.
const REMEMBERED_PATHS: usize = 16_384;

/// Longer paths are looked up every time, so that requests cannot fill the memory with them.
const LONGEST_REMEMBERED_PATH: usize = 512;

/// What a remembered file weighs besides its content.
const FILE_OVERHEAD: usize = 512;

/// What is remembered of a path; the file itself is in the other map, which bounds the bytes.
type Remembered = (Instant, Outcome<Arc<str>>);

pub(crate) struct Cache {
    directory: Arc<Directory>,
    revalidate: Duration,
    maps: Mutex<Maps>,
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
        }
    }

    pub(crate) fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// The answer for a decoded path, if it was checked recently.
    pub(crate) fn recall(&self, path: &str) -> Option<Outcome<Arc<FileVersion>>> {
        if self.revalidate.is_zero() {
            return None;
        }
        let mut maps = self.maps();
        let (checked, outcome) = maps.paths.get(path)?;
        if checked.elapsed() >= self.revalidate {
            return None;
        }
        outcome.map(|key| maps.files.get(&key)).transpose()
    }

    /// Looks the path up on disk, which blocks.
    pub(crate) fn look_up(&self, path: &str) -> io::Result<Outcome<Arc<FileVersion>>> {
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
        let outcome = outcome.map(|(key, stamp)| self.version(&key, &stamp));
        if !self.revalidate.is_zero() && path.len() <= LONGEST_REMEMBERED_PATH {
            let remembered = outcome.clone().map(|version| version.key.clone());
            self.maps()
                .paths
                .insert(path.into(), (checked, remembered), 1);
        }
        Ok(outcome)
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
        let content = if version.is_in_memory() {
            usize::try_from(stamp.length).unwrap_or(0)
        } else {
            0
        };
        maps.files.insert(
            version.key.clone(),
            version.clone(),
            FILE_OVERHEAD + key.len() + content,
        );
        version
    }

    fn maps(&self) -> std::sync::MutexGuard<'_, Maps> {
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
