//! Where the namespaces are: a folder that is opened when a program first uses it.

use crate::bindings::opened::Opened;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_store::StoreError;
use quire_store::kv::{Done, KvDirectory, KvStore};
use std::fmt::Display;
use std::sync::Arc;
use tokio::sync::oneshot;

/// The store of a program. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Store(Opened<KvDirectory>);

impl Store {
    /// The store; `method` is for the error.
    pub(super) fn open(&self, realm: &Realm, method: &str) -> Result<Arc<dyn KvStore>, OpError> {
        let opened = self.0.get(realm, "kv", KvDirectory::open);
        Ok(opened.map_err(|error| failed(method, &error))?)
    }
}

/// What the program sees of an error of the store.
pub(super) fn failed(method: &str, error: &dyn Display) -> OpError {
    OpError::Error(format!("KV {method} failed: 500 {error}"))
}

/// What to give to a write, and what tells of its outcome.
pub(super) fn done() -> (Done, oneshot::Receiver<Result<(), StoreError>>) {
    let (sender, outcome) = oneshot::channel();
    // Nobody waits any more when the request has ended.
    let done = Box::new(move |result| drop(sender.send(result)));
    (done, outcome)
}

/// The outcome of a write.
pub(super) fn outcome(
    method: &str,
    outcome: Result<Result<(), StoreError>, oneshot::error::RecvError>,
) -> Result<(), OpError> {
    match outcome {
        Ok(result) => result.map_err(|error| failed(method, &error)),
        Err(_) => Err(OpError::Error(format!(
            "KV {method} failed: 500 the program is ending"
        ))),
    }
}

/// Runs what blocks on the pool for that.
pub(super) async fn off_thread<R: Send + 'static>(
    method: &str,
    run: impl FnOnce() -> Result<R, Refusal> + Send + 'static,
) -> Result<R, OpError> {
    let ran = match tokio::task::spawn_blocking(run).await {
        Ok(result) => result,
        Err(error) => Err(Refusal(format!("500 {error}"))),
    };
    ran.map_err(|Refusal(text)| OpError::Error(format!("KV {method} failed: {text}")))
}

/// Status and text of an error.
pub(super) struct Refusal(pub(super) String);

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self(format!("500 {error}"))
    }
}
