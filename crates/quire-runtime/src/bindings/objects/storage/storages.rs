//! The storages of a realm.

use super::Storage;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The storages of a realm, and which of them have something to commit when the turn ends.
#[derive(Default)]
pub(crate) struct Storages {
    by_number: RefCell<FxHashMap<u64, Rc<Storage>>>,
    uncommitted: RefCell<Vec<Rc<Storage>>>,
    has_uncommitted: Cell<bool>,
}

impl Storages {
    /// Makes a storage known to JavaScript by a number, which nothing else in the realm has.
    pub(crate) fn insert(&self, number: u64, storage: Rc<Storage>) {
        self.by_number.borrow_mut().insert(number, storage);
    }

    /// The storage that JavaScript knows by a number.
    pub(crate) fn get(&self, number: u64) -> Option<Rc<Storage>> {
        self.by_number.borrow().get(&number).cloned()
    }

    /// JavaScript's access ends.
    pub(crate) fn remove(&self, number: u64) -> Option<Rc<Storage>> {
        self.by_number.borrow_mut().remove(&number)
    }

    pub(super) fn add_uncommitted(&self, storage: Rc<Storage>) {
        self.uncommitted.borrow_mut().push(storage);
        self.has_uncommitted.set(true);
    }

    /// Commits what was written in the turn that ends.
    pub(crate) fn commit(&self) {
        if self.has_uncommitted.take() {
            for storage in self.uncommitted.take() {
                storage.commit();
            }
        }
    }
}
