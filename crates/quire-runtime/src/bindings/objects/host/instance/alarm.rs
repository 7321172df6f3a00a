//! Runs of an object's alarm.

use super::super::alarms::{RETRIES_MAX, now, retry_time};
use super::super::unusable;
use super::{Event, Instance};
use crate::core::outcome::{Failure, FailureKind};
use quire_jsc::Arg;
use tokio::task::AbortHandle;

/// A run of the alarm's handler.
pub(super) struct Run {
    /// How often it failed before.
    retries: u32,
    /// Resets the object if the run takes too long.
    limit: Option<AbortHandle>,
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(limit) = &self.limit {
            limit.abort();
        }
    }
}

impl Instance {
    /// Its alarm may be due.
    pub(in super::super) fn alarm(&self) {
        self.add(Event::Alarm);
    }

    pub(super) fn begin_alarm(&self) {
        let Some(storage) = self.storage.get() else {
            return;
        };
        match storage.committed_alarm() {
            // It comes again if the one that runs leaves it.
            _ if self.alarm_run.borrow().is_some() => return,
            Some(time) if time > now() => return self.schedule(Some(time)),
            _ => {}
        }
        let (time, retries) = match storage.begin_alarm() {
            Ok(Some(run)) => (run.scheduled, run.retries),
            Ok(None) => return,
            Err(error) => return self.end(&unusable(&self.realm.exception(error).to_string())),
        };
        let limit = self.limit_alarm();
        self.alarm_run.replace(Some(Run { retries, limit }));
        let instance = self.context.id() as f64;
        self.enter(|_, objects| {
            objects.get("alarm")?.call_and_forget(
                None,
                [
                    Arg::Number(instance),
                    Arg::Number(time as f64),
                    Arg::Number(f64::from(retries)),
                ],
            )
        });
    }

    /// Resets the object when a run of the handler that begins now takes too long.
    fn limit_alarm(&self) -> Option<AbortHandle> {
        let this = self.this.upgrade()?;
        let most = self.realm.limits().handlers;
        let task = tokio::task::spawn_local(async move {
            tokio::time::sleep(most).await;
            let message = "Alarm exceeded its allowed execution time";
            this.realm.log("error", message);
            let mut failure = Failure::new(FailureKind::TimeLimit, message);
            failure.flags.overloaded = true;
            failure.flags.reset = true;
            this.end(&failure);
        });
        Some(task.abort_handle())
    }

    /// The handler of the alarm is done. Gives whether it failed for the last time.
    pub(in super::super) fn alarm_done(&self, succeeded: bool) -> bool {
        let (Some(storage), Some(run)) = (self.storage.get(), self.alarm_run.take()) else {
            return false;
        };
        let is_last = !succeeded && run.retries >= RETRIES_MAX;
        let retry = (!succeeded && !is_last).then(|| retry_time(run.retries));
        match storage.end_alarm(retry) {
            Ok(true) => {}
            // What the handler set may have become due while it ran.
            Ok(false) => self.schedule(storage.committed_alarm()),
            Err(error) => self.end(&unusable(&self.realm.exception(error).to_string())),
        }
        is_last
    }

    /// The object is reset while the alarm's handler may run: that has failed.
    pub(super) fn interrupt_alarm(&self, retry: bool) {
        let (Some(storage), Some(run)) = (self.storage.get(), self.alarm_run.take()) else {
            return;
        };
        let retry = (retry && run.retries < RETRIES_MAX).then(|| retry_time(run.retries));
        // If this fails the alarm is still set, as when a process is killed.
        let _ = storage.end_alarm(retry);
    }

    /// The object is stopped for a reason that is not its own: an alarm whose handler ran is still set.
    pub(super) fn alarm_stopped(&self) {
        if self.alarm_run.take().is_some() {
            self.schedule(Some(retry_time(0)));
        }
    }

    /// Has the host know when the alarm is due.
    pub(super) fn schedule(&self, time: Option<i64>) {
        if let Some(objects) = self.objects.upgrade() {
            objects.schedule(&self.target, time);
        }
    }
}
