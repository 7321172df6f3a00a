//! Where the cache is: a folder that is opened when a program first uses it.

use super::store_error;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_store::StoreError;
use quire_store::cache::{CacheDirectory, CacheLimits, CacheStore};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// The cache of one worker. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Place(Arc<Inner>);

#[derive(Default)]
struct Inner {
    folder: Option<PathBuf>,
    open: Mutex<Option<Arc<CacheDirectory>>>,
}

/// Says where the cache of a realm is. Without that nothing is ever found, and nothing can be put.
pub(crate) fn set_folder(realm: &Realm, folder: PathBuf) {
    realm.set_cache(Place(Arc::new(Inner {
        folder: Some(folder),
        open: Mutex::default(),
    })));
}

impl Place {
    pub(super) fn of(realm: &Realm) -> Self {
        realm.cache()
    }

    /// Whether there is a cache at all.
    pub(super) fn exists(&self) -> bool {
        self.0.folder.is_some()
    }

    /// Uses the cache on the pool for what blocks; `None` if there is no cache.
    pub(super) async fn run<R: Send + 'static>(
        &self,
        run: impl FnOnce(&dyn CacheStore) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<Option<R>, OpError> {
        if !self.exists() {
            return Ok(None);
        }
        let inner = self.0.clone();
        let ran = tokio::task::spawn_blocking(move || match inner.open()? {
            Some(cache) => run(&*cache).map(Some),
            None => Ok(None),
        });
        match ran.await {
            Ok(result) => result.map_err(|error| store_error(&error)),
            Err(error) => Err(OpError::Error(format!("The cache failed: {error}"))),
        }
    }
}

impl Inner {
    fn open(&self) -> Result<Option<Arc<CacheDirectory>>, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let (None, Some(folder)) = (&*open, &self.folder) {
            let cache = Arc::new(CacheDirectory::open(folder, CacheLimits::default())?);
            *open = Some(cache.clone());
            std::thread::spawn(move || {
                // What cannot be swept now is swept at another start, or thrown out for want of room.
                let _ = cache.sweep(super::milliseconds(SystemTime::now()));
            });
        }
        Ok(open.clone())
    }
}
