//! Native objects of one request that JavaScript names by number, such as WebSockets.

use rustc_hash::FxHashMap;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// Objects by number. Numbers are unique in the realm, so that one request's number means nothing to another request.
#[derive(Default)]
pub(crate) struct ResourceTable(RefCell<FxHashMap<u64, Rc<dyn Any>>>);

impl ResourceTable {
    pub(crate) fn insert(&self, number: u64, resource: Rc<dyn Any>) {
        self.0.borrow_mut().insert(number, resource);
    }

    /// The object of this number, if it is one of this type.
    pub(crate) fn get<T: 'static>(&self, number: u64) -> Option<Rc<T>> {
        self.0.borrow().get(&number)?.clone().downcast().ok()
    }

    pub(crate) fn remove(&self, number: u64) {
        let removed = self.0.borrow_mut().remove(&number);
        // Dropping it may come back here.
        drop(removed);
    }

    pub(crate) fn clear(&self) {
        let removed = self.0.take();
        drop(removed);
    }
}
