//! Where the buckets are: a folder that is opened when a program first uses it.

use crate::bindings::opened::{Opened, Unopened};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_store::r2::{Done, R2Directory, R2Error, R2Store};
use std::sync::Arc;
use tokio::sync::oneshot;

/// The store of a program. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Store(Opened<R2Directory>);

impl Store {
    pub(super) fn open(&self, realm: &Realm) -> Result<Arc<dyn R2Store>, Refusal> {
        match self.0.get(realm, "r2", R2Directory::open) {
            Ok(store) => Ok(store),
            Err(Unopened::Store(error)) => Err(R2Error::from(error).into()),
            Err(missing) => Err(Refusal::internal(&missing.to_string())),
        }
    }
}

/// Why an operation was refused.
pub(super) struct Refusal {
    text: String,
    code: u32,
}

impl Refusal {
    /// What JavaScript handed over makes no sense.
    pub(super) fn unreadable(error: &dyn std::fmt::Display) -> Self {
        Self::internal(&format!("the operation is not understood: {error}"))
    }

    fn internal(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            code: 10001,
        }
    }

    /// What the program sees of it.
    pub(super) fn of(self, operation: &str) -> OpError {
        OpError::Error(format!("{operation}: {} ({})", self.text, self.code))
    }
}

impl From<R2Error> for Refusal {
    fn from(error: R2Error) -> Self {
        Self {
            text: error.to_string(),
            code: error.code(),
        }
    }
}

/// What to give to a write, and what tells of its outcome.
pub(super) struct Outcome<T>(oneshot::Receiver<Result<T, R2Error>>);

impl<T: Send + 'static> Outcome<T> {
    pub(super) fn new() -> (Done<T>, Self) {
        let (sender, outcome) = oneshot::channel();
        // Nobody waits any more when the request has ended.
        let done = Box::new(move |result| drop(sender.send(result)));
        (done, Self(outcome))
    }

    pub(super) async fn wait(self) -> Result<T, Refusal> {
        match self.0.await {
            Ok(result) => Ok(result?),
            Err(_) => Err(Refusal::internal("the program is ending")),
        }
    }
}

/// Runs what blocks on the pool for that.
pub(super) async fn off_thread<R: Send + 'static>(
    run: impl FnOnce() -> Result<R, R2Error> + Send + 'static,
) -> Result<R, Refusal> {
    match tokio::task::spawn_blocking(run).await {
        Ok(result) => Ok(result?),
        Err(error) => Err(Refusal::internal(&error.to_string())),
    }
}
