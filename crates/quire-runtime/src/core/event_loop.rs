//! Brings the engine's own events into the tokio loop: results of its background compilers and
//! the timers of its collector.

use super::realm::Realm;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The engine is asked again after this time even if it announced nothing.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// And not more often than this, however busy its timers are.
const PAUSE_MIN: Duration = Duration::from_millis(1);

/// Handles the engine's events for as long as the future is polled. It never completes.
pub(crate) async fn run(realm: Rc<Realm>) {
    #[expect(
        deprecated,
        reason = "the replacement is unsafe because of other descriptors; an `OwnedFd` stays open while registered"
    )]
    let descriptor = quire_jsc::engine_descriptor()
        .and_then(|fd| AsyncFd::with_interest(fd, Interest::READABLE).ok());
    loop {
        realm.enter(None, |realm| {
            realm.context().run_pending();
            Ok(())
        });
        let pause = quire_jsc::engine_timeout()
            .unwrap_or(PAUSE_MAX)
            .clamp(PAUSE_MIN, PAUSE_MAX);
        match &descriptor {
            Some(descriptor) => {
                let ready = tokio::time::timeout(pause, descriptor.readable()).await;
                if let Ok(Ok(mut ready)) = ready {
                    ready.clear_ready();
                }
            }
            None => tokio::time::sleep(pause).await,
        }
    }
}
