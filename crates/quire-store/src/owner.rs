//! What belongs to a process for as long as that lives.
//!
//! An owner is a file that its process keeps locked. The system gives the lock back when the process ends, however it does, and
//! only then is anybody else able to take it: so a batch of a queue is never with two consumers, and never lost with one.

use crate::StoreError;
use crate::random;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// This process, as an owner.
pub(crate) struct Owner {
    pub(crate) name: String,
    /// Locked until it is closed.
    _file: File,
}

impl Owner {
    /// Makes an owner in a folder that is there.
    pub(crate) fn new(folder: &Path) -> Result<Self, StoreError> {
        loop {
            let name = random::hex(folder)?;
            let path = folder.join(&name);
            let file = File::create_new(&path).map_err(StoreError::file(&path))?;
            file.lock().map_err(StoreError::file(&path))?;
            // Somebody who clears away may have come between the two.
            if is_at(&file, &path) {
                return Ok(Self { name, _file: file });
            }
        }
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(found)) => open.ino() == found.ino(),
        _ => false,
    }
}

/// Proof that an owner is no more; while it is held, nobody else finds that out.
pub(crate) struct Dead {
    name: String,
    _file: Option<File>,
}

impl Dead {
    /// The owner of this name, if it is no more.
    pub(crate) fn find(folder: &Path, name: &str) -> Result<Option<Self>, StoreError> {
        let path = folder.join(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name = name.to_owned();
                return Ok(Some(Self { name, _file: None }));
            }
            Err(error) => return Err(StoreError::file(&path)(error)),
        };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self {
                name: name.to_owned(),
                _file: Some(file),
            })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(StoreError::file(&path)(error)),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Nothing refers to it any more.
    pub(crate) fn forget(self, folder: &Path) {
        // What cannot be removed now is removed another time.
        let _ = fs::remove_file(folder.join(&self.name));
    }
}

/// The names of all owners, those that are no more included.
pub(crate) fn all(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_dead_once_its_lock_is_given_back() {
        let folder = tempfile::TempDir::new().unwrap();
        let owner = Owner::new(folder.path()).unwrap();
        let name = owner.name.clone();
        assert_eq!(all(folder.path()), std::slice::from_ref(&name));
        assert!(Dead::find(folder.path(), &name).unwrap().is_none());
        drop(owner);
        let dead = Dead::find(folder.path(), &name).unwrap().unwrap();
        assert!(
            Dead::find(folder.path(), &name).unwrap().is_none(),
            "one finds that out at a time"
        );
        dead.forget(folder.path());
        assert!(all(folder.path()).is_empty());
        assert!(
            Dead::find(folder.path(), &name).unwrap().is_some(),
            "without a file nobody lives"
        );
    }
}
