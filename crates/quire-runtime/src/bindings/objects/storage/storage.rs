//! The storage of one live object.

use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_store::StoreError;
use quire_store::objects::{Namespace, ObjectError, ObjectState};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long to wait for an object that another process still has.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Takes hold of an object, which is made if there is none. `object` is its id.
pub(crate) async fn open(
    namespace: Arc<Namespace>,
    object: String,
) -> Result<ObjectState, ObjectError> {
    match tokio::task::spawn_blocking(move || namespace.state(&object, WAIT_MAX)).await {
        Ok(state) => state,
        Err(stopped) => Err(ObjectError::Store(StoreError::Group {
            text: stopped.to_string(),
        })),
    }
}

/// The run of an alarm's handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AlarmRun {
    /// When it was due, in milliseconds since 1970.
    pub(crate) scheduled: i64,
    /// How often the handler failed before.
    pub(crate) retries: u32,
}

/// Somebody who waits until a commit is durable.
struct Waiting {
    commit: u64,
    done: oneshot::Sender<Result<(), String>>,
}

/// What is called with the alarm's new time.
type AlarmListener = Box<dyn Fn(Option<i64>)>;

/// The storage of a live object. After a failure nothing works any more, and the object must be started anew.
pub(crate) struct Storage {
    /// Nothing once it was closed.
    state: RefCell<Option<ObjectState>>,
    /// Whether the class has `sql` and `kv`.
    pub(crate) sqlite: bool,
    realm: Weak<Realm>,
    this: Weak<Self>,
    /// Whether the realm commits this when its turn ends.
    listed: Cell<bool>,
    /// Open transactions that last longer than a turn.
    transactions: Cell<u32>,
    /// How many commits there were, and up to which of them all is durable.
    commits: Cell<u64>,
    durable: Cell<u64>,
    failure: RefCell<Option<String>>,
    waiting: RefCell<Vec<Waiting>>,
    /// The alarm whose handler runs, until the handler sets or removes the alarm itself.
    running: Cell<Option<i64>>,
    /// The same as of the last commit.
    running_committed: Cell<Option<i64>>,
    alarm: Cell<Option<i64>>,
    /// Whether the alarm was set or removed since the last commit.
    alarm_touched: Cell<bool>,
    listener: RefCell<Option<AlarmListener>>,
}

impl Storage {
    pub(crate) fn new(realm: &Rc<Realm>, state: ObjectState, sqlite: bool) -> Rc<Self> {
        let alarm = state.alarm().unwrap_or_default();
        let commits = state.log().commits();
        Rc::new_cyclic(|this| {
            realm.storages().follow(&state, this.clone());
            Self {
                state: RefCell::new(Some(state)),
                sqlite,
                realm: Rc::downgrade(realm),
                this: this.clone(),
                listed: Cell::new(false),
                transactions: Cell::new(0),
                commits: Cell::new(commits),
                durable: Cell::new(0),
                failure: RefCell::default(),
                waiting: RefCell::default(),
                running: Cell::new(None),
                running_committed: Cell::new(None),
                alarm: Cell::new(alarm),
                alarm_touched: Cell::new(false),
                listener: RefCell::default(),
            }
        })
    }

    /// Works with the state. What that writes is committed when the turn ends.
    pub(super) fn with<T>(
        &self,
        run: impl FnOnce(&ObjectState) -> Result<T, ObjectError>,
    ) -> Result<T, OpError> {
        if let Some(text) = self.failure() {
            return Err(OpError::Error(text));
        }
        let state = self.state.borrow();
        let Some(state) = state.as_ref() else {
            return Err(OpError::Error(
                "The Durable Object's storage was closed, because the object was ended.".into(),
            ));
        };
        let result = run(state);
        if state.is_dirty()
            && !self.listed.replace(true)
            && let (Some(realm), Some(this)) = (self.realm.upgrade(), self.this.upgrade())
        {
            realm.storages().add_uncommitted(this);
        }
        result.map_err(|error| {
            if error.is_fatal() {
                self.fail(&error);
            }
            OpError::Error(error.to_string())
        })
    }

    /// Commits what was written, unless a transaction of the program is open.
    pub(super) fn commit(&self) {
        self.listed.set(false);
        let state = self.state.borrow();
        let Some(state) = state
            .as_ref()
            .filter(|state| state.is_dirty() && state.depth() == 0)
        else {
            return;
        };
        match state.commit() {
            Ok(()) => self.committed(state),
            Err(error) => self.fail(&error),
        }
    }

    /// After a commit: it is being made durable, and the alarm may be another one.
    fn committed(&self, state: &ObjectState) {
        self.commits.set(state.log().commits());
        self.running_committed.set(self.running.get());
        self.answer_waiting();
        if !self.alarm_touched.take() {
            return;
        }
        match state.alarm() {
            Ok(alarm) => {
                self.alarm.set(alarm);
                if let Some(listener) = self.listener.borrow().as_ref() {
                    listener(alarm);
                }
            }
            Err(error) => self.fail(&error),
        }
    }

    /// Removes everything, which is a commit of its own.
    pub(super) fn delete_all(&self, alarm: bool) -> Result<(), OpError> {
        self.alarm_touched.set(true);
        self.with(|state| state.delete_all(alarm))?;
        if let Some(state) = self.state.borrow().as_ref() {
            self.committed(state);
        }
        Ok(())
    }

    /// This commit, and all before it, are durable, or never will be.
    pub(super) fn settled(&self, commit: u64, result: Result<(), StoreError>) {
        match result {
            Ok(()) => {
                self.durable.set(self.durable.get().max(commit));
                self.answer_waiting();
            }
            Err(error) => self.fail(&ObjectError::Store(error)),
        }
    }

    /// Tells those who wait for what is durable. A transaction that changed nothing was no commit.
    fn answer_waiting(&self) {
        let (commits, durable) = (self.commits.get(), self.durable.get());
        let is_open = self
            .state
            .borrow()
            .as_ref()
            .is_some_and(ObjectState::is_dirty);
        let waiting = self.waiting.take();
        let (done, waiting) = waiting.into_iter().partition(|waiting: &Waiting| {
            waiting.commit <= durable
                || (waiting.commit > commits && !is_open && commits <= durable)
        });
        self.waiting.replace(waiting);
        for waiting in done {
            // Whoever waited may have gone.
            let _ = waiting.done.send(Ok(()));
        }
    }

    /// Waits until everything that was written before this call is durable; nothing if it is. Writes in a transaction that is
    /// still open do not count.
    pub(crate) fn durable(&self) -> Option<impl Future<Output = Result<(), String>> + use<>> {
        let (send, receive) = oneshot::channel();
        if let Some(text) = self.failure() {
            let _ = send.send(Err(text));
        } else {
            let open = self.transactions.get() == 0
                && (self.state.borrow().as_ref()).is_some_and(ObjectState::is_dirty);
            let commit = self.commits.get() + u64::from(open);
            if commit <= self.durable.get() {
                return None;
            }
            self.waiting
                .borrow_mut()
                .push(Waiting { commit, done: send });
        }
        Some(async move {
            receive
                .await
                .unwrap_or_else(|_| Err(ObjectError::Broken.to_string()))
        })
    }

    /// Whether everything that was written is durable, and there is no failure to tell of.
    pub(crate) fn is_durable(&self) -> bool {
        let state = self.state.borrow();
        self.failure.borrow().is_none()
            && self.commits.get() <= self.durable.get()
            && !state.as_ref().is_some_and(ObjectState::is_dirty)
    }

    /// Why nothing works any more, if that is so.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.borrow().clone()
    }

    fn fail(&self, error: &ObjectError) {
        let text = error.to_string();
        for waiting in self.waiting.take() {
            let _ = waiting.done.send(Err(text.clone()));
        }
        if let Some(realm) = self.realm.upgrade() {
            realm.log(
                "error",
                &format!("a Durable Object's storage failed: {text}"),
            );
        }
        self.failure.replace(Some(text));
    }

    /// Undoes what was written since the last commit. Whoever waits for that to be durable gets the reason.
    pub(crate) fn undo_turn(&self, reason: &str) {
        let state = self.state.borrow();
        let Some(state) = state.as_ref().filter(|state| state.is_dirty()) else {
            return;
        };
        if let Err(error) = state.undo() {
            return self.fail(&error);
        }
        self.transactions.set(0);
        self.alarm_touched.set(false);
        self.running.set(self.running_committed.get());
        let commits = self.commits.get();
        let waiting = self.waiting.take();
        let (waiting, undone) = waiting
            .into_iter()
            .partition(|waiting: &Waiting| waiting.commit <= commits);
        self.waiting.replace(waiting);
        for waiting in undone {
            // Whoever waited may have gone.
            let _ = waiting.done.send(Err(reason.to_owned()));
        }
    }

    /// Commits, waits until that is durable, and lets go of the object. The program's access ends at once.
    pub(crate) fn close(&self) -> impl Future<Output = ()> + use<> {
        self.commit();
        let durable = self.durable();
        let state = self.state.take();
        async move {
            if let Some(durable) = durable {
                // Whoever has to know waits for it, too.
                let _ = durable.await;
            }
            // Closing moves the log into the database.
            let _ = tokio::task::spawn_blocking(move || drop(state)).await;
        }
    }

    /// Begins a part of what is written that can be undone; with `lasting` it may outlive the turn.
    pub(super) fn begin(&self, lasting: bool) -> Result<(), OpError> {
        if lasting && self.with(|state| Ok(state.depth()))? == 0 {
            // What was written before does not wait for the transaction.
            self.commit();
        }
        self.with(ObjectState::savepoint)?;
        self.transactions
            .set(self.transactions.get() + u32::from(lasting));
        Ok(())
    }

    /// Ends the innermost part; `keep` or undo it.
    pub(super) fn end(&self, lasting: bool, keep: bool) -> Result<(), OpError> {
        self.transactions
            .set(self.transactions.get().saturating_sub(u32::from(lasting)));
        self.with(|state| match keep {
            true => state.release(),
            false => state.rollback(),
        })
    }

    /// When the alarm is due, as the program sees it: not while its handler runs.
    pub(super) fn alarm(&self) -> Result<Option<i64>, OpError> {
        let alarm = self.with(ObjectState::alarm)?;
        Ok(alarm.filter(|alarm| self.running.get() != Some(*alarm)))
    }

    /// Sets or removes the alarm for the program.
    pub(super) fn set_alarm(&self, time: Option<i64>) -> Result<(), OpError> {
        self.running.set(None);
        self.alarm_touched.set(true);
        self.with(|state| {
            state.set_alarm(time)?;
            match state.alarm_retries()? {
                0 => Ok(()),
                _ => state.set_alarm_retries(0),
            }
        })
    }

    /// The time of the alarm that is committed, in milliseconds since 1970.
    pub(crate) fn committed_alarm(&self) -> Option<i64> {
        self.alarm.get()
    }

    /// Has a function called with the alarm's time whenever a commit set that, perhaps to what it was.
    pub(crate) fn on_alarm(&self, listener: impl Fn(Option<i64>) + 'static) {
        self.listener.replace(Some(Box::new(listener)));
    }

    /// Begins a run of the alarm's handler; nothing if no alarm is set. The alarm stays set until the run ends, so that it is run again
    /// if this process is killed.
    pub(crate) fn begin_alarm(&self) -> Result<Option<AlarmRun>, OpError> {
        let Some(scheduled) = self.with(ObjectState::alarm)? else {
            return Ok(None);
        };
        self.running.set(Some(scheduled));
        self.running_committed.set(Some(scheduled));
        let retries = self.with(ObjectState::alarm_retries)?;
        Ok(Some(AlarmRun { scheduled, retries }))
    }

    /// Ends the run: the alarm is removed, or with `retry` set to that time as one that failed once more. If the handler itself set or
    /// removed it, that stands, and this gives `false`. To be committed by [`Storages::commit`](super::Storages::commit).
    pub(crate) fn end_alarm(&self, retry: Option<i64>) -> Result<bool, OpError> {
        self.running_committed.set(None);
        if self.running.take().is_none() {
            return Ok(false);
        }
        self.alarm_touched.set(true);
        self.with(|state| {
            let failed = match retry {
                Some(_) => state.alarm_retries()? + 1,
                None => 0,
            };
            state.set_alarm(retry)?;
            state.set_alarm_retries(failed)
        })?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Such as the name of an object, which is stored before there is a storage.
    #[tokio::test]
    async fn what_was_committed_before_counts() {
        tokio::task::LocalSet::new()
            .run_until(async {
                let folder = tempfile::tempdir().unwrap();
                let namespace = Namespace::open(folder.path().join("n")).unwrap();
                let state = namespace.state("a", Duration::ZERO).unwrap();
                state.put("before", b"").unwrap();
                state.commit().unwrap();
                state.log().sync().unwrap();
                let storage = Storage::new(&Realm::new().unwrap(), state, true);
                // A transaction that changes nothing.
                storage.with(|state| state.delete("missing")).unwrap();
                let durable = storage.durable().unwrap();
                storage.commit();
                let waited = tokio::time::timeout(Duration::from_secs(20), durable).await;
                waited.unwrap().unwrap();
                assert!(storage.is_durable());
            })
            .await;
    }
}
