//! Bodies that are too long for a database: a file each, which nobody sees before it is whole.
//!
//! A file is written under another name, renamed when it is whole, and only then entered into a database. So whatever dies
//! in between leaves a file without an entry, which is swept later. A file that is deleted stays readable for who has it open.

mod draft;

pub(crate) use draft::{Draft, Stored};

use crate::StoreError;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Files without an entry are somebody's who is storing a body, up to this age.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

/// Where the bytes of a stored body are.
#[derive(Debug)]
pub enum Blob {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file of this length. It stays readable when what it belongs to is replaced or removed.
    File(File, u64),
}

impl Blob {
    /// All its bytes.
    pub fn into_bytes(self) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::File(mut file, length) => {
                let mut bytes = Vec::with_capacity(length as usize);
                file.read_to_end(&mut bytes)
                    .map_err(StoreError::file(Path::new("a stored value")))?;
                Ok(bytes)
            }
        }
    }
}

/// A folder of bodies.
pub(crate) struct Blobs(PathBuf);

impl Blobs {
    /// The bodies in `folder`, which is made if there is none.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        crate::folder::create(&folder)?;
        Ok(Self(folder))
    }

    /// The bodies in `folder`, which may not be there.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The file of a body; `None` if it is gone, or not whole after a power cut.
    pub(crate) fn file(&self, name: &str, length: u64) -> Option<File> {
        let file = File::open(self.path(name)).ok()?;
        (file.metadata().ok()?.len() == length).then_some(file)
    }

    /// The file of a body, whatever is in it.
    pub(crate) fn open_existing(&self, name: &str) -> Option<File> {
        File::open(self.path(name)).ok()
    }

    /// What to say when the file of a body is not there, though it should be.
    pub(crate) fn missing(&self, name: &str) -> StoreError {
        let source = std::io::Error::new(
            std::io::ErrorKind::NotFound,
            "the file of a value is missing, or not whole",
        );
        StoreError::file(&self.path(name))(source)
    }

    /// Deletes bodies. What stays behind is swept later.
    pub(crate) fn delete(&self, names: impl IntoIterator<Item = String>) {
        for name in names {
            let _ = fs::remove_file(self.path(&name));
        }
    }

    /// Deletes files that belong to no entry and are too old to belong to one soon.
    pub(crate) fn sweep(
        &self,
        is_known: impl Fn(&str) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).map_err(StoreError::file(&folder))?;
            for path in entries.flatten().map(|entry| entry.path()) {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if path.is_dir() {
                    folders.push(path);
                } else if is_old(&path) && !is_known(&name)? {
                    // Another process may sweep as well.
                    let _ = fs::remove_file(&path);
                }
            }
        }
        Ok(())
    }

    /// A new name, and where a body of that name is written before it is whole.
    fn part(&self) -> Result<(String, PathBuf), StoreError> {
        let name = crate::random::hex(&self.0)?;
        let path = self.0.join(format!("{name}.part"));
        Ok((name, path))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name.get(..2).unwrap_or_default()).join(name)
    }
}

fn is_old(path: &Path) -> bool {
    let modified = path.metadata().and_then(|data| data.modified()).ok();
    modified
        .and_then(|time| SystemTime::now().duration_since(time).ok())
        .is_some_and(|age| age > ABANDONED_AFTER)
}
