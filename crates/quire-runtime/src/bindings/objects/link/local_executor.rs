//! Runs the tasks of HTTP/2 connections on the worker's one thread.

use hyper::rt::Executor;

#[derive(Clone, Copy, Debug)]
pub(super) struct LocalExecutor;

impl<F> Executor<F> for LocalExecutor
where
    F: Future<Output: 'static> + 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
