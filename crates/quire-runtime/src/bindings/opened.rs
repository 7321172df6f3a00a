//! Stores in the folder for data, each opened when a program first uses it.

use crate::core::realm::Realm;
use quire_store::StoreError;
use std::cell::OnceCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// The store of a program, once it was opened. Clones are the same.
pub(super) struct Opened<S>(Rc<OnceCell<Arc<S>>>);

impl<S> Opened<S> {
    /// The store, which `open` opens in the folder of this name.
    pub(super) fn get(
        &self,
        realm: &Realm,
        name: &str,
        open: impl FnOnce(&Path) -> Result<Arc<S>, StoreError>,
    ) -> Result<Arc<S>, Unopened> {
        if let Some(store) = self.0.get() {
            return Ok(store.clone());
        }
        let folder = realm.data_folder().ok_or(Unopened::NoFolder)?;
        let store = open(&folder.join(name))?;
        Ok(self.0.get_or_init(|| store).clone())
    }
}

impl<S> Clone for Opened<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> Default for Opened<S> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unopened {
    #[error("there is no data folder")]
    NoFolder,
    #[error(transparent)]
    Store(#[from] StoreError),
}
