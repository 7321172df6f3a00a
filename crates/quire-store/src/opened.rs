//! Stores that a process opens once, however many of its programs use them.

use crate::StoreError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Those of one kind that are open, by where they are.
pub(crate) struct Opened<T>(Mutex<BTreeMap<PathBuf, Weak<T>>>);

impl<T> Opened<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// The one at `path`, which is opened if it is not.
    pub(crate) fn get(
        &self,
        path: &Path,
        open: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<Arc<T>, StoreError> {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = opened.get(path).and_then(Weak::upgrade) {
            return Ok(known);
        }
        let store = Arc::new(open()?);
        opened.insert(path.to_path_buf(), Arc::downgrade(&store));
        Ok(store)
    }
}
