//! Wakes objects whose alarm is due.
//!
//! The index of alarms is looked through from time to time, for alarms that were set by a worker that is no more; an object that
//! sets its alarm here says so by itself.

use super::super::{Address, Target};
use super::Objects;
use std::rc::{Rc, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::AbortHandle;

/// How often the index is looked through, and how far ahead.
const SCAN: Duration = Duration::from_secs(10);
const AHEAD: Duration = Duration::from_secs(15);

/// Alarms looked at in one go. Those beyond it are later than all of these.
const SCANNED_MAX: u32 = 4096;

/// Retries of a handler that fails.
pub(super) const RETRIES_MAX: u32 = 6;

/// The first pause before a retry; each following one is twice as long.
const RETRY_FIRST: Duration = Duration::from_secs(2);

/// An alarm that waits for its time.
pub(super) struct Timer {
    time: i64,
    task: AbortHandle,
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Objects {
    /// Wakes the object at this time, in milliseconds since 1970, and at no other.
    pub(super) fn schedule(&self, target: &Target, time: Option<i64>) {
        let mut timers = self.timers.borrow_mut();
        let Some(time) = time else {
            timers.remove(&target.address);
            return;
        };
        if timers
            .get(&target.address)
            .is_some_and(|timer| timer.time == time)
        {
            return;
        }
        let (this, target) = (self.this.clone(), target.clone());
        let address = target.address.clone();
        let task = tokio::task::spawn_local(async move {
            tokio::time::sleep(until(time)).await;
            let Some(objects) = this.upgrade() else {
                return;
            };
            let timer = objects.timers.borrow_mut().remove(&target.address);
            if objects.elsewhere(&target.address).is_none()
                && let Ok(instance) = objects.instance(&target)
            {
                instance.alarm();
            }
            // Not before: it ends this task.
            drop(timer);
        });
        let task = task.abort_handle();
        timers.insert(address, Timer { time, task });
    }

    /// Looks for alarms for as long as objects live here.
    pub(super) fn watch_alarms(&self) {
        let this = self.this.clone();
        tokio::task::spawn_local(async move {
            loop {
                match scan(&this).await {
                    Some(()) => tokio::time::sleep(SCAN).await,
                    None => return,
                }
            }
        });
    }
}

async fn scan(objects: &Weak<Objects>) -> Option<()> {
    let classes = objects.upgrade()?.classes.borrow().clone();
    for class in classes {
        let namespace = {
            let objects = objects.upgrade()?;
            if *objects.retired.borrow() {
                return None;
            }
            if !objects.has_folder(&class.program, &class.class) {
                continue;
            }
            match objects.namespace(&class.program, &class.class) {
                Ok(Some(namespace)) => namespace,
                Ok(None) => continue,
                Err(failure) => {
                    objects.log(&class.program, &failure.message);
                    continue;
                }
            }
        };
        let before = now().saturating_add(AHEAD.as_millis() as i64);
        let found =
            tokio::task::spawn_blocking(move || namespace.alarms().before(before, SCANNED_MAX));
        let objects: Rc<Objects> = objects.upgrade()?;
        let found = match found.await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                objects.log(&class.program, &format!("alarms cannot be read: {error}"));
                continue;
            }
            Err(_) => continue,
        };
        for alarm in found {
            let Ok(id) = alarm.object.parse() else {
                continue;
            };
            let target = Target {
                address: Address {
                    program: class.program.clone(),
                    class: class.class.clone(),
                    id,
                },
                name: None,
                sqlite: class.sqlite,
            };
            if objects.elsewhere(&target.address).is_none() {
                objects.schedule(&target, Some(alarm.time));
            }
        }
    }
    Some(())
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_millis() as i64)
}

fn until(time: i64) -> Duration {
    Duration::from_millis(u64::try_from(time.saturating_sub(now())).unwrap_or(0))
}

/// When a handler that failed is to run again; it had failed `retries` times before.
pub(super) fn retry_time(retries: u32) -> i64 {
    let pause = RETRY_FIRST.saturating_mul(1 << retries.min(16));
    let mut random = [0];
    // Without randomness they are merely all at once.
    let _ = getrandom::fill(&mut random);
    let jitter = pause / 4 * u32::from(random[0]) / 255;
    now().saturating_add((pause + jitter).as_millis() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_put_off_for_longer_and_longer() {
        for (retries, seconds) in [(0, 2), (1, 4), (5, 64)] {
            let pause = retry_time(retries) - now();
            let (low, high) = (seconds * 1000 - 100, seconds * 1250 + 100);
            assert!((low..=high).contains(&pause), "{retries}: {pause}");
        }
    }
}
