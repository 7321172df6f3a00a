//! The storages of a realm.

use super::Storage;
use quire_store::StoreError;
use quire_store::objects::ObjectState;
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What became of a commit, as the thread says that makes it durable.
struct Settled {
    /// The storage's number among those that are followed.
    storage: u64,
    commit: u64,
    result: Result<(), StoreError>,
}

/// The storages that are told what becomes of their commits.
type Followed = Rc<RefCell<FxHashMap<u64, Weak<Storage>>>>;

/// The storages of a realm, and which of them have something to commit when the turn ends.
#[derive(Default)]
pub(crate) struct Storages {
    by_number: RefCell<FxHashMap<u64, Rc<Storage>>>,
    uncommitted: RefCell<Vec<Rc<Storage>>>,
    has_uncommitted: Cell<bool>,
    followed: Followed,
    /// How many storages there ever were.
    count: Cell<u64>,
    settled: OnceCell<UnboundedSender<Settled>>,
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

    /// Has a storage told what becomes of the commits of its state.
    pub(super) fn follow(&self, state: &ObjectState, storage: Weak<Storage>) {
        let settled = self.settled.get_or_init(|| {
            let (sender, settled) = unbounded_channel();
            tokio::task::spawn_local(tell(settled, self.followed.clone()));
            sender
        });
        let (settled, number) = (settled.clone(), self.count.get());
        self.count.set(number + 1);
        let mut followed = self.followed.borrow_mut();
        if followed.len() == followed.capacity() {
            followed.retain(|_, storage| storage.strong_count() > 0);
        }
        followed.insert(number, storage);
        state.log().listen(move |commit, result| {
            // There is nobody to be told when the process ends.
            let _ = settled.send(Settled {
                storage: number,
                commit,
                result,
            });
        });
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

async fn tell(mut settled: UnboundedReceiver<Settled>, followed: Followed) {
    while let Some(Settled {
        storage,
        commit,
        result,
    }) = settled.recv().await
    {
        let storage = followed.borrow().get(&storage).and_then(Weak::upgrade);
        if let Some(storage) = storage {
            storage.settled(commit, result);
        }
    }
}
