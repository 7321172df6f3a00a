//! A value that one job makes for all who ask for it.

use std::io;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::watch;

use crate::error::LoadError;

type Made<T> = Result<T, LoadError>;

/// A value, once it is made.
#[derive(Debug)]
pub(crate) struct SharedJob<T> {
    made: OnceLock<T>,
    running: Mutex<Option<watch::Receiver<Option<Made<T>>>>>,
}

impl<T> Default for SharedJob<T> {
    fn default() -> Self {
        Self {
            made: OnceLock::new(),
            running: Mutex::new(None),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> SharedJob<T> {
    /// The value, if it has been made.
    pub(crate) fn get(&self) -> Option<&T> {
        self.made.get()
    }

    /// The value, made by the first caller's job, which outlives a caller that goes away. What failed is tried again by
    /// the next caller.
    pub(crate) async fn get_or_make<J>(&self, job: impl FnOnce() -> J) -> Made<T>
    where
        J: Future<Output = Made<T>> + Send + 'static,
    {
        if let Some(made) = self.made.get() {
            return Ok(made.clone());
        }
        let mut running = self.start(job);
        let result = match running.wait_for(Option::is_some).await {
            Ok(result) => result.clone(),
            Err(_) => None,
        };
        let result = result
            .unwrap_or_else(|| Err(io::Error::other("reading the file was interrupted").into()));
        match &result {
            Ok(value) => {
                let _ = self.made.set(value.clone());
            }
            Err(_) => {
                let mut current = self.running();
                if current.as_ref().is_some_and(|it| it.same_channel(&running)) {
                    *current = None;
                }
            }
        }
        result
    }

    fn start<J>(&self, job: impl FnOnce() -> J) -> watch::Receiver<Option<Made<T>>>
    where
        J: Future<Output = Made<T>> + Send + 'static,
    {
        let mut current = self.running();
        if let Some(running) = current.as_ref()
            && (running.borrow().is_some() || running.has_changed().is_ok())
        {
            return running.clone();
        }
        let (sender, receiver) = watch::channel(None);
        *current = Some(receiver.clone());
        let job = job();
        tokio::spawn(async move { sender.send_replace(Some(job.await)) });
        receiver
    }

    fn running(&self) -> MutexGuard<'_, Option<watch::Receiver<Option<Made<T>>>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn one_job_for_all_and_another_after_a_failure() {
        let shared = SharedJob::default();
        let runs = Arc::new(AtomicUsize::new(0));
        let job = || {
            let runs = runs.clone();
            async move {
                match runs.fetch_add(1, Ordering::SeqCst) {
                    0 => Err(LoadError::Changed),
                    run => Ok(run),
                }
            }
        };
        assert!(shared.get_or_make(job).await.is_err());
        let (first, second) = tokio::join!(shared.get_or_make(job), shared.get_or_make(job));
        assert_eq!((first.unwrap(), second.unwrap()), (1, 1));
        assert_eq!(shared.get(), Some(&1));
        assert_eq!(shared.get_or_make(job).await.unwrap(), 1);
    }
}
