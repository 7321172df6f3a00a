//! Brings the engine's own events into the tokio loop: results of its background compilers and
//! the timers of its collector.

use super::realm::Realm;
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The engine is asked again after this time even if it announced nothing.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// And not more often than this, however busy its timers are.
const PAUSE_MIN: Duration = Duration::from_millis(1);

/// A descriptor that GLib owns; dropping this does not close it.
struct Borrowed(RawFd);

impl AsRawFd for Borrowed {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

/// Handles the engine's events for as long as the future is polled. It never completes.
pub(crate) async fn run(realm: Rc<Realm>) {
    let mut watched: Option<AsyncFd<Borrowed>> = None;
    loop {
        realm.enter(None, |realm| {
            realm.context().run_pending();
            Ok(())
        });
        let wakeups = quire_jsc::engine_wakeups();
        // GLib gives one descriptor, its wake-up event; should there be more, the pause bounds the wait.
        let descriptor = wakeups.readable.first().copied();
        if watched.as_ref().map(AsRawFd::as_raw_fd) != descriptor {
            watched = descriptor.and_then(|fd| {
                AsyncFd::with_interest(Borrowed(fd), Interest::READABLE).ok()
            });
        }
        let pause = wakeups.timeout.unwrap_or(PAUSE_MAX).clamp(PAUSE_MIN, PAUSE_MAX);
        match &watched {
            Some(descriptor) => {
                if let Ok(Ok(mut ready)) = tokio::time::timeout(pause, descriptor.readable()).await {
                    ready.clear_ready();
                }
            }
            None => tokio::time::sleep(pause).await,
        }
    }
}
